import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder } from '../../kernel/ports.ts'
import type { QueueAt } from './records.ts'

const UNITS = {
  NumberOfMessagesSent: 'Count',
  NumberOfMessagesReceived: 'Count',
  NumberOfMessagesDeleted: 'Count',
  NumberOfEmptyReceives: 'Count',
  SentMessageSize: 'Bytes',
  ApproximateNumberOfMessagesVisible: 'Count',
  ApproximateNumberOfMessagesNotVisible: 'Count',
  ApproximateNumberOfMessagesDelayed: 'Count',
  ApproximateAgeOfOldestMessage: 'Seconds',
} as const

export type QueueMetricName = keyof typeof UNITS

/** Records metrics of namespace `AWS/SQS`, dimension `QueueName`. */
export class QueueMetrics {
  readonly #recorder: MetricRecorder
  readonly #clock: Clock

  constructor(recorder: MetricRecorder, clock: Clock) {
    this.#recorder = recorder
    this.#clock = clock
  }

  record({ scope, queue }: QueueAt, values: Partial<Record<QueueMetricName, number>>): void {
    const timestamp = this.#clock.now()
    const dimensions = { QueueName: queue.name }
    this.#recorder.record(
      scope,
      Object.entries(values).map(([name, value]) => ({
        namespace: 'AWS/SQS',
        name,
        dimensions,
        value,
        unit: UNITS[name as QueueMetricName],
        timestamp,
      })),
    )
  }
}
