import { describe, expect, it } from 'vitest'
import { createStore } from '../../../kernel/store.ts'
import { globalScope, nameKey } from '../names.ts'
import { iamState, type PolicyRecord, type RoleRecord } from '../records.ts'
import { accessDenied } from './access-denied.ts'
import { authorize } from './authorize.ts'
import { createPolicySource } from './policy-source.ts'

const ACCOUNT = '123456789012'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/service/Predict`
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Predict/predict`
const PUT = { action: 'xray:PutTraceSegments', resource: '*' }

const text = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

const setUp = (role: Partial<RoleRecord> = {}) => {
  const state = iamState(createStore(undefined))
  const record: RoleRecord = {
    name: 'Predict',
    path: '/service/',
    arn: ROLE,
    id: 'AROA',
    createDate: 0,
    inline: {},
    attached: [],
    permissionsBoundary: undefined,
    tags: [],
    assumeRolePolicyDocument: '',
    description: undefined,
    maxSessionDuration: 3_600,
    ...role,
  }
  const put = (change: Partial<RoleRecord> = {}) =>
    state.roles.put(globalScope(ACCOUNT), nameKey(record.name), { ...record, ...change })
  put()
  const putPolicy = (arn: string, document: string, defaultVersionId = 'v1') => {
    const policy = {
      arn,
      defaultVersionId,
      versions: [
        { id: 'v2', document: text(), createDate: 0 },
        { id: 'v1', document, createDate: 0 },
      ],
    } as unknown as PolicyRecord
    state.policies.put(globalScope(ACCOUNT), arn, policy)
  }
  const source = createPolicySource(state)
  const decide = (request: Parameters<typeof authorize>[2] = PUT, identity = SESSION) =>
    authorize(source, identity, request)?.decision
  return { state, put, putPolicy, source, decide }
}

