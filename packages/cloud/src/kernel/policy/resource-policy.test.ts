import { describe, expect, it } from 'vitest'
import {
  evaluateResourcePolicy,
  InvalidResourcePolicy,
  parseResourcePolicy,
  type ResourcePrincipal,
} from './resource-policy.ts'

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:pages'
const SERVICE = { service: 'events.amazonaws.com' }
const ROOT = { account: '123456789012', arn: 'arn:aws:iam::123456789012:root' }
const SESSION = { account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/writer/f' }

const statement = (members: object) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: TOPIC,
  ...members,
})

const decide = (
  statements: object | object[],
  principal: ResourcePrincipal,
  context: Record<string, string> = {},
) =>
  evaluateResourcePolicy(
    parseResourcePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements })),
    { principal, action: 'SNS:Publish', resource: TOPIC, context },
  )

describe('evaluateResourcePolicy', () => {
  it.each<[string, object, ResourcePrincipal, string]>([
    ['everybody', {}, SERVICE, 'allowed'],
    ['everybody as AWS', { Principal: { AWS: '*' } }, SERVICE, 'allowed'],
    ['the service', { Principal: { Service: 'events.amazonaws.com' } }, SERVICE, 'allowed'],
    [
      'one of the services',
      { Principal: { Service: ['a.amazonaws.com', 'events.amazonaws.com'] } },
      SERVICE,
      'allowed',
    ],
    ['another service', { Principal: { Service: 'cloudwatch.amazonaws.com' } }, SERVICE, 'implicitDeny'],
    ['an account as number', { Principal: { AWS: '123456789012' } }, ROOT, 'allowed'],
    ['an account as root', { Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, SESSION, 'allowed'],
    [
      'the role of a session',
      { Principal: { AWS: 'arn:aws:iam::123456789012:role/writer' } },
      SESSION,
      'allowed',
    ],
    ['another account', { Principal: { AWS: '210987654321' } }, ROOT, 'implicitDeny'],
    ['another action', { Action: 'sns:Subscribe' }, ROOT, 'implicitDeny'],
    [
      'all but an account',
      { Principal: undefined, NotPrincipal: { AWS: '123456789012' } },
      ROOT,
      'implicitDeny',
    ],
    ['a wildcard of actions', { Action: ['sns:*'] }, ROOT, 'allowed'],
    ['another resource', { Resource: `${TOPIC}-2` }, ROOT, 'implicitDeny'],
  ])('answers a statement for %s', (_name, members, principal, expected) => {
    expect(decide(statement(members), principal)).toBe(expected)
  })

  it('asks conditions with keys in any case', () => {
    const guarded = statement({ Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:*:*:rule/a*' } } })
    const source = (name: string) => ({
      'aws:SourceArn': `arn:aws:events:eu-west-1:123456789012:rule/${name}`,
    })
    expect(decide(guarded, SERVICE, source('abc'))).toBe('allowed')
    expect(decide(guarded, SERVICE, source('xyz'))).toBe('implicitDeny')
    expect(decide(guarded, SERVICE)).toBe('implicitDeny')
  })

  it('lets an explicit deny win, wherever it stands', () => {
    expect(decide([statement({}), statement({ Effect: 'Deny' })], ROOT)).toBe('explicitDeny')
    expect(decide([statement({ Effect: 'Deny' }), statement({})], ROOT)).toBe('explicitDeny')
  })
})

describe('parseResourcePolicy', () => {
  it.each<[string, string]>([
    ['{', 'no JSON'],
    ['[]', 'no object'],
    ['{}', 'a statement is no object'],
    [JSON.stringify({ Statement: statement({ Effect: 'Maybe' }) }), 'Effect is neither Allow nor Deny'],
    [JSON.stringify({ Statement: statement({ Principal: undefined }) }), 'no principal'],
    [JSON.stringify({ Statement: statement({ Sidd: 'x' }) }), 'unknown member Sidd'],
  ])('refuses %s', (text, problem) => {
    expect(() => parseResourcePolicy(text)).toThrow(new InvalidResourcePolicy(problem))
  })

  it('refuses a condition operator that it does not know, by name', () => {
    const text = JSON.stringify({ Statement: statement({ Condition: { StringSort: { a: 'b' } } }) })
    expect(() => parseResourcePolicy(text)).toThrow('The condition operator StringSort of policies')
  })
})
