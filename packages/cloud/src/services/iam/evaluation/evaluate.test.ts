import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ContextValue } from '../../../kernel/policy/context.ts'
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts'
import { evaluate } from './evaluate.ts'

const ENDPOINT = 'arn:aws:sagemaker:eu-west-1:123456789012:endpoint/flights'

const policy = (...Statement: readonly PolicyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement,
})

const allow = (members: object): PolicyStatement => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...members,
})
const deny = (members: object): PolicyStatement => ({ ...allow(members), Effect: 'Deny' })

const request = (context?: Record<string, ContextValue>) => ({
  action: 'sagemaker:InvokeEndpoint',
  resource: ENDPOINT,
  ...(context && { context }),
})

const decide = (...statements: readonly PolicyStatement[]) =>
  evaluate([policy(...statements)], request()).decision

/** Whether an allow with these conditions applies. */
const holds = (condition: object, context: Record<string, ContextValue> = {}): boolean =>
  evaluate([policy(allow({ Condition: condition }))], request(context)).decision === 'allowed'

describe('evaluate', () => {
  it('denies what nothing allows, allows what something allows, and denies what anything denies', () => {
    expect(evaluate([], request())).toEqual({ decision: 'implicitDeny' })
    expect(evaluate([policy(allow({ Sid: 'a' }))], request())).toMatchObject({
      decision: 'allowed',
      statement: { Sid: 'a' },
    })
    const policies = [policy(allow({})), policy(deny({ Sid: 'no', Action: 'sagemaker:*' }))]
    expect(evaluate(policies, request())).toMatchObject({
      decision: 'explicitDeny',
      statement: { Sid: 'no' },
    })
    expect(evaluate(policies.toReversed(), request()).decision).toBe('explicitDeny')
  })

  it.each<[object, boolean]>([
    [{ Action: 'sagemaker:InvokeEndpoint' }, true],
    [{ Action: 'SageMaker:invokeendpoint' }, true],
    [{ Action: 'sagemaker:Invoke*' }, true],
    [{ Action: 'sagemaker:InvokeEndpoin?' }, true],
    [{ Action: ['s3:*', '*:InvokeEndpoint'] }, true],
    [{ Action: 'sagemaker:Invoke' }, false],
    [{ Action: [] }, false],
    [{ Action: undefined, NotAction: 's3:*' }, true],
    [{ Action: undefined, NotAction: ['s3:*', 'sagemaker:Invoke*'] }, false],
    [{ Resource: ENDPOINT }, true],
    [{ Resource: 'arn:aws:sagemaker:*:*:endpoint/*' }, true],
    [{ Resource: 'arn:aws:sagemaker:*:endpoint/flights' }, true],
    [{ Resource: ENDPOINT.toUpperCase() }, false],
    [{ Resource: 'arn:aws:sagemaker:*:*:endpoint/Flights' }, false],
    [{ Resource: undefined, NotResource: 'arn:aws:s3:::*' }, true],
    [{ Resource: undefined, NotResource: ['arn:aws:s3:::*', 'arn:aws:sagemaker:*'] }, false],
  ])('says whether %j is for the request', (members, applies) => {
    expect(decide(allow(members))).toBe(applies ? 'allowed' : 'implicitDeny')
    expect(decide(allow({}), deny(members))).toBe(applies ? 'explicitDeny' : 'allowed')
  })

  it.each<[object, Record<string, ContextValue>, boolean]>([
    [{ StringEquals: { 'aws:username': 'alice' } }, { 'AWS:UserName': 'alice' }, true],
    [{ StringEquals: { 'aws:username': 'al*' } }, { 'aws:username': 'alice' }, false],
    [{ StringEquals: { 'aws:username': ['bob', 'alice'] } }, { 'aws:username': 'alice' }, true],
    [{ StringEquals: { k: 'a' } }, {}, false],
    [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
    [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    [{ StringNotEquals: { k: 'a' } }, {}, true],
    [{ StringEqualsIgnoreCase: { k: 'ABC' } }, { k: 'abC' }, true],
    [{ StringNotEqualsIgnoreCase: { k: 'ABC' } }, { k: 'abC' }, false],
    [{ StringLike: { k: 'a*?' } }, { k: 'ab' }, true],
    [{ StringLike: { k: 'a*?' } }, { k: 'a' }, false],
    [{ StringNotLike: { k: 'a*' } }, { k: 'ab' }, false],
    [{ NumericEquals: { k: '10' } }, { k: 10 }, true],
    [{ NumericNotEquals: { k: 10 } }, { k: 11 }, true],
    [{ NumericLessThan: { k: 10 } }, { k: 10 }, false],
    [{ NumericLessThanEquals: { k: 10 } }, { k: 10 }, true],
    [{ NumericGreaterThan: { k: 9 } }, { k: 10 }, true],
    [{ NumericGreaterThanEquals: { k: 11 } }, { k: 10 }, false],
    [{ NumericLessThan: { k: 'x' } }, { k: 1 }, false],
    [{ DateLessThan: { k: '2030-01-01T00:00:00Z' } }, { k: new Date('2029-12-31T23:59:59Z') }, true],
    [{ DateGreaterThan: { k: '1893456000' } }, { k: '2030-01-01T00:00:01Z' }, true],
    [{ DateEquals: { k: '2030-01-01T01:00:00+01:00' } }, { k: '2030-01-01T00:00:00Z' }, true],
    [{ DateNotEquals: { k: '2030-01-01T00:00:00Z' } }, { k: '2030-01-01T00:00:00Z' }, false],
    [{ DateLessThanEquals: { k: '2030-01-01' } }, { k: '2031-01-01' }, false],
    [{ DateGreaterThanEquals: { k: '2030-01-01' } }, { k: '2030-01-01T00:00:00Z' }, true],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': true }, true],
    [{ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': true }, false],
    [{ BinaryEquals: { k: 'AQID' } }, { k: 'AQID' }, true],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, { 'aws:SourceIp': '203.0.113.77' }, true],
    [
      { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.9'] } },
      { 'aws:SourceIp': '203.0.113.10' },
      false,
    ],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, { 'aws:SourceIp': '2001:db8::1' }, true],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, { 'aws:SourceIp': '10.0.0.1' }, false],
    [{ IpAddress: { 'aws:SourceIp': 'nonsense/99' } }, { 'aws:SourceIp': '10.0.0.1' }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:SourceIp': '10.1.2.3' }, false],
    [{ ArnLike: { k: 'arn:aws:lambda:*:*:function:a*' } }, { k: 'arn:aws:lambda:r:1:function:abc' }, true],
    [{ ArnLike: { k: 'arn:aws:lambda:*:function:a*' } }, { k: 'arn:aws:lambda:r:1:function:abc' }, false],
    [{ ArnEquals: { k: 'arn:aws:lambda:?:1:function:abc' } }, { k: 'arn:aws:lambda:r:1:function:abc' }, true],
    [{ ArnLike: { k: '*' } }, { k: 'arn:aws:lambda:r:1:function:abc' }, true],
    [{ ArnNotLike: { k: 'arn:aws:lambda:*:*:*' } }, { k: 'arn:aws:s3:::b' }, true],
    [{ ArnNotEquals: { k: 'arn:aws:s3:::b' } }, { k: 'arn:aws:s3:::b' }, false],
    [{ Null: { k: 'true' } }, {}, true],
    [{ Null: { k: true } }, { k: 'a' }, false],
    [{ Null: { k: 'false' } }, { k: 'a' }, true],
    [{ StringEqualsIfExists: { k: 'a' } }, {}, true],
    [{ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    [{ NumericLessThanIfExists: { k: 5 } }, { k: 6 }, false],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b', 'a'] }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
    [{ 'ForAllValues:StringEquals': { k: 'a' } }, {}, true],
    [{ 'ForAnyValue:StringLike': { k: ['a*'] } }, { k: ['x', 'ab'] }, true],
    [{ 'ForAnyValue:StringLike': { k: ['a*'] } }, { k: ['x', 'y'] }, false],
    [{ 'ForAnyValue:StringEquals': { k: 'a' } }, {}, false],
    [{ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, true],
    [{ 'ForAllValues:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, false],
    [{ 'ForAnyValue:StringEqualsIfExists': { k: 'a' } }, {}, true],
    [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }, false],
    [{ StringEquals: { k: 'a' }, Bool: { b: 'true' } }, { k: 'a', b: true }, true],
    [{ StringEquals: { k: 'a' }, Bool: { b: 'true' } }, { k: 'a', b: false }, false],
  ])('says of the condition %j in the context %j: %s', (condition, context, expected) => {
    expect(holds(condition, context)).toBe(expected)
  })

  it('names a condition operator that it does not know', () => {
    expect(() => holds({ StringMatches: { k: 'a' } })).toThrow(
      'The condition operator StringMatches of policies is not implemented by Sonde.',
    )
    expect(() => holds({ constructor: { k: 'a' } })).toThrow('constructor')
  })

  it.each<[string, Record<string, ContextValue>, boolean]>([
    ['endpoint/${aws:username}', { 'aws:username': 'flights' }, true],
    ['endpoint/${AWS:UserName}*', { 'aws:username': 'flight' }, true],
    ['endpoint/${aws:username}', { 'aws:username': 'trains' }, false],
    ['endpoint/${aws:username}', { 'aws:username': '*' }, false],
    ['endpoint/${aws:username}', {}, false],
    ['endpoint/${aws:username}', { 'aws:username': ['flights', 'trains'] }, false],
    ["endpoint/${aws:PrincipalTag/team, 'flights'}", {}, true],
    ["endpoint/${aws:PrincipalTag/team, 'flights'}", { 'aws:PrincipalTag/team': 'trains' }, false],
    ['endpoint/${*}', {}, false],
    ['endpoint/*${?}', {}, false],
  ])('puts variables into the resource %s in the context %j', (resource, context, expected) => {
    const Resource = `arn:aws:sagemaker:*:*:${resource}`
    expect(evaluate([policy(allow({ Resource }))], request(context)).decision === 'allowed').toBe(expected)
  })

  it('puts variables into the values of string and ARN conditions', () => {
    const context = { 's3:prefix': 'home/alice/x', 'aws:username': 'alice', a: '*', b: '**' }
    expect(holds({ StringLike: { 's3:prefix': 'home/${aws:username}/*' } }, context)).toBe(true)
    expect(holds({ StringLike: { 's3:prefix': 'home/${aws:userid}/*' } }, context)).toBe(false)
    expect(holds({ StringLike: { a: '${*}' } }, context)).toBe(true)
    expect(holds({ StringLike: { b: '${*}' } }, context)).toBe(false)
    expect(holds({ StringEquals: { a: '${*}' } }, context)).toBe(true)
  })

  it('takes variables of policies of the older version as text', () => {
    const statement = allow({ Resource: 'arn:aws:sagemaker:*:*:endpoint/${aws:username}' })
    const old = { Version: '2008-10-17', Statement: [statement] }
    expect(evaluate([old], request({ 'aws:username': 'flights' })).decision).toBe('implicitDeny')
    const { Version: _version, ...unversioned } = old
    expect(evaluate([unversioned], request({ 'aws:username': 'flights' })).decision).toBe('implicitDeny')
  })

  it('takes an exception whose variable has no value as one for everything', () => {
    const statement = { Resource: undefined, NotResource: 'arn:aws:s3:::${aws:username}' }
    expect(decide(allow(statement))).toBe('implicitDeny')
  })

  it('never allows more when a deny is added, nor less when an allow is', () => {
    const name = fc.constantFrom('*', 's3:*', 'sagemaker:*', 'sagemaker:InvokeEndpoint', '*:Get*')
    const resource = fc.constantFrom('*', ENDPOINT, 'arn:aws:s3:::*', 'arn:aws:sagemaker:*')
    const statement = fc.record({ Action: name, Resource: resource })
    const rank = { explicitDeny: 0, implicitDeny: 1, allowed: 2 }
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), statement)), statement, (list, extra) => {
        const statements = list.map(([isAllow, members]) => (isAllow ? allow(members) : deny(members)))
        const before = rank[decide(...statements)]
        expect(rank[decide(...statements, deny(extra))]).toBeLessThanOrEqual(before)
        expect(rank[decide(allow(extra), ...statements)]).toBeGreaterThanOrEqual(before)
      }),
    )
  })
})

describe('a condition key of which nothing is known', () => {
  const KEY = 'acme:colour'
  const red = { StringEquals: { [KEY]: 'red' } }
  const notRed = { StringNotEquals: { [KEY]: 'red' } }
  const live = (...statements: readonly PolicyStatement[]) =>
    evaluate([policy(...statements)], {
      ...request({ 'acme:known': 'yes' }),
      isUnknown: key => key === KEY,
    }).decision

  it.each<[string, readonly PolicyStatement[], string]>([
    ['allows nothing that asks for it', [allow({ Condition: red })], 'implicitDeny'],
    [
      'is of no account where something else allows',
      [allow({ Condition: notRed }), allow({ Sid: 'all' })],
      'allowed',
    ],
    ['is of no account where nothing allows', [deny({ Condition: red })], 'implicitDeny'],
    [
      'is of no account to a deny that cannot apply',
      [allow({}), deny({ Condition: { ...red, Bool: { 'acme:known': 'true' } } })],
      'allowed',
    ],
    [
      'is of no account where a deny applies anyway',
      [allow({}), deny({ Condition: red }), deny({})],
      'explicitDeny',
    ],
    ['is of no account for another action', [allow({}), deny({ Action: 's3:*', Condition: red })], 'allowed'],
  ])('%s', (_name, statements, decision) => {
    expect(live(...statements)).toBe(decision)
    expect(live(...statements.toReversed())).toBe(decision)
  })

  it.each<[string, readonly PolicyStatement[]]>([
    ['by which a deny may apply', [allow({}), deny({ Condition: red })]],
    [
      'by which a deny may apply besides others',
      [allow({}), deny({ Condition: { ...red, Null: { 'acme:known': 'false' } } })],
    ],
    ['by which an allow may not hold', [allow({ Condition: notRed })]],
    [
      'that an allow asks for if it is there',
      [allow({ Condition: { StringEqualsIfExists: { [KEY]: 'red' } } })],
    ],
  ])('%s is refused by its name', (_name, statements) => {
    const refusal = expect.objectContaining({ name: 'UndecidedKey', key: KEY })
    expect(() => live(...statements)).toThrow(refusal)
    expect(() => live(...statements.toReversed())).toThrow(refusal)
  })
})
