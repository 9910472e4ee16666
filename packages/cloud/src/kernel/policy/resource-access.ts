import type { Authorizer, Deliverer, Identity } from '../ports.ts'
import { evaluateResourcePolicy } from './resource-policy.ts'
import type { PolicyDocument } from './statement.ts'

/** An action on a resource that has a policy of its own. */
export interface ResourceAction {
  readonly policy: PolicyDocument | undefined
  /** The account that the resource belongs to. */
  readonly owner: string
  readonly resource: string
  readonly action: string
}

/**
 * Services that tell whose resource they act for as `AWS:SourceOwner` too, which the default policy of a topic asks for.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
const TELLS_SOURCE_OWNER: ReadonlySet<string> = new Set([
  'cloudwatch.amazonaws.com',
  's3.amazonaws.com',
  'budgets.amazonaws.com',
])

/** Whether the policy of a resource lets an AWS service act on it: services have no other permission. */
export const deliveryAllowed = (
  { policy, resource, action }: ResourceAction,
  { service, sourceArn }: Deliverer,
): boolean => {
  if (!policy) return false
  const account = sourceArn.split(':')[4] ?? ''
  const context = {
    'aws:SourceArn': sourceArn,
    'aws:SourceAccount': account,
    ...(TELLS_SOURCE_OWNER.has(service) && { 'aws:SourceOwner': account }),
  }
  const request = { principal: { service }, action, resource, context }
  return evaluateResourcePolicy(policy, request) === 'allowed'
}

/** Policies are asked about sessions of roles; keys of users and roots may do everything in their account. */
const isSession = (identity: Identity): boolean => identity.arn.includes(':assumed-role/')

/**
 * Whether an identity may act on a resource. In the owner's account either its own policies or the resource's are
 * enough, from another account both must allow it; a denial of the resource's policy is final.
 */
export const identityAllowed = (
  { policy, owner, resource, action }: ResourceAction,
  identity: Identity,
  authorizer: Pick<Authorizer, 'allows'>,
): boolean => {
  const { arn, account } = identity
  const context = { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account }
  const request = { principal: { arn, account }, action, resource, context }
  const verdict = policy ? evaluateResourcePolicy(policy, request) : 'implicitDeny'
  if (verdict === 'explicitDeny') return false
  const byIdentity = !isSession(identity) || authorizer.allows(arn, action, resource)
  return account === owner ? byIdentity || verdict === 'allowed' : byIdentity && verdict === 'allowed'
}
