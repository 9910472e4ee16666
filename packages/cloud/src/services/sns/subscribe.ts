import { notImplemented } from '@sonde/wire'
import { parseArn } from '../../kernel/arn.ts'
import { invalidParameter } from './errors.ts'
import type { SnsParts } from './parts.ts'
import type { SubscriptionRecord } from './records.ts'
import { changeAttributes } from './subscription-attributes.ts'
import { checkEndpoint } from './subscriptions.ts'
import { deliveryPolicyOf, type TopicAt } from './topics.ts'

/** A wish to subscribe. */
export interface SubscribeRequest {
  readonly protocol: string
  readonly endpoint: string
  readonly attributes: Readonly<Record<string, string>>
  /** The account and the identity that subscribe. */
  readonly owner: string
  readonly principal: string
}

const sameAttributes = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean => {
  const entries = Object.entries(a)
  return entries.length === Object.keys(b).length && entries.every(([name, value]) => b[name] === value)
}

/**
 * Makes a subscription, or answers the one that there is; one that is to be confirmed gets its confirmation, again where
 * it is asked for again.
 *
 * @throws ServiceError `InvalidParameter` in SNS's words, or 501 by name
 */
export const subscribe = (
  { subscriptions, dispatcher }: Pick<SnsParts, 'subscriptions' | 'dispatcher'>,
  at: TopicAt,
  { protocol: given, endpoint, attributes: wanted, owner, principal }: SubscribeRequest,
): SubscriptionRecord => {
  const protocol = checkEndpoint(given, endpoint)
  const topicArn = at.topic.arn
  const attributes = changeAttributes({}, wanted, {
    protocol,
    topicArn,
    topicPolicy: deliveryPolicyOf(at.topic),
    prefix: 'Attributes Reason: ',
  })
  const existing = subscriptions
    .ofTopic(topicArn)
    .find(record => record.protocol === protocol && record.endpoint === endpoint)
  if (existing) {
    if (!sameAttributes(existing.attributes, attributes)) {
      throw invalidParameter('Attributes Reason: Subscription already exists with different attributes')
    }
    if (existing.pending) dispatcher.confirm(at, existing)
    return existing
  }
  const isOwn = parseArn(endpoint)?.account === owner
  if (protocol === 'lambda' && !isOwn) throw notImplemented('Subscribe of a function of another account')
  // Whoever owns the queue or function that it subscribes has agreed.
  const pending = protocol !== 'lambda' && !(protocol === 'sqs' && isOwn)
  const record = subscriptions.create({ topicArn, protocol, endpoint, owner, principal, pending, attributes })
  if (pending) dispatcher.confirm(at, record)
  return record
}
