import { describe, expect, it } from 'vitest'
import { allows, arnLike, toPolicyDocument, toStatement } from './policy.ts'

const API = 'arn:aws:execute-api:us-east-1:000000000000:abc'
const grant = (changes: object = {}) =>
  toStatement({
    statementId: 's',
    action: 'lambda:InvokeFunction',
    principal: 'apigateway.amazonaws.com',
    resource: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    sourceArn: undefined,
    sourceAccount: undefined,
    ...changes,
  })

describe('ArnLike', () => {
  it.each([
    [`${API}/prod/POST/predict`, `${API}/prod/POST/predict`, true],
    [`${API}/*/POST/predict`, `${API}/prod/POST/predict`, true],
    [`${API}/*`, `${API}/prod/POST/predict`, true],
    [`${API}/prod/*/predict`, `${API}/prod/POST/other`, false],
    ['arn:aws:execute-api:*:*:abc/*', `${API}/prod/GET/`, true],
    ['arn:aws:execute-api:*', `${API}/prod/GET/`, false],
    ['arn:aws:execute-api:us-east-?:000000000000:a?c/x', `${API}/x`, true],
    [`${API}.*`, `${API}/x`, false],
    [`${API}/a+(b`, `${API}/a+(b`, true],
  ])('%s like %s: %s', (pattern, arn, expected) => {
    expect(arnLike(pattern, arn)).toBe(expected)
  })
})

describe('a resource policy', () => {
  const caller = { service: 'apigateway.amazonaws.com', sourceArn: `${API}/prod/POST/predict` }
  it.each([
    ['that is empty lets nobody in', [], false],
    ['that names the service lets it in', [grant()], true],
    ['that names another service does not', [grant({ principal: 'events.amazonaws.com' })], false],
    ['that names the source lets it in', [grant({ sourceArn: `${API}/*/POST/*` })], true],
    ['that names another source does not', [grant({ sourceArn: `${API}x/*` })], false],
    ['that names the account lets it in', [grant({ sourceAccount: '000000000000' })], true],
    ['that names another account does not', [grant({ sourceAccount: '111111111111' })], false],
    ['for another action does not', [grant({ action: 'lambda:GetFunction' })], false],
    ['for all actions lets it in', [grant({ action: 'lambda:*' })], true],
    ['for everybody lets it in', [grant({ principal: '*' })], true],
    ['for an account does not let a service in', [grant({ principal: '000000000000' })], false],
    ['of several statements needs one', [grant({ principal: 'x.amazonaws.com' }), grant()], true],
  ])('%s', (_title, statements, expected) => {
    expect(allows(statements, caller)).toBe(expected)
  })

  it('is written as AWS writes it', () => {
    expect(toPolicyDocument([grant({ sourceArn: `${API}/*` })])).toBe(
      `{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"${API}/*"}}}]}`,
    )
  })
})
