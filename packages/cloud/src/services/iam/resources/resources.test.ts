import { describe, expect, it } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import type { ResourceRequest, ResourceState } from '../../../kernel/resource-type.ts'
import { createStore } from '../../../kernel/store.ts'
import { createIam } from '../index.ts'
import type { PolicyRecord, RoleRecord } from '../records.ts'

type Properties = Record<string, unknown>
const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const GLOBAL = { account: '123456789012', region: 'global' }

const store = createStore(undefined)
const service = createIam({ store, clock: createClock(), defaultAccount: SCOPE.account })
const roles = store.collection<RoleRecord>('iam.roles')
const policies = store.collection<PolicyRecord>('iam.policies')

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}
const document = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
})
const MANAGED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'

let number = 0
const request = (properties: Properties): ResourceRequest => ({
  scope: SCOPE,
  stackName: 'flight',
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/flight/1',
  logicalId: 'Resource',
  properties,
  metadata: {},
  generateName: () => `flight-Resource-${++number}`,
  progress: () => {},
})

const typeOf = (name: 'Role' | 'Policy' | 'ManagedPolicy') => {
  const type = service.resources?.[`AWS::IAM::${name}`]
  if (!type?.update) throw new Error(name)
  return { ...type, update: type.update }
}

const create = (name: 'Role' | 'Policy' | 'ManagedPolicy', properties: Properties): ResourceState =>
  typeOf(name).create(request(properties)) as ResourceState

const role = (more: Properties = {}): { state: ResourceState; properties: Properties; name: string } => {
  const properties = { AssumeRolePolicyDocument: TRUST, ...more }
  const state = create('Role', properties)
  return { state, properties, name: state.physicalId }
}

const record = (name: string): RoleRecord | undefined => roles.get(GLOBAL, name.toLowerCase())

describe('AWS::IAM::Role', () => {
  it('has the policies of its template, and keeps those of others when it is updated', () => {
    const { state, properties, name } = role({
      ManagedPolicyArns: [MANAGED],
      Policies: [{ PolicyName: 'own', PolicyDocument: document('s3:GetObject') }],
      MaxSessionDuration: '7200',
    })
    expect(state).toEqual({
      physicalId: name,
      attributes: { Arn: `arn:aws:iam::123456789012:role/${name}`, RoleId: expect.stringMatching(/^AROA/) },
    })
    expect(record(name)).toMatchObject({ attached: [MANAGED], maxSessionDuration: 7200 })
    create('Policy', { PolicyName: 'Default', PolicyDocument: document('xray:*'), Roles: [name] })
    const after = typeOf('Role').update(
      request({
        ...properties,
        ManagedPolicyArns: [],
        Policies: [{ PolicyName: 'new', PolicyDocument: document('s3:*') }],
      }),
      { ...state, properties },
    )
    expect(after).toEqual(state)
    expect(Object.keys(record(name)?.inline ?? {}).sort()).toEqual(['Default', 'new'])
    expect(record(name)?.attached).toEqual([])
  })

  it('is replaced for another name or path', () => {
    const { state, properties } = role()
    for (const change of [{ RoleName: 'x' }, { Path: '/x/' }]) {
      const update = typeOf('Role').update(request({ ...properties, ...change }), { ...state, properties })
      expect(update).toBe('replace')
    }
  })

  it('with a malformed policy leaves nothing behind', () => {
    const count = roles.list(GLOBAL).length
    expect(() => role({ Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [] } }] })).toThrow(
      'Syntax errors in policy.',
    )
    expect(roles.list(GLOBAL)).toHaveLength(count)
  })

  it('is deleted with all that it has, twice without an error', async () => {
    const { state, properties, name } = role({ ManagedPolicyArns: [MANAGED] })
    create('Policy', { PolicyName: 'Default', PolicyDocument: document('xray:*'), Roles: [name] })
    await typeOf('Role').delete(SCOPE, state, properties)
    await typeOf('Role').delete(SCOPE, state, properties)
    expect(record(name)).toBeUndefined()
  })
})

describe('AWS::IAM::Policy', () => {
  it('moves to other roles and another name in place', async () => {
    const [one, two] = [role().name, role().name]
    const properties = { PolicyName: 'P', PolicyDocument: document('s3:*'), Roles: [one] }
    const state = create('Policy', properties)
    const changed = { PolicyName: 'Q', PolicyDocument: document('sqs:*'), Roles: [one, two] }
    expect(typeOf('Policy').update(request(changed), { ...state, properties })).toEqual(state)
    expect(Object.keys(record(one)?.inline ?? {})).toEqual(['Q'])
    expect(Object.keys(record(two)?.inline ?? {})).toEqual(['Q'])
    await typeOf('Policy').delete(SCOPE, state, changed)
    expect(record(one)?.inline).toEqual({})
    await typeOf('Policy').delete(SCOPE, state, changed)
  })

  it('needs a role or a user, and all of them', () => {
    const base = { PolicyName: 'P', PolicyDocument: document('s3:*') }
    expect(() => create('Policy', base)).toThrow('At least one of [Groups,Roles,Users] must be non-empty.')
    const { name } = role()
    expect(() => create('Policy', { ...base, Roles: [name, 'nobody'] })).toThrow(
      'The role with name nobody cannot be found.',
    )
    expect(record(name)?.inline).toEqual({})
  })
})

describe('AWS::IAM::ManagedPolicy', () => {
  it('gets a version for each document, five at most, and is attached where its template says', async () => {
    const [one, two] = [role().name, role().name]
    let properties: Properties = { PolicyDocument: document('s3:*'), Roles: [one] }
    const state = create('ManagedPolicy', properties)
    const arn = state.physicalId
    expect(record(one)?.attached).toEqual([arn])
    for (let n = 2; n <= 8; n++) {
      const next = { PolicyDocument: document(`s3:Action${n}`), Roles: [two] }
      const after = typeOf('ManagedPolicy').update(request(next), { ...state, properties }) as ResourceState
      expect(after.attributes.DefaultVersionId).toBe(`v${n}`)
      properties = next
    }
    expect(policies.get(GLOBAL, arn)?.versions.map(({ id }) => id)).toEqual(['v8', 'v7', 'v6', 'v5', 'v4'])
    expect(record(one)?.attached).toEqual([])
    expect(record(two)?.attached).toEqual([arn])
    await typeOf('ManagedPolicy').delete(SCOPE, state, properties)
    expect(record(two)?.attached).toEqual([])
    expect(policies.get(GLOBAL, arn)).toBeUndefined()
  })

  it('that cannot be attached leaves nothing behind', () => {
    const count = policies.list(GLOBAL).length
    expect(() => create('ManagedPolicy', { PolicyDocument: document('s3:*'), Roles: ['nobody'] })).toThrow(
      'nobody',
    )
    expect(policies.list(GLOBAL)).toHaveLength(count)
  })
})
