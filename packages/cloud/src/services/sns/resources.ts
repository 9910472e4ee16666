import type { ResourceState, ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import { invalidParameter } from './errors.ts'
import type { SnsParts } from './parts.ts'
import type { SubscriptionRecord, TopicRecord } from './records.ts'
import { subscribe } from './subscribe.ts'
import { changeAttributes } from './subscription-attributes.ts'
import { checkTags, deliveryPolicyOf, parseTopicArn, type TopicAt } from './topics.ts'

type Properties = Readonly<Record<string, unknown>>

const NAME_LENGTH = 256
const TOPIC_ATTRIBUTES = ['DeliveryPolicy', 'DisplayName', 'SignatureVersion', 'TracingConfig', 'FifoTopic']
const SUBSCRIPTION_ATTRIBUTES = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
]

const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value !== undefined && typeof value !== 'string')
    throw invalidParameter(`Property ${name} must be a string.`)
  return value
}

/** Attributes as the API has them: objects and lists as JSON, the rest as text. */
const attributesOf = (properties: Properties, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap(name => {
      const value = properties[name]
      if (value === undefined) return []
      return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]]
    }),
  )

const topicAttributes = (properties: Properties): Record<string, string> =>
  attributesOf(properties, TOPIC_ATTRIBUTES)

const tagsOf = ({ Tags = [] }: Properties): Record<string, string> => {
  if (!Array.isArray(Tags) || !Tags.every(isObject))
    throw invalidParameter('Property Tags must be a list of tags.')
  return Object.fromEntries(Tags.map(({ Key, Value }) => [String(Key), String(Value)]))
}

interface Inline {
  readonly protocol: string
  readonly endpoint: string
}

/** The `Subscription` property of a topic. */
const inlineSubscriptions = ({ Subscription = [] }: Properties): Inline[] => {
  if (!Array.isArray(Subscription) || !Subscription.every(isObject)) {
    throw invalidParameter('Property Subscription must be a list of subscriptions.')
  }
  return Subscription.map(item => ({
    protocol: textOf(item, 'Protocol') ?? '',
    endpoint: textOf(item, 'Endpoint') ?? '',
  }))
}

const topicState = ({ arn, name }: TopicRecord): ResourceState => ({
  physicalId: arn,
  attributes: { TopicArn: arn, TopicName: name },
})

const topicResource = (parts: SnsParts): ResourceType => {
  const { topics, subscriptions } = parts
  const subscribeTo = (at: TopicAt, { protocol, endpoint }: Inline): void => {
    const { account } = at.scope
    subscribe(parts, at, {
      protocol,
      endpoint,
      attributes: {},
      owner: account,
      principal: `arn:aws:iam::${account}:root`,
    })
  }
  const endpointsOf = (topicArn: string, { protocol, endpoint }: Inline): SubscriptionRecord[] =>
    subscriptions
      .ofTopic(topicArn)
      .filter(record => record.protocol === protocol && record.endpoint === endpoint)

  return {
    properties: ['TopicName', 'Tags', 'Subscription', ...TOPIC_ATTRIBUTES],
    create: ({ scope, properties, generateName }) => {
      const name = textOf(properties, 'TopicName') ?? generateName(NAME_LENGTH)
      const inline = inlineSubscriptions(properties)
      const topic = topics.create(scope, name, topicAttributes(properties), tagsOf(properties))
      for (const item of inline) subscribeTo({ scope, topic }, item)
      return topicState(topic)
    },
    update: ({ scope, properties }, previous) => {
      if (properties.TopicName !== previous.properties.TopicName) return 'replace'
      const before = inlineSubscriptions(previous.properties)
      const wanted = inlineSubscriptions(properties)
      const tags = checkTags(tagsOf(properties))
      const at = topics.get(previous.physicalId)
      const attributes = topicAttributes(properties)
      const changed = topics.setAttributes(at, attributes)
      const gone = Object.keys(topicAttributes(previous.properties)).filter(name => !(name in attributes))
      const kept = Object.entries(changed.attributes).filter(([name]) => !gone.includes(name))
      const topic = topics.change({ scope, topic: changed }, { attributes: Object.fromEntries(kept), tags })
      const isIn = (list: readonly Inline[], item: Inline): boolean =>
        list.some(({ protocol, endpoint }) => protocol === item.protocol && endpoint === item.endpoint)
      for (const item of before.filter(item => !isIn(wanted, item))) {
        for (const record of endpointsOf(topic.arn, item)) subscriptions.delete(record)
      }
      for (const item of wanted.filter(item => !isIn(before, item))) subscribeTo({ scope, topic }, item)
      return topicState(topic)
    },
    delete: (scope, { physicalId, attributes }) => {
      const topic = topics.find(scope, String(attributes.TopicName))
      if (!topic) return
      for (const record of subscriptions.ofTopic(physicalId)) subscriptions.delete(record)
      topics.delete({ scope, topic })
    },
  }
}

