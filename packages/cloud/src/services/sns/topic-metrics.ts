import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder } from '../../kernel/ports.ts'
import { parseTopicArn } from './topics.ts'

/** Records metrics of namespace `AWS/SNS`, dimension `TopicName`. */
export class TopicMetrics {
  readonly #recorder: MetricRecorder
  readonly #clock: Clock

  constructor(recorder: MetricRecorder, clock: Clock) {
    this.#recorder = recorder
    this.#clock = clock
  }

  published(topicArn: string, bytes: number): void {
    this.#record(topicArn, 'NumberOfMessagesPublished', 1, 'Count')
    this.#record(topicArn, 'PublishSize', bytes, 'Bytes')
  }

  /** `NumberOfNotifications` and how they ended: `Delivered`, `Failed`, `FilteredOut-MessageBody`, … */
  notification(topicArn: string, outcome: string): void {
    this.#record(topicArn, `NumberOfNotifications${outcome}`, 1, 'Count')
  }

  #record(topicArn: string, name: string, value: number, unit: string): void {
    const { scope, name: TopicName } = parseTopicArn(topicArn)
    const sample = { namespace: 'AWS/SNS', name, dimensions: { TopicName }, value, unit }
    this.#recorder.record(scope, [{ ...sample, timestamp: this.#clock.now() }])
  }
}
