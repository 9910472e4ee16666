import { notImplemented, type ServiceError } from '@sonde/wire'
import { parseArn } from '../../kernel/arn.ts'
import { type DeliveryPolicy, parseSubscriptionDeliveryPolicy } from './delivery/retry-policy.ts'
import { invalidParameter } from './errors.ts'
import { type FilterPolicyScope, parseFilterPolicy } from './filter-policy/policy.ts'
import { FilterPolicyError } from './filter-policy/rules.ts'
import type { Protocol, SubscriptionRecord } from './records.ts'

type Attributes = Readonly<Record<string, string>>

/** What of a subscription is asked about its attributes. */
interface Context {
  readonly protocol: Protocol
  readonly topicArn: string
  readonly topicPolicy: DeliveryPolicy
  /** What stands before the problem: `Attributes Reason: ` of Subscribe. */
  readonly prefix: string
}

const RAW_PROTOCOLS: readonly Protocol[] = ['sqs', 'http', 'https']

const fail = ({ prefix }: Context, problem: string): ServiceError => invalidParameter(`${prefix}${problem}`)

const checkFilterPolicy = (text: string, scope: FilterPolicyScope, context: Context): void => {
  try {
    parseFilterPolicy(text, scope)
  } catch (error) {
    if (error instanceof FilterPolicyError) throw fail(context, error.message)
    throw error
  }
}

const checkRedrivePolicy = (text: string, context: Context): void => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fail(context, 'RedrivePolicy: failed to deserialize JSON.')
  }
  const { deadLetterTargetArn, ...rest } = (value ?? {}) as Record<string, unknown>
  if (Object.keys(rest).length > 0)
    throw fail(context, `RedrivePolicy: unexpected member ${Object.keys(rest)[0]}`)
  const target = typeof deadLetterTargetArn === 'string' ? parseArn(deadLetterTargetArn) : undefined
  if (target?.service !== 'sqs') throw fail(context, 'RedrivePolicy: deadLetterTargetArn is an invalid arn')
  const topic = parseArn(context.topicArn)
  if (target.account !== topic?.account || target.region !== topic.region) {
    throw fail(context, 'RedrivePolicy: deadLetterTargetArn must be in the account and region of the topic')
  }
}

/** Each attribute's check; `undefined` for those that are read only. */
const CHECKS: Readonly<Record<string, (value: string, all: Attributes, context: Context) => void>> = {
  FilterPolicy: (value, all, context) => {
    checkFilterPolicy(value, (all.FilterPolicyScope ?? 'MessageAttributes') as FilterPolicyScope, context)
  },
  FilterPolicyScope: (value, all, context) => {
    if (value !== 'MessageAttributes' && value !== 'MessageBody') {
      throw fail(
        context,
        `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
      )
    }
    if (all.FilterPolicy) checkFilterPolicy(all.FilterPolicy, value, context)
  },
  RawMessageDelivery: (value, _all, context) => {
    if (value !== 'true' && value !== 'false') {
      throw fail(context, `RawMessageDelivery: Invalid value [${value}]. Must be true or false.`)
    }
    if (value === 'true' && !RAW_PROTOCOLS.includes(context.protocol)) {
      throw fail(
        context,
        `RawMessageDelivery: Delivery protocol [${context.protocol}] does not support raw message delivery.`,
      )
    }
  },
  RedrivePolicy: (value, _all, context) => checkRedrivePolicy(value, context),
  DeliveryPolicy: (value, _all, context) => {
    if (!context.protocol.startsWith('http'))
      throw fail(context, 'DeliveryPolicy: only HTTP and HTTPS subscriptions have one')
    parseSubscriptionDeliveryPolicy(value, context.topicPolicy)
  },
}

/**
 * The attributes of a subscription with changes, checked; an empty value unsets.
 *
 * @throws ServiceError `InvalidParameter` in SNS's words, or 501 by name
 */
export const changeAttributes = (present: Attributes, given: Attributes, context: Context): Attributes => {
  const all = Object.fromEntries(Object.entries({ ...present, ...given }).filter(([, value]) => value !== ''))
  for (const [name, value] of Object.entries(given)) {
    if (name === 'SubscriptionRoleArn' || name === 'ReplayPolicy') {
      throw notImplemented(`The subscription attribute ${name}`)
    }
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined
    if (!check) throw fail(context, 'AttributeName')
    if (value !== '') check(value, all, context)
  }
  return all
}

/** The HTTP delivery policy that holds for a subscription. */
export const effectivePolicy = (
  subscription: SubscriptionRecord,
  topicPolicy: DeliveryPolicy,
): DeliveryPolicy => {
  const { DeliveryPolicy: own } = subscription.attributes
  return own === undefined || topicPolicy.disableOverrides
    ? topicPolicy
    : parseSubscriptionDeliveryPolicy(own, topicPolicy)
}
