import type { Clock, ClockTimer } from '../../../kernel/clock.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Collection } from '../../../kernel/store.ts'
import { MAX_PENDING_DELIVERIES } from '../limits.ts'
import type { HttpDelivery } from '../records.ts'
import { HttpPoster } from './http-post.ts'
import { MAX_RETRY_DELAY } from './retry-policy.ts'

export interface HttpDeliveriesDependencies {
  readonly records: Collection<HttpDelivery>
  readonly clock: Clock
  /** Whether the subscription is still there. */
  readonly isWanted: (delivery: HttpDelivery) => boolean
  /** Told when a delivery has ended. */
  readonly onEnd: (delivery: HttpDelivery, delivered: boolean) => Promise<void>
  readonly onDefect: (error: unknown) => void
}

/**
 * HTTP requests to subscribers, kept until they were answered or their retries are used up; a restart goes on with them.
 * An attempt takes real time, the waits between attempts are the clock's.
 */
export class HttpDeliveries {
  readonly #parts: HttpDeliveriesDependencies
  readonly #timers = new Map<string, ClockTimer>()
  readonly #poster = new HttpPoster()
  #pending = 0
  #stopped = false

  constructor(parts: HttpDeliveriesDependencies) {
    this.#parts = parts
  }

  /** Takes up what was to be delivered when the cloud ended. */
  start(): void {
    const now = this.#parts.clock.now()
    for (const { scope, value } of [...this.#parts.records.entries()]) {
      this.#pending++
      // The clock may have been ahead when the cloud ended: no retry waits longer than this.
      const isAhead = value.due > now + MAX_RETRY_DELAY * 1_000
      this.#schedule(scope, isAhead ? { ...value, due: now } : value)
    }
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
    this.#poster.close()
  }

  reset(): void {
    this.#cancel()
    this.#pending = 0
  }

  /** Begins a delivery. What is beyond Sonde's bound fails at once. */
  async submit(scope: Scope, given: Omit<HttpDelivery, 'id' | 'retries' | 'due'>): Promise<void> {
    const delivery = { ...given, id: uuid(), retries: 0, due: this.#parts.clock.now() }
    if (this.#pending >= MAX_PENDING_DELIVERIES) return this.#parts.onEnd(delivery, false)
    this.#pending++
    this.#parts.records.put(scope, delivery.id, delivery)
    return this.#attempt(scope, delivery)
  }

  #cancel(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #schedule(scope: Scope, delivery: HttpDelivery): void {
    const { clock } = this.#parts
    const attempt = (): void => {
      this.#timers.delete(delivery.id)
      clock.hold(this.#attempt(scope, delivery))
    }
    if (delivery.due <= clock.now()) attempt()
    else this.#timers.set(delivery.id, clock.at(delivery.due, attempt))
  }

  async #attempt(scope: Scope, delivery: HttpDelivery): Promise<void> {
    const { records, clock, isWanted, onEnd, onDefect } = this.#parts
    const end = async (delivered: boolean): Promise<void> => {
      // A reset while the request was under way has taken the delivery away.
      if (!records.delete(scope, delivery.id)) return
      this.#pending--
      await onEnd(delivery, delivered)
    }
    try {
      if (!isWanted(delivery)) {
        if (records.delete(scope, delivery.id)) this.#pending--
        return
      }
      const outcome = await this.#poster.post(delivery.url, delivery.headers, delivery.body)
      // Stopping breaks connections: what was under way is tried again after the next start.
      if (this.#stopped && outcome === 'retryable') return
      const delay = delivery.delays[delivery.retries]
      if (outcome !== 'retryable' || delay === undefined) return await end(outcome === 'delivered')
      if (!records.get(scope, delivery.id)) return
      const next = { ...delivery, retries: delivery.retries + 1, due: clock.now() + delay * 1_000 }
      records.put(scope, delivery.id, next)
      this.#schedule(scope, next)
    } catch (error) {
      onDefect(error)
    }
  }
}
