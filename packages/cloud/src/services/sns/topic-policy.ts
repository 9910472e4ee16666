import type { ServiceError } from '@sonde/wire'
import { InvalidResourcePolicy, parseResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { PolicyDocument } from '../../kernel/policy/statement.ts'
import { invalidParameter } from './errors.ts'

/** Of AddPermission, and what the default policy lets the owner do. */
const OWNER_ACTIONS = [
  'GetTopicAttributes',
  'SetTopicAttributes',
  'AddPermission',
  'RemovePermission',
  'DeleteTopic',
  'Subscribe',
  'ListSubscriptionsByTopic',
  'Publish',
]

/** The policy of a topic that was given none: whoever tells that it acts for the owner is let in. */
export const defaultTopicPolicy = (topicArn: string, owner: string): PolicyDocument => ({
  Version: '2008-10-17',
  Id: '__default_policy_ID',
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: OWNER_ACTIONS.map(action => `SNS:${action}`),
      Resource: topicArn,
      Condition: { StringEquals: { 'AWS:SourceOwner': owner } },
    },
  ],
})

const outOfScope = (): ServiceError => invalidParameter('Policy statement action out of service scope!')

const checkActions = ({ Statement }: PolicyDocument): void => {
  for (const { Action, NotAction } of Statement) {
    const actions: readonly unknown[] = [Action ?? NotAction].flat()
    if (actions.some(action => !/^sns:/i.test(String(action)))) throw outOfScope()
  }
}

/**
 * Reads the policy that a topic is given.
 *
 * @throws ServiceError `InvalidParameter` in SNS's words, or 501 naming a condition operator
 */
export const parseTopicPolicy = (text: string): PolicyDocument => {
  try {
    const policy = parseResourcePolicy(text)
    checkActions(policy)
    return policy
  } catch (error) {
    if (error instanceof InvalidResourcePolicy) throw invalidParameter(`Policy Error: ${error.message}`)
    throw error
  }
}

/** AddPermission: the policy with a statement for accounts. @throws ServiceError `InvalidParameter` */
export const withPermission = (
  policy: PolicyDocument,
  topicArn: string,
  { label, accounts, actions }: { label: string; accounts: readonly string[]; actions: readonly string[] },
): PolicyDocument => {
  if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidParameter('Statement already exists')
  if (actions.some(action => !OWNER_ACTIONS.includes(action) && action !== 'Receive' && action !== '*')) {
    throw outOfScope()
  }
  if (accounts.length === 0 || accounts.some(account => !/^\d{12}$/.test(account))) {
    throw invalidParameter('AWSAccountId')
  }
  const partition = topicArn.split(':')[1]
  const principals = accounts.map(account => `arn:${partition}:iam::${account}:root`)
  const names = actions.map(action => `SNS:${action}`)
  const statement = {
    Sid: label,
    Effect: 'Allow' as const,
    Principal: { AWS: principals.length === 1 ? principals[0] : principals },
    Action: names.length === 1 ? names[0] : names,
    Resource: topicArn,
  }
  return { ...policy, Statement: [...policy.Statement, statement] }
}
