import type { Tag } from '@aws-sdk/client-iam'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'

/** What roles and users have in common. */
export interface PrincipalRecord {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly id: string
  /** ms since the epoch, as all times in records. */
  readonly createDate: number
  /** Documents of inline policies, as text, by policy name. */
  readonly inline: Readonly<Record<string, string>>
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
  /** ARN of a managed policy. */
  readonly permissionsBoundary: string | undefined
  readonly tags: readonly Tag[]
}

export interface RoleRecord extends PrincipalRecord {
  readonly assumeRolePolicyDocument: string
  readonly description: string | undefined
  /** Seconds. */
  readonly maxSessionDuration: number
}

export type UserRecord = PrincipalRecord

export interface PolicyVersionRecord {
  /** `v1`, `v2`, … */
  readonly id: string
  readonly document: string
  readonly createDate: number
}

export interface PolicyRecord {
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly id: string
  readonly description: string | undefined
  readonly createDate: number
  readonly updateDate: number
  readonly defaultVersionId: string
  /** How many versions there have been: ids are not used again. */
  readonly versionsMade: number
  readonly versions: readonly PolicyVersionRecord[]
  readonly tags: readonly Tag[]
}

/** A user's long-term access key, or the temporary one of a session. */
export interface AccessKeyRecord {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly identity: { readonly account: string; readonly arn: string; readonly userId: string }
  /** Of a user's key. */
  readonly userName?: string
  readonly status?: 'Active' | 'Inactive'
  readonly createDate: number
  /** Of a session's key: ms since the epoch. */
  readonly expiration?: number
}

/** Access keys are looked up before the account of a request is known. */
export const KEY_SCOPE: Scope = { account: 'any', region: 'global' }

/** Keyed by lower-case name; policies by ARN; access keys by id in {@link KEY_SCOPE}. */
export interface IamState {
  readonly roles: Collection<RoleRecord>
  readonly users: Collection<UserRecord>
  readonly policies: Collection<PolicyRecord>
  readonly accessKeys: Collection<AccessKeyRecord>
}

export const iamState = (store: Store): IamState => ({
  roles: store.collection('iam.roles'),
  users: store.collection('iam.users'),
  policies: store.collection('iam.policies'),
  accessKeys: store.collection('iam.access-keys'),
})
