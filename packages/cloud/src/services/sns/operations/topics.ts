import type * as Sdk from '@aws-sdk/client-sns'
import { notImplemented, type Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { printTopicDeliveryPolicy } from '../delivery/retry-policy.ts'
import { invalidParameter, resourceNotFound } from '../errors.ts'
import { page } from '../paging.ts'
import type { SnsParts } from '../parts.ts'
import { withPermission } from '../topic-policy.ts'
import { checkTags, deliveryPolicyOf, parseTopicArn, policyOf, type TopicAt } from '../topics.ts'

const tagRecord = (tags: readonly Sdk.Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))

/** Topics, their attributes, tags and permissions. */
export const topicOperations = ({ topics, subscriptions, access }: SnsParts) => {
  const taggable = (resourceArn: string, action: string, context: RequestContext): TopicAt => {
    const { scope, name } = parseTopicArn(resourceArn, 'ResourceArn')
    if (!topics.find(scope, name)) throw resourceNotFound()
    return access.open(resourceArn, action, context)
  }

  return {
    CreateTopic: ({ Name = '', Attributes, Tags, DataProtectionPolicy }, { scope }) => {
      if (DataProtectionPolicy) throw notImplemented('CreateTopic with DataProtectionPolicy')
      return { TopicArn: topics.create(scope, Name, Attributes, tagRecord(Tags)).arn }
    },

    DeleteTopic: ({ TopicArn = '' }, context) => {
      const { scope, name } = parseTopicArn(TopicArn)
      if (!topics.find(scope, name)) return {}
      const at = access.open(TopicArn, 'SNS:DeleteTopic', context)
      for (const subscription of subscriptions.ofTopic(TopicArn)) subscriptions.delete(subscription)
      topics.delete(at)
      return {}
    },

    ListTopics: ({ NextToken }, { scope }) => {
      const { items, nextToken } = page(topics.list(scope), NextToken)
      return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: nextToken }
    },

    GetTopicAttributes: ({ TopicArn = '' }, context) => {
      const at = access.open(TopicArn, 'SNS:GetTopicAttributes', context)
      const { topic, scope } = at
      const all = subscriptions.ofTopic(topic.arn)
      const pending = all.filter(record => record.pending).length
      return {
        Attributes: {
          DisplayName: '',
          ...topic.attributes,
          Policy: topic.attributes.Policy ?? JSON.stringify(policyOf(at)),
          Owner: scope.account,
          TopicArn: topic.arn,
          SubscriptionsConfirmed: String(all.length - pending),
          SubscriptionsPending: String(pending),
          SubscriptionsDeleted: String(topic.deletedSubscriptions),
          EffectiveDeliveryPolicy: printTopicDeliveryPolicy(deliveryPolicyOf(topic)),
        },
      }
    },

    SetTopicAttributes: ({ TopicArn = '', AttributeName = '', AttributeValue = '' }, context) => {
      const at = access.open(TopicArn, 'SNS:SetTopicAttributes', context)
      if (AttributeName === 'FifoTopic') throw invalidParameter('AttributeName')
      topics.setAttributes(at, { [AttributeName]: AttributeValue })
      return {}
    },

    AddPermission: ({ TopicArn = '', Label = '', AWSAccountId = [], ActionName = [] }, context) => {
      const at = access.open(TopicArn, 'SNS:AddPermission', context)
      const grant = { label: Label, accounts: AWSAccountId, actions: ActionName }
      topics.setAttributes(at, { Policy: JSON.stringify(withPermission(policyOf(at), TopicArn, grant)) })
      return {}
    },

    RemovePermission: ({ TopicArn = '', Label }, context) => {
      const at = access.open(TopicArn, 'SNS:RemovePermission', context)
      const policy = policyOf(at)
      const Statement = policy.Statement.filter(({ Sid }) => Sid !== Label)
      topics.setAttributes(at, { Policy: JSON.stringify({ ...policy, Statement }) })
      return {}
    },

    ListTagsForResource: ({ ResourceArn = '' }, context) => {
      const { tags } = taggable(ResourceArn, 'SNS:ListTagsForResource', context).topic
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
    },

    TagResource: ({ ResourceArn = '', Tags = [] }, context) => {
      const at = taggable(ResourceArn, 'SNS:TagResource', context)
      topics.change(at, { tags: checkTags({ ...at.topic.tags, ...tagRecord(Tags) }) })
      return {}
    },

    UntagResource: ({ ResourceArn = '', TagKeys = [] }, context) => {
      const at = taggable(ResourceArn, 'SNS:UntagResource', context)
      const kept = Object.entries(at.topic.tags).filter(([key]) => !TagKeys.includes(key))
      topics.change(at, { tags: Object.fromEntries(kept) })
      return {}
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
