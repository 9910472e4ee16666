import { ServiceError } from '@sonde/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PolicyKind, parsePolicyDocument } from './policy-document.ts'

const allow = (more: object, version: string | undefined = '2012-10-17'): string =>
  JSON.stringify({ ...(version && { Version: version }), Statement: [{ Effect: 'Allow', ...more }] })

const ANY = { Action: '*', Resource: '*' }

describe('a policy document', () => {
  it.each<[PolicyKind, string]>([
    ['identity', allow(ANY)],
    [
      'identity',
      JSON.stringify({ Statement: { Effect: 'Deny', NotAction: ['s3:*'], NotResource: 'arn:aws:s3:::b/*' } }),
    ],
    [
      'identity',
      allow({
        ...ANY,
        Sid: 'One',
        Condition: { StringLike: { 'cloudwatch:namespace': ['AWS/*'] }, Bool: { 'a:b': true } },
      }),
    ],
    [
      'trust',
      allow({ Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: { AWS: ['arn:aws:iam::1:root'] } }),
    ],
    [
      'trust',
      allow({ Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'x' }, Condition: {} }),
    ],
    ['trust', allow({ Action: 'sts:AssumeRole', Principal: '*' })],
  ])('of kind %s is taken: %s', (kind, text) => {
    expect(parsePolicyDocument(text, kind).Statement).toHaveLength(1)
  })

  it.each<[PolicyKind, string, string]>([
    ['identity', 'x', 'Syntax errors in policy.'],
    ['trust', 'x', 'This policy contains invalid Json'],
    ['identity', '[]', 'Syntax errors in policy.'],
    ['identity', '{"Version":"2012-10-17"}', 'Syntax errors in policy.'],
    ['identity', '{"Statement":[],"Extra":1}', 'Syntax errors in policy.'],
    ['identity', allow(ANY, '2020-01-01'), 'Policy document must be version 2012-10-17 or greater.'],
    ['identity', allow({ ...ANY, Effect: 'Maybe' }), 'Syntax errors in policy.'],
    ['identity', allow({ ...ANY, Actoin: 's3:*' }), 'Syntax errors in policy.'],
    ['identity', allow({ Resource: '*' }), 'Policy statement must contain actions.'],
    ['identity', allow({ Action: '*' }), 'Policy statement must contain resources.'],
    ['identity', allow({ ...ANY, NotAction: '*' }), 'Syntax errors in policy.'],
    [
      'identity',
      allow({ Action: 'GetObject', Resource: '*' }),
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    ['identity', allow({ Action: '*', Resource: 'bucket' }), 'Resource bucket must be in ARN format or "*".'],
    ['identity', allow({ ...ANY, Principal: '*' }), 'Policy document should not specify a principal.'],
    ['identity', allow({ ...ANY, Condition: { StringLike: 'x' } }), 'Syntax errors in policy.'],
    ['trust', allow({ Action: 'sts:AssumeRole' }), 'Missing required field Principal'],
    [
      'trust',
      allow({ Action: 'sts:AssumeRole', Principal: '*', Resource: '*' }),
      'Has prohibited field Resource',
    ],
    [
      'trust',
      allow({ Action: 's3:*', Principal: '*' }),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
  ])('of kind %s is refused: %s', (kind, text, message) => {
    expect(() => parsePolicyDocument(text, kind)).toThrow(message)
  })

  it('of any JSON is taken or refused as malformed, never otherwise', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom<PolicyKind>('identity', 'trust'), (text, kind) => {
        try {
          parsePolicyDocument(text, kind)
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError)
          expect((error as ServiceError).code).toBe('MalformedPolicyDocumentException')
        }
      }),
    )
  })
})
