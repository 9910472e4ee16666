import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesPattern, matchesRule, type SampleRequest } from './match.ts'
import { defaultRule, type Rule } from './rule.ts'

/** The plain way: each pattern as a regular expression. */
const naive = (pattern: string, text: string): boolean => {
  const source = [...pattern.toLowerCase()]
    .map(character => (character === '*' ? '.*' : character === '?' ? '.' : character.replace(/\W/, '\\$&')))
    .join('')
  return new RegExp(`^${source}$`, 's').test(text.toLowerCase())
}

describe('matchesPattern', () => {
  it.each([
    ['*', '', true],
    ['/api/*', '/API/orders', true],
    ['/api/*', '/api', false],
    ['?', '', false],
    ['GE?', 'get', true],
    ['*.example.com', 'api.example.com', true],
    ['*.example.com', 'api.example.com.evil', false],
    ['a*b*c', 'a--b--b--c', true],
    ['', 'x', false],
    ['[a]', 'a', false],
  ])('says of %s and %s: %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected)
  })

  it('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '/', '.', '$') })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*', '?', '$') })
    fc.assert(
      fc.property(pattern, text, (wanted, given) => {
        expect(matchesPattern(wanted, given)).toBe(naive(wanted, given))
      }),
      { numRuns: 5_000 },
    )
  })

  it('does not take exponential time', () => {
    expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(10_000))).toBe(false)
  })
})

const REQUEST: SampleRequest = {
  serviceName: 'orders-api/prod',
  serviceType: 'AWS::ApiGateway::Stage',
  host: 'abc.execute-api.eu-west-1.amazonaws.com',
  method: 'POST',
  path: '/orders/42?verbose=1',
  resourceArn: 'arn:aws:apigateway:eu-west-1::/restapis/abc/stages/prod',
  attributes: { 'X-Tenant': 'acme', Accept: 'application/json' },
}

describe('matchesRule', () => {
  const rule = (changes: Partial<Rule>): Rule => ({
    ...defaultRule({ account: '1', region: 'r' }).rule,
    ...changes,
  })

  it.each<[Partial<Rule>, boolean]>([
    [{}, true],
    [{ ServiceName: 'orders-*' }, true],
    [{ ServiceName: 'orders' }, false],
    [{ ServiceType: 'AWS::APIGateway::Stage' }, true],
    [{ ServiceType: 'AWS::Lambda::Function' }, false],
    [{ Host: '*.amazonaws.com' }, true],
    [{ Host: 'example.com' }, false],
    [{ HTTPMethod: 'post' }, true],
    [{ HTTPMethod: 'GET' }, false],
    [{ URLPath: '/orders/??' }, true],
    [{ URLPath: '/orders/*verbose*' }, false],
    [{ ResourceARN: '*/restapis/abc/*' }, true],
    [{ ResourceARN: '*/restapis/xyz/*' }, false],
    [{ Attributes: { 'x-tenant': 'AC*' } }, true],
    [{ Attributes: { 'x-*': 'acme', accept: '*json' } }, true],
    [{ Attributes: { 'x-tenant': 'globex' } }, false],
    [{ Attributes: { 'x-user': '*' } }, false],
  ])('says of %j: %s', (changes, expected) => {
    expect(matchesRule(rule(changes), REQUEST)).toBe(expected)
  })

  it('matches what a request does not have with * alone', () => {
    expect(matchesRule(rule({}), { serviceName: 'a' })).toBe(true)
    expect(matchesRule(rule({ Host: '?*' }), { serviceName: 'a' })).toBe(false)
    expect(matchesRule(rule({ HTTPMethod: 'GET' }), { serviceName: 'a' })).toBe(false)
  })
})
