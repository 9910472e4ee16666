import type { Clock } from '../../kernel/clock.ts'
import type { Authorizer } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { AccessKeys } from './access-keys.ts'
import { createAuthorizer } from './evaluation/authorizer.ts'
import { createPolicySource } from './evaluation/policy-source.ts'
import type { Iam } from './iam.ts'
import { createIdentities, type Sessions } from './identities.ts'
import { policyOperations } from './operations/policies.ts'
import { roleOperations } from './operations/roles.ts'
import { simulationOperations } from './operations/simulation.ts'
import { userOperations } from './operations/users.ts'
import { Policies } from './policies.ts'
import { Principals } from './principals.ts'
import { iamState } from './records.ts'
import { managedPolicyResource } from './resources/managed-policy.ts'
import { policyResource } from './resources/policy.ts'
import { roleResource } from './resources/role.ts'

export interface IamDependencies {
  readonly store: Store
  readonly clock: Clock
  /** 12 digits: the account of keys that name none. */
  readonly defaultAccount: string
}

/**
 * IAM's roles, users, policies and access keys, who an access key belongs to, and what identity policies allow.
 */
export const createIam = ({
  store,
  clock,
  defaultAccount,
}: IamDependencies): CloudService & Sessions & Authorizer => {
  const state = iamState(store)
  const roles = new Principals('role', state.roles, state.policies)
  const users = new Principals('user', state.users, state.policies)
  const policies = new Policies({ records: state.policies, roles, users, clock })
  const accessKeys = new AccessKeys({ records: state.accessKeys, clock })
  const iam: Iam = { roles, users, policies, accessKeys, clock }
  const source = createPolicySource(state)
  return {
    id: 'iam',
    apis: [
      {
        api: 'iam',
        operations: {
          ...roleOperations(iam),
          ...policyOperations(iam),
          ...userOperations(iam),
          ...simulationOperations(source),
        },
      },
    ],
    resources: {
      'AWS::IAM::Role': roleResource(iam),
      'AWS::IAM::Policy': policyResource(iam),
      'AWS::IAM::ManagedPolicy': managedPolicyResource(iam),
    },
    ...createAuthorizer(source),
    ...createIdentities({ accessKeys: state.accessKeys, roles, clock, defaultAccount }),
  }
}
