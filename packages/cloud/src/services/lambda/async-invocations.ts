import type { Clock, ClockTimer } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'
import type { Catalogue } from './catalogue.ts'
import type { Condition, Destinations, EndedEvent } from './destinations.ts'
import type { InvocationOutcome } from './environment/plan.ts'
import { payloadTooLarge } from './errors.ts'
import type { InvocationMetrics } from './invocation-metrics.ts'
import type { Invoker, RunOptions, Target } from './invoker.ts'
import {
  DEFAULT_EVENT_AGE,
  DEFAULT_RETRY_ATTEMPTS,
  FIRST_THROTTLE_WAIT,
  MAXIMUM_ASYNC_PAYLOAD_BYTES,
  MAXIMUM_THROTTLE_WAIT,
  RETRY_WAITS,
} from './limits.ts'
import { LATEST, parseFunctionName } from './names.ts'
import type { AsyncEventRecord } from './records.ts'

/** Events that attempts are made for at the same time; the others wait their turn. */
const PARALLEL_ATTEMPTS = 100

export interface AsyncInvocationsDependencies {
  readonly store: Store
  readonly catalogue: Catalogue
  readonly invoker: Invoker
  readonly metrics: InvocationMetrics
  readonly clock: Clock
  readonly destinations: Destinations
}

/**
 * Asynchronous invocations: an accepted event is kept on disk until the function has succeeded, or has failed as often
 * as its settings allow. Waits between attempts are times of the cloud's clock.
 */
