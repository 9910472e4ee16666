import { randomBytes } from 'node:crypto'
import { parseArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import { upperAlphanumeric } from '../../kernel/ids.ts'
import type { Credentials, Identities, Identity } from '../../kernel/ports.ts'
import type { Collection } from '../../kernel/store.ts'
import { derivedRoleId } from './names.ts'
import type { Principals } from './principals.ts'
import { type AccessKeyRecord, KEY_SCOPE, type RoleRecord } from './records.ts'

/** Seconds that credentials of a role session last where nobody asks for another time: as long as AWS allows. */
const SESSION_SECONDS = 43_200
/**
 * Keys of expired sessions are dropped this long after, in ms: enforcing expiry would end functions when the clock is
 * stepped, and a key that is dropped belongs to the default account from then on.
 */
const KEPT_AFTER_EXPIRY = 24 * 60 * 60 * 1000
const ACCOUNT = /^\d{12}$/

/** 40 characters, as AWS's secrets have. */
const secret = (): string => randomBytes(30).toString('base64')

/** What STS needs beyond the port. */
export interface Sessions extends Identities {
  /** `durationSeconds` default 12 hours. */
  issue(roleArn: string, sessionName: string, durationSeconds?: number): Credentials
  /** Temporary credentials of the same identity. */
  issueFor(identity: Identity, durationSeconds: number): Credentials
  /** The identity of a role's session. */
  sessionIdentity(roleArn: string, sessionName: string): Identity
  /** The JSON text of the role's trust policy, or `undefined` where the role does not exist. */
  trustPolicy(roleArn: string): string | undefined
  /** The role's MaxSessionDuration in seconds, or `undefined` where the role does not exist. */
  maxSessionDuration(roleArn: string): number | undefined
}

export interface IdentitiesDependencies {
  readonly accessKeys: Collection<AccessKeyRecord>
  readonly roles: Principals<RoleRecord>
  readonly clock: Clock
  readonly defaultAccount: string
}

const rootOf = (account: string): Identity => ({
  account,
  arn: `arn:aws:iam::${account}:root`,
  userId: account,
})

/** The name is what follows the last slash: what is before is the role's path. */
const roleOf = (roleArn: string): { account: string; partition: string; name: string } | undefined => {
  const arn = parseArn(roleArn)
  if (arn?.service !== 'iam' || !arn.resource.startsWith('role/')) return undefined
  return { account: arn.account, partition: arn.partition, name: arn.resource.split('/').pop() ?? '' }
}

export const createIdentities = (dependencies: IdentitiesDependencies): Sessions => {
  const { accessKeys, roles, clock, defaultAccount } = dependencies
  const roots = new Map<string, Identity>()

  const root = (account: string): Identity => {
    let identity = roots.get(account)
    if (!identity) {
      identity = rootOf(account)
      roots.set(account, identity)
    }
    return identity
  }

  const dropExpired = (): void => {
    const limit = clock.now() - KEPT_AFTER_EXPIRY
    for (const { accessKeyId, expiration } of accessKeys.list(KEY_SCOPE)) {
      if (expiration !== undefined && expiration < limit) accessKeys.delete(KEY_SCOPE, accessKeyId)
    }
  }

  const issueFor = (identity: Identity, durationSeconds: number): Credentials => {
    dropExpired()
    const now = clock.now()
    const record = {
      accessKeyId: `ASIA${upperAlphanumeric(16)}`,
      secretAccessKey: secret(),
      identity,
      createDate: now,
      expiration: now + durationSeconds * 1000,
    }
    accessKeys.put(KEY_SCOPE, record.accessKeyId, record)
    return {
      accessKeyId: record.accessKeyId,
      secretAccessKey: record.secretAccessKey,
      sessionToken: randomBytes(96).toString('base64'),
      expiration: record.expiration,
    }
  }

  const roleRecord = (roleArn: string): RoleRecord | undefined => {
    const role = roleOf(roleArn)
    const record = role && roles.find(role.account, role.name)
    return record?.arn === roleArn ? record : undefined
  }

  const sessionIdentity = (roleArn: string, sessionName: string): Identity => {
    const role = roleOf(roleArn)
    if (!role) throw new TypeError(`${roleArn} is not the ARN of a role`)
    const id = roleRecord(roleArn)?.id ?? derivedRoleId(roleArn)
    return {
      account: role.account,
      arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/${sessionName}`,
      userId: `${id}:${sessionName}`,
    }
  }

  return {
    resolve: accessKeyId => {
      if (accessKeyId === undefined) return root(defaultAccount)
      if (ACCOUNT.test(accessKeyId)) return root(accessKeyId)
      return accessKeys.get(KEY_SCOPE, accessKeyId)?.identity ?? root(defaultAccount)
    },
    issue: (roleArn, sessionName, durationSeconds = SESSION_SECONDS) =>
      issueFor(sessionIdentity(roleArn, sessionName), durationSeconds),
    issueFor,
    sessionIdentity,
    trustPolicy: roleArn => roleRecord(roleArn)?.assumeRolePolicyDocument,
    maxSessionDuration: roleArn => roleRecord(roleArn)?.maxSessionDuration,
  }
}
