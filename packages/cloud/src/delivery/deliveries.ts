import type { Clock, ClockTimer } from '../kernel/clock.ts'
import type { Deliverer, QueueSender } from '../kernel/ports.ts'
import type { Scope } from '../kernel/scope.ts'
import type { Collection } from '../kernel/store.ts'
import { type Failure, failureOf } from './failure.ts'
import { LONGEST_WAIT, retryWait } from './retry.ts'

/** One message on its way to one target: plain JSON, so that it survives the process while it waits. */
export interface Delivery {
  readonly id: string
  readonly targetArn: string
  /** As it is delivered; `Message` is the owner's to read. */
  readonly payload: string
  /** ms since the epoch. */
  readonly acceptedAt: number
  /** Attempts made. */
  readonly attempts: number
  /** When the next one is due, in ms since the epoch. */
  readonly dueAt: number
  readonly maximumRetryAttempts: number
  /** Seconds. */
  readonly maximumEventAge: number
  /** ARN of a queue. */
  readonly deadLetterQueue?: string
}

/** Why no further attempt was made. */
export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'

/** What became of a delivery that failed for good. */
export interface FailedDelivery<D extends Delivery> {
  readonly delivery: D
  readonly failure: Failure
  readonly retries: number
  /** Absent where the failure is one that is not retried. */
  readonly exhausted?: ExhaustedCondition
}

/** Told of each step, for metrics. Must not throw. */
export interface DeliveryObserver<D extends Delivery> {
  attempted?(scope: Scope, delivery: D): void
  succeeded?(scope: Scope, delivery: D): void
  /** An attempt failed, for good or not. */
  attemptFailed?(scope: Scope, delivery: D, failure: Failure): void
  failed?(scope: Scope, failed: FailedDelivery<D>): void
  deadLettered?(scope: Scope, delivery: D, isSent: boolean): void
}

export interface DeadLetter {
  /** String attributes; they win over those that every dead letter has. */
  readonly attributes: Readonly<Record<string, string>>
  /** Default: the payload. */
  readonly body?: string
  /** Whom the queue's policy is asked about. Absent where a role sends it. */
  readonly deliverer?: Deliverer
}

export interface DeliveriesDependencies<D extends Delivery> {
  readonly clock: Clock
  /** Keeps what waits for another attempt. */
  readonly waiting: Collection<D>
  readonly queues: QueueSender
  /** Makes one attempt. Real time: a stepped clock waits for it. */
  readonly deliver: (scope: Scope, delivery: D) => Promise<void>
  /** What the dead letter says, besides what every one does. May throw where there is no permission to send it. */
  readonly deadLetter: (failed: FailedDelivery<D>) => DeadLetter
  readonly observer?: DeliveryObserver<D>
  readonly onDefect: (error: unknown) => void
}

/** SQS takes no attribute that is longer than a message; AWS cuts the text of errors. */
const MAX_ERROR_MESSAGE = 1_024

/** Ours: deliveries that wait for another attempt; what fails beyond them fails for good. */
const MAX_WAITING = 10_000

/**
 * Delivers to targets, again where that failed, and to the dead-letter queue where it fails for good. The first attempt
 * is made at once; what waits for another one survives the process. Waits are times of the cloud's clock.
 */
export class Deliveries<D extends Delivery> {
  readonly #dependencies: DeliveriesDependencies<D>
  readonly #timers = new Map<string, ClockTimer>()
  /** Deliveries that were forgotten while an attempt was under way must not come back. */
  #era = 0
  #isStopped = false

  constructor(dependencies: DeliveriesDependencies<D>) {
    this.#dependencies = dependencies
  }

  /** Takes up what waited when the process ended. */
  start(): void {
    const { clock, waiting } = this.#dependencies
    const now = clock.now()
    for (const { scope, value } of [...waiting.entries()]) {
      // The clock may have been ahead then: nothing waits longer than this.
      const isAhead = value.dueAt > now + LONGEST_WAIT
      this.#await(scope, isAhead ? { ...value, acceptedAt: now, dueAt: now } : value)
    }
  }