export class AsyncInvocations {
  readonly #dependencies: AsyncInvocationsDependencies
  readonly #events: Collection<AsyncEventRecord>
  readonly #timers = new Map<string, ClockTimer>()
  readonly #due: Array<{
    readonly scope: Scope
    readonly event: AsyncEventRecord
    readonly done: () => void
  }> = []
  #running = 0
  #stopped = false

  constructor(dependencies: AsyncInvocationsDependencies) {
    this.#dependencies = dependencies
    this.#events = dependencies.store.collection('lambda.async-events')
  }

  /** Takes up the events that were accepted before the last end. */
  start(): void {
    for (const { scope, value } of [...this.#events.entries()]) this.#schedule(scope, value)
  }

  /** Stops making attempts; what is left is taken up by the next start. */
  stop(): void {
    this.#stopped = true
    this.reset()
  }

  /** Forgets what waits. */
  reset(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    for (const due of this.#due.splice(0)) due.done()
  }

  /**
   * Accepts an event. It is on disk when this returns.
   *
   * @throws ServiceError `RequestTooLargeException`
   */
  accept(target: Target, options: RunOptions): void {
    if (options.payload.length > MAXIMUM_ASYNC_PAYLOAD_BYTES) {
      throw payloadTooLarge(options.payload.length, MAXIMUM_ASYNC_PAYLOAD_BYTES)
    }
    const now = this.#dependencies.clock.now()
    const event: AsyncEventRecord = {
      requestId: options.requestId,
      functionArn: target.functionArn,
      payload: Buffer.from(options.payload).toString('base64'),
      traceHeader: options.trace.header,
      ...(options.trace.trace && { trace: { ...options.trace.trace, acceptedAt: Date.now() } }),
      ...(options.clientContext === undefined ? {} : { clientContext: options.clientContext }),
      acceptedAt: now,
      dueAt: now,
      failures: 0,
      throttles: 0,
    }
    this.#events.put(target.scope, event.requestId, event)
    this.#dependencies.metrics.count(target.metricTarget, 'AsyncEventsReceived', now)
    this.#schedule(target.scope, event)
  }

  #schedule(scope: Scope, event: AsyncEventRecord): void {
    if (this.#stopped) return
    const { clock } = this.#dependencies
    // A stepped clock fires no timers between its steps, and what is due now needs none.
    if (event.dueAt <= clock.now()) {
      clock.hold(this.#enqueue(scope, event))
      return
    }
    const timer = clock.at(event.dueAt, () => {
      this.#timers.delete(event.requestId)
      return this.#enqueue(scope, event)
    })
    this.#timers.set(event.requestId, timer)
  }

  /** Resolves when the attempt is over. */
  #enqueue(scope: Scope, event: AsyncEventRecord): Promise<void> {
    return new Promise(done => {
      this.#due.push({ scope, event, done })
      this.#next()
    })
  }

  #next(): void {
    while (this.#running < PARALLEL_ATTEMPTS) {
      const due = this.#due.shift()
      if (!due) return
      this.#running++
      void this.#attempt(due.scope, due.event).then(() => {
        this.#running--
        due.done()
        this.#next()
      })
    }
  }

  async #attempt(scope: Scope, event: AsyncEventRecord): Promise<void> {
    const { invoker, metrics, clock } = this.#dependencies
    let target: Target
    try {
      target = await invoker.target(scope, event.functionArn)
    } catch {
      // Where the function is gone nobody is left to be told. All else is a fault of the service, which may pass.
      const isOld = clock.now() - event.acceptedAt > DEFAULT_EVENT_AGE * 1000
      if (isOld || !this.#exists(scope, event.functionArn)) this.#events.delete(scope, event.requestId)
      else this.#backOff(scope, event)
      return
    }
    const { retries, age } = this.#settings(scope, target)
    const waited = clock.now() - event.acceptedAt
    const ends = (condition: Condition, invocations: number, outcome?: InvocationOutcome) =>
      this.#end(scope, { event, target, condition, invocations, outcome })
    if (target.load.reserved === 0) return ends('ZeroReservedConcurrency', 0)
    if (waited > age * 1000) return ends('EventAgeExceeded', event.failures)
    metrics.count(target.metricTarget, 'AsyncEventAge', clock.now(), waited, 'Milliseconds')
    let outcome: InvocationOutcome
    try {
      outcome = await invoker.run(target, {
        requestId: event.requestId,
        payload: Buffer.from(event.payload, 'base64'),
        trace: { header: event.traceHeader, trace: event.trace },
        ...(event.trace && {
          asyncAttempt: {
            acceptedAt: event.trace.acceptedAt,
            number: event.failures + 1,
            isLast: event.failures >= retries,
          },
        }),
        clientContext: event.clientContext,
        wantsTail: false,
      })
    } catch {
      // Throttled, or a fault of the service. Stopping interrupts invocations too: the event then stays for the next start.
      if (!this.#stopped) this.#backOff(scope, event)
      return
    }
    const invocations = event.failures + 1
    if (outcome.errorType === undefined) return ends('Success', invocations, outcome)
    if (event.failures >= retries) return ends('RetriesExhausted', invocations, outcome)
    const wait = RETRY_WAITS[event.failures] ?? RETRY_WAITS.at(-1) ?? 0
    this.#postpone(scope, { ...event, failures: invocations, throttles: 0 }, wait)
  }

  #exists(scope: Scope, arn: string): boolean {
    try {
      this.#dependencies.catalogue.resolve(parseFunctionName(scope, arn))
      return true
    } catch {
      return false
    }
  }

  /** Back to the queue, longer each time. */
  #backOff(scope: Scope, event: AsyncEventRecord): void {
    const wait = Math.min(FIRST_THROTTLE_WAIT * 2 ** event.throttles, MAXIMUM_THROTTLE_WAIT)
    this.#postpone(scope, { ...event, throttles: event.throttles + 1 }, wait)
  }

  #postpone(scope: Scope, event: AsyncEventRecord, wait: number): void {
    // A reset while the attempt was running has taken the event away.
    if (this.#stopped || !this.#events.get(scope, event.requestId)) return
    const postponed = { ...event, dueAt: this.#dependencies.clock.now() + wait }
    this.#events.put(scope, event.requestId, postponed)
    this.#schedule(scope, postponed)
  }

  /** Tells the destinations, and forgets the event: one that cannot be told is lost, as on AWS. */
  async #end(scope: Scope, ended: EndedEvent): Promise<void> {
    const { metrics, clock, destinations } = this.#dependencies
    const { event, target, condition } = ended
    // A reset while the attempt was running has taken the event away.
    if (!this.#events.get(scope, event.requestId)) return
    const { onSuccess, onFailure } = this.#settings(scope, target)
    const failed = condition !== 'Success'
    const attempt = async (metric: string, task: () => Promise<void>): Promise<void> => {
      try {
        await task()
      } catch {
        metrics.count(target.metricTarget, metric, clock.now())
      }
    }
    const destination = failed ? onFailure : onSuccess
    if (destination !== undefined) {
      await attempt('DestinationDeliveryFailures', () => destinations.deliver(destination, ended))
    }
    const { deadLetterTarget } = target
    if (failed && deadLetterTarget !== undefined) {
      await attempt('DeadLetterErrors', () => destinations.deadLetter(deadLetterTarget, ended))
    }
    this.#events.delete(scope, event.requestId)
    if (failed) metrics.count(target.metricTarget, 'AsyncEventsDropped', clock.now())
  }

  #settings(scope: Scope, target: Target) {
    const key = `${target.functionName}:${target.qualifier ?? LATEST}`
    const settings = this.#dependencies.catalogue.eventInvokes.get(scope, key)
    return {
      retries: settings?.maximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
      age: settings?.maximumEventAge ?? DEFAULT_EVENT_AGE,
      onSuccess: settings?.onSuccess,
      onFailure: settings?.onFailure,
    }
  }
}
