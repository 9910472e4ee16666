import { notImplemented } from '@sonde/wire'
import { arn, parseArn } from '../../kernel/arn.ts'
import type { PolicyDocument } from '../../kernel/policy/statement.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import {
  DEFAULT_DELIVERY_POLICY,
  type DeliveryPolicy,
  parseTopicDeliveryPolicy,
} from './delivery/retry-policy.ts'
import { invalidParameter, tagLimitExceeded, topicNotFound } from './errors.ts'
import { MAX_TAGS } from './limits.ts'
import type { TopicRecord } from './records.ts'
import { defaultTopicPolicy, parseTopicPolicy } from './topic-policy.ts'

const NAME = /^[A-Za-z0-9_-]{1,256}$/

/** A topic and where it is. */
export interface TopicAt {
  readonly scope: Scope
  readonly topic: TopicRecord
}

/** Where a topic is and its name, from its ARN. @throws ServiceError `InvalidParameter` in SNS's words */
export const parseTopicArn = (text: string, parameter = 'TopicArn'): { scope: Scope; name: string } => {
  const parsed = parseArn(text)
  const elements = text === '' ? 0 : text.split(':').length
  if (elements < 6) {
    throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${elements || 1}`)
  }
  if (parsed?.service !== 'sns' || !/^\d{12}$/.test(parsed.account) || parsed.region === '') {
    throw invalidParameter(parameter)
  }
  if (parsed.resource.endsWith('.fifo')) throw notImplemented('FIFO topics')
  return { scope: { account: parsed.account, region: parsed.region }, name: parsed.resource }
}

const checkPolicies: Readonly<Record<string, (value: string) => unknown>> = {
  Policy: parseTopicPolicy,
  DeliveryPolicy: parseTopicDeliveryPolicy,
}

const checkAttribute = (name: string, value: string): void => {
  const check = Object.hasOwn(checkPolicies, name) ? checkPolicies[name] : undefined
  if (check) {
    if (value !== '') check(value)
  } else if (name === 'DisplayName') {
    if (value.length > 100 || /[\r\n]/.test(value)) throw invalidParameter('DisplayName')
  } else if (name === 'SignatureVersion') {
    if (value !== '1' && value !== '2') throw invalidParameter('SignatureVersion')
  } else if (name === 'TracingConfig') {
    if (value === 'Active') throw notImplemented('TracingConfig Active of topics')
    if (value !== 'PassThrough') throw invalidParameter('TracingConfig')
  } else if (name === 'FifoTopic') {
    if (value === 'true') throw notImplemented('FIFO topics')
    if (value !== 'false') throw invalidParameter('FifoTopic')
  } else if (UNSUPPORTED.test(name)) {
    if (value !== '') throw notImplemented(`The topic attribute ${name}`)
  } else throw invalidParameter('AttributeName')
}

const UNSUPPORTED =
  /^(KmsMasterKeyId|ContentBasedDeduplication|ArchivePolicy|FifoThroughputScope|DataProtectionPolicy|(HTTP|Firehose|Lambda|Application|SQS)(SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn))$/

/** Settable attributes, checked; an empty value unsets. @throws ServiceError `InvalidParameter`, or 501 by name */
export const checkTopicAttributes = (given: Readonly<Record<string, string>>): Record<string, string> => {
  for (const [name, value] of Object.entries(given)) checkAttribute(name, value)
  return Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'FifoTopic'))
}

const withoutEmpty = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))

export const checkTags = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  if (Object.keys(tags).length > MAX_TAGS) throw tagLimitExceeded()
  return tags
}

/** The topics of all accounts. */
export class Topics {
  readonly #records: Collection<TopicRecord>

  constructor(records: Collection<TopicRecord>) {
    this.#records = records
  }

  find(scope: Scope, name: string): TopicRecord | undefined {
    return this.#records.get(scope, name)
  }

  list(scope: Scope): TopicRecord[] {
    return this.#records.list(scope)
  }

  /** @throws ServiceError `InvalidParameter` for what is no ARN of a topic, `NotFound` */
  get(topicArn: string, parameter?: string): TopicAt {
    const { scope, name } = parseTopicArn(topicArn, parameter)
    const topic = this.find(scope, name)
    if (!topic) throw topicNotFound()
    return { scope, topic }
  }

  /** Makes a topic, or answers the one of that name where attributes and tags are the same. */
  create(
    scope: Scope,
    name: string,
    given: Readonly<Record<string, string>> = {},
    tags: Readonly<Record<string, string>> = {},
  ): TopicRecord {
    if (name.endsWith('.fifo')) throw notImplemented('FIFO topics')
    if (!NAME.test(name)) throw invalidParameter('Topic Name')
    const attributes = withoutEmpty(checkTopicAttributes(given))
    const existing = this.find(scope, name)
    if (existing) {
      const differs = Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value)
      if (differs) {
        throw invalidParameter('Attributes Reason: Topic already exists with different attributes')
      }
      if (Object.entries(tags).some(([key, value]) => existing.tags[key] !== value)) {
        throw invalidParameter('Tags Reason: Topic already exists with different tags')
      }
      return existing
    }
    const topicArn = arn(scope, 'sns', name)
    const topic = { name, arn: topicArn, attributes, tags: checkTags(tags), deletedSubscriptions: 0 }
    this.#records.put(scope, name, topic)
    return topic
  }

  setAttributes(at: TopicAt, given: Readonly<Record<string, string>>): TopicRecord {
    const attributes = withoutEmpty({ ...at.topic.attributes, ...checkTopicAttributes(given) })
    return this.change(at, { attributes })
  }

  change({ scope, topic }: TopicAt, changes: Partial<TopicRecord>): TopicRecord {
    const changed = { ...topic, ...changes }
    this.#records.put(scope, topic.name, changed)
    return changed
  }

  delete({ scope, topic }: TopicAt): void {
    this.#records.delete(scope, topic.name)
  }
}

export const policyOf = ({ scope, topic }: TopicAt): PolicyDocument => {
  const { Policy } = topic.attributes
  return Policy === undefined ? defaultTopicPolicy(topic.arn, scope.account) : parseTopicPolicy(Policy)
}

export const deliveryPolicyOf = ({ attributes }: TopicRecord): DeliveryPolicy =>
  attributes.DeliveryPolicy === undefined
    ? DEFAULT_DELIVERY_POLICY
    : parseTopicDeliveryPolicy(attributes.DeliveryPolicy)
