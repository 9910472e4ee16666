import type * as Sdk from '@aws-sdk/client-sns'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { printSubscriptionDeliveryPolicy } from '../delivery/retry-policy.ts'
import { authorizationError, invalidParameter } from '../errors.ts'
import { page } from '../paging.ts'
import type { SnsParts } from '../parts.ts'
import type { SubscriptionRecord } from '../records.ts'
import { subscribe } from '../subscribe.ts'
import { changeAttributes, effectivePolicy } from '../subscription-attributes.ts'
import { deliveryPolicyOf } from '../topics.ts'

const printed = ({
  arn,
  pending,
  owner,
  protocol,
  endpoint,
  topicArn,
}: SubscriptionRecord): Sdk.Subscription => ({
  SubscriptionArn: pending ? 'PendingConfirmation' : arn,
  Owner: owner,
  Protocol: protocol,
  Endpoint: endpoint,
  TopicArn: topicArn,
})

export const subscriptionOperations = (parts: SnsParts) => {
  const { topics, subscriptions, dispatcher, access, clock } = parts

  /** A subscription is its owner's and the topic owner's affair. */
  const own = (arn: string, action: string, { identity }: RequestContext): SubscriptionRecord => {
    const record = subscriptions.get(arn)
    const isOwner = identity.account === record.owner || identity.account === record.topicArn.split(':')[4]
    if (!isOwner) throw authorizationError(identity.arn, action, arn)
    return record
  }

  return {
    Subscribe: (input, context) => {
      const { TopicArn = '', Protocol = '', Endpoint = '', Attributes = {}, ReturnSubscriptionArn } = input
      const at = access.open(TopicArn, 'SNS:Subscribe', context)
      const record = subscribe(parts, at, {
        protocol: Protocol,
        endpoint: Endpoint,
        attributes: Attributes,
        owner: context.identity.account,
        principal: context.identity.arn,
      })
      return {
        SubscriptionArn: record.pending && !ReturnSubscriptionArn ? 'pending confirmation' : record.arn,
      }
    },

    ConfirmSubscription: (
      { TopicArn = '', Token = '', AuthenticateOnUnsubscribe = 'false' },
      { anonymous },
    ) => {
      const { topic } = topics.get(TopicArn)
      if (!/^[0-9a-f]+$/i.test(Token)) throw invalidParameter('Token')
      const record = subscriptions.byToken(topic.arn, Token)
      if (!record) throw invalidParameter('Token')
      subscriptions.confirm(record, {
        confirmationWasAuthenticated: !anonymous,
        authenticateOnUnsubscribe: !anonymous && AuthenticateOnUnsubscribe === 'true',
      })
      return { SubscriptionArn: record.arn }
    },

    Unsubscribe: ({ SubscriptionArn = '' }, context) => {
      const record = subscriptions.lookUp(SubscriptionArn)
      if (!record) return {}
      const { anonymous } = context
      if (anonymous && record.authenticateOnUnsubscribe) {
        throw authorizationError('anonymous', 'SNS:Unsubscribe', SubscriptionArn)
      }
      if (!anonymous) own(SubscriptionArn, 'SNS:Unsubscribe', context)
      const at = topics.get(record.topicArn)
      topics.change(at, { deletedSubscriptions: at.topic.deletedSubscriptions + 1 })
      if (anonymous && record.protocol.startsWith('http')) {
        dispatcher.unsubscribed(at, subscriptions.change(record, { unsubscribed: clock.now() }))
      } else subscriptions.delete(record)
      return {}
    },

    ListSubscriptions: ({ NextToken }, { scope }) => {
      const { items, nextToken } = page(subscriptions.list(scope), NextToken)
      return { Subscriptions: items.map(printed), NextToken: nextToken }
    },

    ListSubscriptionsByTopic: ({ TopicArn = '', NextToken }, context) => {
      const { topic } = access.open(TopicArn, 'SNS:ListSubscriptionsByTopic', context)
      const { items, nextToken } = page(subscriptions.ofTopic(topic.arn), NextToken)
      return { Subscriptions: items.map(printed), NextToken: nextToken }
    },

    GetSubscriptionAttributes: ({ SubscriptionArn = '' }, context) => {
      const record = own(SubscriptionArn, 'SNS:GetSubscriptionAttributes', context)
      const { topic } = topics.get(record.topicArn)
      const policy = effectivePolicy(record, deliveryPolicyOf(topic))
      return {
        Attributes: {
          ConfirmationWasAuthenticated: String(record.confirmationWasAuthenticated),
          Endpoint: record.endpoint,
          Owner: record.owner,
          PendingConfirmation: String(record.pending),
          Protocol: record.protocol,
          RawMessageDelivery: 'false',
          SubscriptionArn: record.arn,
          SubscriptionPrincipal: record.principal,
          TopicArn: record.topicArn,
          ...(record.attributes.FilterPolicy !== undefined && { FilterPolicyScope: 'MessageAttributes' }),
          ...(record.protocol.startsWith('http') && {
            EffectiveDeliveryPolicy: printSubscriptionDeliveryPolicy(policy),
          }),
          ...record.attributes,
        },
      }
    },

    SetSubscriptionAttributes: (input, context) => {
      const { SubscriptionArn = '', AttributeName = '', AttributeValue = '' } = input
      const record = own(SubscriptionArn, 'SNS:SetSubscriptionAttributes', context)
      const { topic } = topics.get(record.topicArn)
      const attributes = changeAttributes(
        record.attributes,
        { [AttributeName]: AttributeValue },
        { protocol: record.protocol, topicArn: topic.arn, topicPolicy: deliveryPolicyOf(topic), prefix: '' },
      )
      subscriptions.change(record, { attributes })
      return {}
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
