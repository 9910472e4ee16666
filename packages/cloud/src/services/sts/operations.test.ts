import { describe, expect, it } from 'vitest'
import type { RequestContext } from '../../kernel/context.ts'
import type { Credentials, Identity } from '../../kernel/ports.ts'
import { stsOperations } from './operations.ts'
import type { RoleSessions } from './sessions.ts'

const ACCOUNT = '123456789012'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app/worker`
const DEPLOY = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-deploy-role-${ACCOUNT}-eu-west-1`
const CALLER: Identity = { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ada`, userId: 'AIDA' }

const context: RequestContext = {
  scope: { account: ACCOUNT, region: 'eu-west-1' },
  identity: CALLER,
  requestId: 'id',
  endpoint: 'http://127.0.0.1:4566',
}

/** One role that exists, of sessions up to two hours. Credentials tell what they were asked for. */
const sessions: RoleSessions = {
  resolve: key => ({ ...CALLER, account: key?.slice(4, 16) ?? ACCOUNT }),
  issue: (roleArn, sessionName, seconds): Credentials => ({
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: `${roleArn} ${sessionName}`,
    expiration: (seconds ?? 0) * 1000,
  }),
  issueFor: (identity, seconds) => ({
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: identity.arn,
    expiration: seconds * 1000,
  }),
  sessionIdentity: (_roleArn, sessionName) => ({
    account: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/${sessionName}`,
    userId: `AROA:${sessionName}`,
  }),
  trustPolicy: roleArn =>
    roleArn === ROLE
      ? JSON.stringify({
          Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
        })
      : undefined,
  allows: () => false,
  maxSessionDuration: roleArn => (roleArn === ROLE ? 7_200 : undefined),
}
const sts = stsOperations(sessions)

describe('GetCallerIdentity', () => {
  it('tells who the caller is', () => {
    expect(sts.GetCallerIdentity({}, context)).toEqual({ UserId: 'AIDA', Account: ACCOUNT, Arn: CALLER.arn })
  })
})

describe('AssumeRole', () => {
  it('gives credentials of the session for an hour', () => {
    const answer = sts.AssumeRole({ RoleArn: ROLE, RoleSessionName: 'predict', ExternalId: 'x' }, context)
    expect(answer).toEqual({
      Credentials: {
        AccessKeyId: 'ASIA',
        SecretAccessKey: 'secret',
        SessionToken: `${ROLE} predict`,
        Expiration: new Date(3_600_000),
      },
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/predict`,
        AssumedRoleId: 'AROA:predict',
      },
    })
  })

  it.each(['deploy', 'file-publishing', 'image-publishing', 'lookup', 'cfn-exec'])(
    'takes the %s role of the CDK bootstrap, which nobody created',
    kind => {
      const RoleArn = DEPLOY.replace('deploy', kind)
      expect(sts.AssumeRole({ RoleArn, RoleSessionName: 'aws-cdk-ada' }, context).Credentials).toBeDefined()
    },
  )

  it.each([
    [
      { RoleArn: ROLE.replace('worker', 'nobody') },
      'AccessDenied',
      `User: ${CALLER.arn} is not authorized to perform: sts:AssumeRole on resource: ${ROLE.replace('worker', 'nobody')}`,
    ],
    [{ RoleArn: 'worker' }, 'ValidationError', 'worker is invalid'],
    [{ RoleSessionName: 'a b' }, 'ValidationError', "Value 'a b' at 'roleSessionName'"],
    [{ DurationSeconds: 60 }, 'ValidationError', 'greater than or equal to 900'],
    [{ DurationSeconds: 50_000 }, 'ValidationError', 'less than or equal to 43200'],
    [{ DurationSeconds: 7_201 }, 'ValidationError', 'exceeds the MaxSessionDuration set for this role'],
    [{ Policy: '{}' }, 'NotImplemented', 'AssumeRole with Policy is not implemented'],
    [{ SerialNumber: 'arn:aws:iam::1:mfa/ada' }, 'NotImplemented', 'AssumeRole with SerialNumber'],
  ])('with %j is refused', (input, code, message) => {
    const assume = () => sts.AssumeRole({ RoleArn: ROLE, RoleSessionName: 'predict', ...input }, context)
    expect(assume).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})

describe('GetSessionToken', () => {
  it('gives credentials of the same identity for twelve hours', () => {
    const { Credentials } = sts.GetSessionToken({}, context)
    expect(Credentials).toMatchObject({ SessionToken: CALLER.arn, Expiration: new Date(43_200_000) })
  })

  it('does not play a second factor', () => {
    expect(() => sts.GetSessionToken({ TokenCode: '123456' }, context)).toThrow('is not implemented')
  })
})