const subscriptionResource = (parts: SnsParts): ResourceType => {
  const { topics, subscriptions } = parts
  const stateOf = ({ arn }: SubscriptionRecord): ResourceState => ({
    physicalId: arn,
    attributes: { Arn: arn },
  })
  const identity = ['TopicArn', 'Protocol', 'Endpoint']
  return {
    required: ['TopicArn', 'Protocol'],
    properties: [...identity, ...SUBSCRIPTION_ATTRIBUTES],
    create: ({ scope, properties }) => {
      const at = topics.get(textOf(properties, 'TopicArn') ?? '')
      const record = subscribe(parts, at, {
        protocol: textOf(properties, 'Protocol') ?? '',
        endpoint: textOf(properties, 'Endpoint') ?? '',
        attributes: attributesOf(properties, SUBSCRIPTION_ATTRIBUTES),
        owner: scope.account,
        principal: `arn:aws:iam::${scope.account}:root`,
      })
      return stateOf(record)
    },
    update: ({ properties }, previous) => {
      if (identity.some(name => properties[name] !== previous.properties[name])) return 'replace'
      const record = subscriptions.get(previous.physicalId)
      const { topic } = topics.get(record.topicArn)
      const attributes = changeAttributes({}, attributesOf(properties, SUBSCRIPTION_ATTRIBUTES), {
        protocol: record.protocol,
        topicArn: topic.arn,
        topicPolicy: deliveryPolicyOf(topic),
        prefix: 'Attributes Reason: ',
      })
      return stateOf(subscriptions.change(record, { attributes }))
    },
    delete: (_scope, { physicalId }) => {
      const record = subscriptions.find(physicalId)
      if (record) subscriptions.delete(record)
    },
  }
}

const policyResource = ({ topics }: SnsParts): ResourceType => {
  const arnsOf = ({ Topics: arns }: Properties): string[] => {
    if (!Array.isArray(arns)) throw invalidParameter('Property Topics must be a list of topic ARNs.')
    return arns.map(String)
  }
  const setPolicy = (properties: Properties): void => {
    const { PolicyDocument } = properties
    const Policy = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument)
    for (const arn of arnsOf(properties)) topics.setAttributes(topics.get(arn), { Policy })
  }
  const clearPolicy = (arns: readonly string[]): void => {
    for (const arn of arns) {
      const { scope, name } = parseTopicArn(arn)
      const topic = topics.find(scope, name)
      if (topic) topics.setAttributes({ scope, topic }, { Policy: '' })
    }
  }
  return {
    required: ['PolicyDocument', 'Topics'],
    properties: ['PolicyDocument', 'Topics'],
    create: ({ properties, generateName }) => {
      setPolicy(properties)
      const physicalId = generateName(NAME_LENGTH)
      return { physicalId, attributes: { Id: physicalId } }
    },
    update: ({ properties }, { physicalId, attributes, properties: before }) => {
      setPolicy(properties)
      const now = arnsOf(properties)
      clearPolicy(arnsOf(before).filter(arn => !now.includes(arn)))
      return { physicalId, attributes }
    },
    delete: (_scope, _state, properties) => clearPolicy(arnsOf(properties)),
  }
}

/** SNS's CloudFormation types. */
export const snsResources = (parts: SnsParts): ResourceTypes => ({
  'AWS::SNS::Topic': topicResource(parts),
  'AWS::SNS::Subscription': subscriptionResource(parts),
  'AWS::SNS::TopicPolicy': policyResource(parts),
})