  /** Makes no further attempt; what waits is taken up by the next start. */
  stop(): void {
    this.#isStopped = true
    this.reset()
  }

  /** Forgets what waits. */
  reset(): void {
    this.#era++
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  /** Sends a message off: returns at once, and never throws. */
  send(scope: Scope, delivery: D): void {
    this.#dependencies.clock.hold(this.#attempt(scope, delivery))
  }

  /** Records a message that cannot even be tried as failed. */
  reject(scope: Scope, delivery: D, error: unknown): void {
    this.#dependencies.clock.hold(
      this.#fail(scope, { delivery, failure: failureOf(error), retries: 0 }).catch(
        this.#dependencies.onDefect,
      ),
    )
  }

  #await(scope: Scope, delivery: D): void {
    const timer = this.#dependencies.clock.at(delivery.dueAt, () => {
      this.#timers.delete(delivery.id)
      return this.#attempt(scope, delivery)
    })
    this.#timers.set(delivery.id, timer)
  }

  async #attempt(scope: Scope, delivery: D): Promise<void> {
    try {
      await this.#tryOnce(scope, delivery)
    } catch (error) {
      this.#dependencies.onDefect(error)
    }
  }

  async #tryOnce(scope: Scope, delivery: D): Promise<void> {
    const { clock, waiting, deliver, observer } = this.#dependencies
    const era = this.#era
    const tried = { ...delivery, attempts: delivery.attempts + 1 }
    observer?.attempted?.(scope, tried)
    let failure: Failure
    try {
      await deliver(scope, tried)
      waiting.delete(scope, delivery.id)
      observer?.succeeded?.(scope, tried)
      return
    } catch (error) {
      failure = failureOf(error)
    }
    if (era !== this.#era) {
      if (this.#isStopped) waiting.put(scope, delivery.id, tried)
      return
    }
    observer?.attemptFailed?.(scope, tried, failure)
    const retries = delivery.attempts
    if (!failure.isRetryable || this.#timers.size >= MAX_WAITING) {
      await this.#fail(scope, { delivery: tried, failure, retries })
      return
    }
    const dueAt = clock.now() + retryWait(tried.attempts, `${delivery.targetArn}/${delivery.acceptedAt}`)
    const isTooOld = dueAt - delivery.acceptedAt > delivery.maximumEventAge * 1000
    if (retries >= delivery.maximumRetryAttempts || isTooOld) {
      const exhausted =
        retries >= delivery.maximumRetryAttempts ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds'
      await this.#fail(scope, { delivery: tried, failure, retries, exhausted })
      return
    }
    const postponed = { ...tried, dueAt }
    waiting.put(scope, delivery.id, postponed)
    this.#await(scope, postponed)
  }

  async #fail(scope: Scope, failed: FailedDelivery<D>): Promise<void> {
    const { waiting, queues, observer, deadLetter } = this.#dependencies
    const { delivery, failure, retries, exhausted } = failed
    waiting.delete(scope, delivery.id)
    observer?.failed?.(scope, failed)
    if (delivery.deadLetterQueue === undefined) return
    try {
      const { attributes, body = delivery.payload, deliverer } = deadLetter(failed)
      await queues.send({
        queueArn: delivery.deadLetterQueue,
        body,
        attributes: {
          TARGET_ARN: delivery.targetArn,
          ERROR_CODE: failure.code,
          ERROR_MESSAGE: failure.message.slice(0, MAX_ERROR_MESSAGE),
          ...(exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
          RETRY_ATTEMPTS: String(retries),
          ...attributes,
        },
        ...(deliverer && { deliverer }),
      })
      observer?.deadLettered?.(scope, delivery, true)
    } catch {
      observer?.deadLettered?.(scope, delivery, false)
    }
  }
}
