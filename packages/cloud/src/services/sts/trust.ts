import type { ContextValue } from '../../kernel/policy/context.ts'
import { evaluateResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { PolicyDocument, PolicyStatement } from '../../kernel/policy/statement.ts'
import type { Authorizer, Identity } from '../../kernel/ports.ts'

const ACTION = 'sts:AssumeRole'

/** A role that is to be assumed. */
export interface TrustQuestion {
  /** JSON text of the role's trust policy. */
  readonly document: string
  /** The role's. */
  readonly account: string
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId: string | undefined
}

const parse = (document: string): PolicyDocument => {
  // IAM has checked it when the role was made.
  const policy = JSON.parse(document) as {
    readonly Version?: string
    readonly Statement: PolicyStatement | readonly PolicyStatement[]
  }
  const { Statement, ...rest } = policy
  return { ...rest, Statement: Array.isArray(Statement) ? Statement : [Statement as PolicyStatement] }
}

/** Keys of users and roots may do everything in the name of their account; sessions what their role allows. */
const isSession = ({ arn }: Identity): boolean => arn.includes(':assumed-role/')

/**
 * Whether an identity may assume a role. The role's trust policy must name it, its account or everybody; where it does
 * not name the session's own role in its own account, that role's policies must allow it too. AWS lets no root assume a
 * role; here a root stands for whoever works in the account, and may where its account is trusted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export const isTrusted = (
  authorizer: Pick<Authorizer, 'allows'>,
  identity: Identity,
  { document, account, roleArn, sessionName, externalId }: TrustQuestion,
): boolean => {
  const policy = parse(document)
  const context: Record<string, ContextValue> = {
    'aws:PrincipalArn': identity.arn,
    'aws:PrincipalAccount': identity.account,
    'sts:RoleSessionName': sessionName,
    ...(externalId !== undefined && { 'sts:ExternalId': externalId }),
  }
  const trusts = (arn: string): boolean =>
    evaluateResourcePolicy(policy, {
      principal: { arn, account: identity.account },
      action: ACTION,
      resource: roleArn,
      context,
    }) === 'allowed'
  if (!trusts(identity.arn)) return false
  if (!isSession(identity)) return true
  // Whom the policy trusts whoever it is in the account is trusted by way of the account, which delegates.
  const byAccount = trusts(`arn:aws:sts::${identity.account}:assumed-role/-/-`)
  if (identity.account === account && !byAccount) return true
  return authorizer.allows(identity.arn, ACTION, roleArn)
}