const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`

describe('authorize', () => {
  it('reads inline policies of a role, for the role and its sessions', () => {
    const { decide } = setUp({
      inline: { traces: text({ Effect: 'Allow', Action: 'xray:Put*', Resource: '*' }) },
    })
    expect(decide()).toBe('allowed')
    expect(decide(PUT, ROLE)).toBe('allowed')
    expect(decide({ ...PUT, action: 'xray:GetTraceSummaries' })).toBe('implicitDeny')
  })

  it('says nothing of roles that there are not, and allows a root everything', () => {
    const { decide } = setUp()
    expect(decide(PUT, SESSION.replaceAll('Predict', 'Nobody'))).toBeUndefined()
    expect(decide(PUT, ROLE.replace('/service/', '/'))).toBeUndefined()
    expect(decide(PUT, 'not an arn')).toBeUndefined()
    expect(decide(PUT, `arn:aws:iam::${ACCOUNT}:root`)).toBe('allowed')
  })

  it.each([
    ['AWSXRayDaemonWriteAccess', 'xray:PutTraceSegments', 'logs:PutLogEvents'],
    ['AWSXrayWriteOnlyAccess', 'xray:GetSamplingTargets', 'xray:GetTraceSummaries'],
    ['service-role/AWSLambdaBasicExecutionRole', 'logs:PutLogEvents', 'xray:PutTraceSegments'],
    ['service-role/AWSLambdaVPCAccessExecutionRole', 'ec2:CreateNetworkInterface', 'ec2:RunInstances'],
    ['service-role/AmazonAPIGatewayPushToCloudWatchLogs', 'logs:FilterLogEvents', 'logs:DeleteLogGroup'],
    ['CloudWatchLambdaInsightsExecutionRolePolicy', 'logs:CreateLogGroup', 'logs:PutLogEvents'],
    ['AmazonS3ReadOnlyAccess', 's3:GetObject', 's3:PutObject'],
  ])('knows what the AWS managed policy %s allows: %s and not %s', (name, allowed, denied) => {
    const { decide } = setUp({ attached: [aws(name)] })
    expect(decide({ action: allowed, resource: '*' })).toBe('allowed')
    expect(decide({ action: denied, resource: '*' })).toBe('implicitDeny')
  })

  it('reads the default version of attached policies, and sees it change', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/traces`
    const { decide, putPolicy } = setUp({ attached: [arn] })
    const document = text({ Effect: 'Allow', Action: 'xray:*', Resource: '*' })
    putPolicy(arn, document)
    expect(decide()).toBe('allowed')
    putPolicy(arn, document.replace('Allow', 'Deny'))
    expect(decide()).toBe('explicitDeny')
    putPolicy(arn, text({ Effect: 'Allow', Action: 's3:*', Resource: '*' }))
    expect(decide()).toBe('implicitDeny')
  })

  it('names AWS managed policies whose text is not here, where they could decide', () => {
    const unknown = aws('AmazonSageMakerFullAccess')
    const { decide, put } = setUp({ attached: [unknown] })
    expect(() => decide()).toThrow(
      `The document of the AWS managed policy ${unknown} is not implemented by Sonde.`,
    )
    put({ attached: [unknown, aws('AWSXRayDaemonWriteAccess')] })
    expect(decide()).toBe('allowed')
    put({ attached: [unknown, aws('AWSDenyAll')] })
    expect(decide()).toBe('explicitDeny')
    put({ attached: [aws('AWSCompromisedKeyQuarantineV3'), aws('AdministratorAccess')] })
    expect(() => decide()).toThrow('AWSCompromisedKeyQuarantineV3')
  })

  it('allows no more than the permissions boundary', () => {
    const permissionsBoundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`
    const { decide, putPolicy } = setUp({ attached: [aws('AdministratorAccess')], permissionsBoundary })
    putPolicy(permissionsBoundary, text({ Effect: 'Allow', Action: 'xray:*', Resource: '*' }))
    expect(decide()).toBe('allowed')
    expect(decide({ action: 's3:GetObject', resource: '*' })).toBe('boundaryImplicitDeny')
    putPolicy(permissionsBoundary, text({ Effect: 'Deny', Action: 'xray:*', Resource: '*' }))
    expect(decide()).toBe('boundaryExplicitDeny')
  })

  it('knows the principal in conditions: the role, also where a session of it asks', () => {
    const Condition = {
      StringEquals: { 'aws:PrincipalTag/stage': 'prod', 'aws:PrincipalAccount': ACCOUNT },
      ArnEquals: { 'aws:PrincipalArn': ROLE },
    }
    const inline = { p: text({ Effect: 'Allow', Action: '*', Resource: '*', Condition }) }
    const { decide, put } = setUp({ inline, tags: [{ Key: 'stage', Value: 'prod' }] })
    expect(decide()).toBe('allowed')
    put({ inline, tags: [{ Key: 'stage', Value: 'dev' }] })
    expect(decide()).toBe('implicitDeny')
  })

  it('reads the policies of users, with their names as variables', () => {
    const { state, source } = setUp()
    const arn = `arn:aws:iam::${ACCOUNT}:user/team/alice`
    const Resource = 'arn:aws:s3:::home/${aws:username}/*'
    state.users.put(globalScope(ACCOUNT), nameKey('alice'), {
      name: 'alice',
      path: '/team/',
      arn,
      id: 'AIDA',
      createDate: 0,
      inline: { home: text({ Effect: 'Allow', Action: 's3:GetObject', Resource }) },
      attached: [],
      permissionsBoundary: undefined,
      tags: [],
    })
    const decide = (key: string) =>
      authorize(source, arn, { action: 's3:GetObject', resource: `arn:aws:s3:::home/${key}` })?.decision
    expect(decide('alice/x')).toBe('allowed')
    expect(decide('bob/x')).toBe('implicitDeny')
  })
})

describe('accessDenied', () => {
  it('says who may not do what, and why, in the words of AWS', () => {
    const denied = accessDenied(SESSION, PUT.action, PUT.resource)
    expect(denied).toMatchObject({ code: 'AccessDeniedException', status: 403 })
    expect(denied.message).toBe(
      `User: ${SESSION} is not authorized to perform: xray:PutTraceSegments on resource: * because no identity-based policy allows the xray:PutTraceSegments action`,
    )
    const explicit = accessDenied(SESSION, PUT.action, '*', {
      decision: 'explicitDeny',
      code: 'AccessDenied',
      status: 400,
    })
    expect(explicit).toMatchObject({ code: 'AccessDenied', status: 400 })
    expect(explicit.message).toMatch(/ on resource: \* with an explicit deny in an identity-based policy$/)
  })
})
