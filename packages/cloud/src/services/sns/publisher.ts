import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import type { Dispatcher } from './delivery/dispatcher.ts'
import type { OutgoingMessage } from './message.ts'
import type { TopicMetrics } from './topic-metrics.ts'
import type { TopicAt } from './topics.ts'

export interface PublisherDependencies {
  readonly dispatcher: Dispatcher
  readonly metrics: TopicMetrics
  readonly clock: Clock
}

/** Takes a checked message for a topic and answers its id; delivery goes on by itself. */
export type Publish = (at: TopicAt, message: OutgoingMessage) => string

export const createPublish =
  ({ dispatcher, metrics, clock }: PublisherDependencies): Publish =>
  (at, { subject, messages, attributes, bytes }) => {
    const messageId = uuid()
    metrics.published(at.topic.arn, bytes)
    dispatcher.publish(at, {
      messageId,
      topicArn: at.topic.arn,
      subject,
      messages,
      attributes,
      timestamp: new Date(clock.now()).toISOString(),
      signatureVersion: at.topic.attributes.SignatureVersion ?? '1',
    })
    return messageId
  }
