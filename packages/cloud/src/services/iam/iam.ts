import type { Clock } from '../../kernel/clock.ts'
import type { AccessKeys } from './access-keys.ts'
import type { Policies } from './policies.ts'
import type { Principals } from './principals.ts'
import type { RoleRecord, UserRecord } from './records.ts'

/** The parts of IAM that its operations and resources are built on. */
export interface Iam {
  readonly roles: Principals<RoleRecord>
  readonly users: Principals<UserRecord>
  readonly policies: Policies
  readonly accessKeys: AccessKeys
  readonly clock: Clock
}
