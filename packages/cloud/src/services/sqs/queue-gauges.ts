import type { Clock, ClockTimer } from '../../kernel/clock.ts'
import type { Exchange } from './exchange.ts'
import type { QueueMetrics } from './queue-metrics.ts'
import type { Queues } from './queues.ts'

const MINUTE = 60_000
/** A queue is active for so long after somebody used it, or while it holds messages. */
const ACTIVE = 6 * 60 * MINUTE

export interface QueueGaugesDependencies {
  readonly queues: Queues
  readonly exchange: Exchange
  readonly clock: Clock
  readonly metrics: QueueMetrics
}

/**
 * Records every minute what active queues hold: the metrics that alarms on dead-letter queues watch. No timer runs while
 * no queue is active.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html
 */
export class QueueGauges {
  readonly #parts: QueueGaugesDependencies
  #timer: ClockTimer | undefined
  #running = false

  constructor(parts: QueueGaugesDependencies) {
    this.#parts = parts
  }

  start(): void {
    this.#running = true
    this.#arm()
  }

  stop(): void {
    this.#running = false
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** To be called when somebody uses a queue. */
  used(): void {
    this.#arm()
  }

  #arm(): void {
    if (!this.#running || this.#timer) return
    const { clock } = this.#parts
    this.#timer = clock.at((Math.floor(clock.now() / MINUTE) + 1) * MINUTE, () => this.#tick())
  }

  #tick(): void {
    this.#timer = undefined
    if (this.#record()) this.#arm()
  }

  /** Whether any queue is active. */
  #record(): boolean {
    const { queues, exchange, clock, metrics } = this.#parts
    const now = clock.now()
    let active = false
    for (const { scope, value: queue } of queues.entries()) {
      const at = { scope, queue }
      const { visible, delayed, inFlight } = exchange.counts(at)
      if (visible + delayed + inFlight === 0 && now - exchange.lastUse(at) > ACTIVE) continue
      active = true
      metrics.record(at, {
        ApproximateNumberOfMessagesVisible: visible,
        ApproximateNumberOfMessagesNotVisible: inFlight,
        ApproximateNumberOfMessagesDelayed: delayed,
        ApproximateAgeOfOldestMessage: exchange.ageOfOldest(at),
      })
    }
    return active
  }
}
