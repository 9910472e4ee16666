import type * as Sdk from '@aws-sdk/client-sts'
import { notImplemented, type Operations, ServiceError } from '@sonde/wire'
import { parseArn } from '../../kernel/arn.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { Credentials, Identity } from '../../kernel/ports.ts'
import type { RoleSessions } from './sessions.ts'
import { isTrusted } from './trust.ts'

/** Seconds of a role's session: default, least, and most whatever the role allows. */
const DEFAULT_ROLE_SESSION = 3_600
const MIN_SESSION = 900
const MAX_ROLE_SESSION = 43_200
/** Seconds of GetSessionToken's. */
const DEFAULT_SESSION_TOKEN = 43_200
const MAX_SESSION_TOKEN = 129_600

/**
 * The roles that `cdk bootstrap` makes in an account. The local cloud stands for a bootstrapped account, so they can be
 * assumed although nobody created them.
 */
const BOOTSTRAP_ROLE = /^role\/cdk-hnb659fds-[\w-]+-role-\d{12}-[\w-]+$/

/** Members that would narrow what a session may do, or stand for a second factor. */
const UNSUPPORTED = ['Policy', 'PolicyArns', 'SerialNumber', 'TokenCode', 'ProvidedContexts'] as const

const validationError = (message: string): ServiceError => new ServiceError('ValidationError', message)

const constraint = (member: string, value: string | number, text: string): ServiceError =>
  validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${text}`,
  )

const checkDuration = (seconds: number, maximum: number): void => {
  if (seconds < MIN_SESSION) {
    throw constraint(
      'durationSeconds',
      seconds,
      `Member must have value greater than or equal to ${MIN_SESSION}`,
    )
  }
  if (seconds > maximum) {
    throw constraint('durationSeconds', seconds, `Member must have value less than or equal to ${maximum}`)
  }
}

const credentialsShape = (credentials: Credentials): Sdk.Credentials => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: new Date(credentials.expiration),
})

const accessDenied = (identity: Identity, roleArn: string): ServiceError =>
  new ServiceError(
    'AccessDenied',
    `User: ${identity.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    { status: 403 },
  )

export const stsOperations = (identities: RoleSessions) => {
  const durationOf = (input: { DurationSeconds?: number | undefined }, roleArn: string): number => {
    const seconds = input.DurationSeconds ?? DEFAULT_ROLE_SESSION
    checkDuration(seconds, MAX_ROLE_SESSION)
    if (seconds > (identities.maxSessionDuration(roleArn) ?? MAX_ROLE_SESSION)) {
      throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
    }
    return seconds
  }

  return {
    AssumeRole: (input, { identity }) => {
      for (const member of UNSUPPORTED) {
        const value = input[member]
        if (value !== undefined && value.length > 0) throw notImplemented(`AssumeRole with ${member}`)
      }
      const { RoleArn = '', RoleSessionName = '' } = input
      const arn = parseArn(RoleArn)
      if (arn?.service !== 'iam' || !arn.resource.startsWith('role/')) {
        throw validationError(`${RoleArn} is invalid`)
      }
      if (!/^[\w+=,.@-]{2,64}$/.test(RoleSessionName)) {
        throw constraint(
          'roleSessionName',
          RoleSessionName,
          'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
        )
      }
      const trust = identities.trustPolicy(RoleArn)
      const mayAssume =
        trust === undefined
          ? BOOTSTRAP_ROLE.test(arn.resource)
          : isTrusted(identities, identity, {
              document: trust,
              account: arn.account,
              roleArn: RoleArn,
              sessionName: RoleSessionName,
              externalId: input.ExternalId,
            })
      if (!mayAssume) throw accessDenied(identity, RoleArn)
      const credentials = identities.issue(RoleArn, RoleSessionName, durationOf(input, RoleArn))
      const session = identities.sessionIdentity(RoleArn, RoleSessionName)
      return {
        Credentials: credentialsShape(credentials),
        AssumedRoleUser: { Arn: session.arn, AssumedRoleId: session.userId },
        ...(input.SourceIdentity !== undefined && { SourceIdentity: input.SourceIdentity }),
      }
    },

    GetAccessKeyInfo: input => ({ Account: identities.resolve(input.AccessKeyId).account }),

    GetCallerIdentity: (_input, { identity }) => ({
      UserId: identity.userId,
      Account: identity.account,
      Arn: identity.arn,
    }),

    GetSessionToken: (input, { identity }) => {
      if (input.SerialNumber || input.TokenCode)
        throw notImplemented('GetSessionToken with SerialNumber or TokenCode')
      const seconds = input.DurationSeconds ?? DEFAULT_SESSION_TOKEN
      checkDuration(seconds, MAX_SESSION_TOKEN)
      return { Credentials: credentialsShape(identities.issueFor(identity, seconds)) }
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
