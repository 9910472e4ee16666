import type { Clock } from '../../../kernel/clock.ts'
import type { LogEvent, MetricRecorder } from '../../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { filterLimitExceeded, subscriptionNotFound } from '../errors.ts'
import { type FilterPattern, parseFilterPattern } from '../patterns/filter-pattern.ts'
import { LogMessage } from '../patterns/log-message.ts'
import { eventId } from '../tokens.ts'
import { type SubscribedEvent, subscriptionPayload } from './payload.ts'
import { invokeSubscriber, type SubscriberFunctions } from './subscriber.ts'
import type { SubscriptionFilterRecord } from './subscription-filter.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_FILTERS = 2
/** Bytes of an asynchronous invocation. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD = 1_048_576

/** A filter at work. */
interface Active {
  readonly record: SubscriptionFilterRecord
  readonly pattern: FilterPattern
}

/** Events of one stream that a filter let pass. */
interface Delivery {
  readonly scope: Scope
  readonly stream: string
  readonly filter: SubscriptionFilterRecord
  readonly events: SubscribedEvent[]
}

const keyOf = (group: string, name: string): string => `${group}:${name}`

const extractedFields = (fields: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replace(/^\$/, ''), value]))

export interface SubscriptionFiltersDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly functions: SubscriberFunctions | undefined
}

/** Subscription filters: what they are, and the events that they hand to functions in the next turn of the event loop. */
export class SubscriptionFilters {
  readonly #records: Collection<SubscriptionFilterRecord>
  readonly #dependencies: SubscriptionFiltersDependencies
  /** By scope and group; built when a group gets events. */
  readonly #active = new Map<string, readonly Active[]>()
  readonly #waiting = new Map<string, Delivery>()
  #immediate: NodeJS.Immediate | undefined
  #sequence: number

  constructor(dependencies: SubscriptionFiltersDependencies) {
    this.#dependencies = dependencies
    this.#records = dependencies.store.collection('logs.subscription-filters')
    // Ids of events are not to come again after a restart.
    this.#sequence = dependencies.clock.now() * 1000
  }

  /** By name. */
  list(scope: Scope, group: string): SubscriptionFilterRecord[] {
    return this.#records
      .list(scope)
      .filter(record => record.group === group)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(scope: Scope, group: string, name: string): SubscriptionFilterRecord | undefined {
    return this.#records.get(scope, keyOf(group, name))
  }

  /**
   * Makes a filter or takes the place of the one of that name.
   *
   * @throws ServiceError `LimitExceededException` for the third of a group
   */
  put(scope: Scope, record: SubscriptionFilterRecord): void {
    const { group, name } = record
    if (!this.find(scope, group, name) && this.list(scope, group).length >= MAX_FILTERS) {
      throw filterLimitExceeded()
    }
    this.#records.put(scope, keyOf(group, name), record)
    this.#active.delete(`${scopeKey(scope)}/${group}`)
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  remove(scope: Scope, group: string, name: string): void {
    if (!this.#records.delete(scope, keyOf(group, name))) throw subscriptionNotFound()
    this.#active.delete(`${scopeKey(scope)}/${group}`)
  }

  /** The group is gone, and its filters with it. */
  removeAll(scope: Scope, group: string): void {
    for (const { name } of this.list(scope, group)) this.remove(scope, group, name)
  }

  /** Forgets what waits. To be called when the store is reset. */
  forget(): void {
    this.#active.clear()
    this.#waiting.clear()
  }

  /** Looks for subscribers of what was written. Never throws. */
  take(scope: Scope, group: string, stream: string, events: readonly LogEvent[]): void {
    const filters = this.#filtersOf(scope, group)
    if (filters.length === 0) return
    const messages = events.map(({ message }) => new LogMessage(message))
    for (const filter of filters) this.#select(scope, stream, filter, events, messages)
    if (this.#waiting.size > 0) this.#flushLater()
  }

  #select(
    scope: Scope,
    stream: string,
    { record, pattern }: Active,
    events: readonly LogEvent[],
    messages: readonly LogMessage[],
  ): void {
    const passed: SubscribedEvent[] = []
    for (const [index, { timestamp, message }] of events.entries()) {
      const parsed = messages[index]
      const match = parsed && pattern.match(parsed)
      if (!match) continue
      passed.push({
        id: eventId({ timestamp, position: this.#sequence++ }),
        timestamp,
        message,
        ...(pattern.kind === 'fields' && { extractedFields: extractedFields(match.extracted()) }),
      })
    }
    if (passed.length === 0) return
    const key = `${scopeKey(scope)}/${record.group}:${record.name}:${stream}`
    const waiting = this.#waiting.get(key)
    if (waiting) waiting.events.push(...passed)
    else this.#waiting.set(key, { scope, stream, filter: record, events: passed })
  }

  #flushLater(): void {
    if (this.#immediate) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined
      const deliveries = [...this.#waiting.values()]
      this.#waiting.clear()
      void Promise.all(deliveries.map(delivery => this.#deliver(delivery, delivery.events))).then(() =>
        resolve(),
      )
    })
    // A stepped clock waits until the functions have been called.
    this.#dependencies.clock.hold(promise)
  }

  async #deliver(delivery: Delivery, events: readonly SubscribedEvent[]): Promise<void> {
    const { scope, stream, filter } = delivery
    const { functions } = this.#dependencies
    const source = {
      owner: scope.account,
      logGroup: filter.group,
      logStream: stream,
      filterName: filter.name,
    }
    const { payload, compressedBytes } = subscriptionPayload(source, events)
    if (payload.length > MAX_PAYLOAD && events.length > 1) {
      const half = Math.ceil(events.length / 2)
      await this.#deliver(delivery, events.slice(0, half))
      await this.#deliver(delivery, events.slice(half))
      return
    }
    try {
      if (!functions) throw new Error('no functions to deliver to')
      await invokeSubscriber(functions, scope, filter.group, filter.destinationArn, payload)
      this.#count(delivery, 'ForwardedLogEvents', events.length, 'Count')
      this.#count(delivery, 'ForwardedBytes', compressedBytes, 'Bytes')
    } catch {
      // The function or its permission is gone: as on AWS the events are lost to it, and the metric tells.
      this.#count(delivery, 'DeliveryErrors', 1, 'Count')
    }
  }

  #count({ scope, filter }: Delivery, name: string, value: number, unit: string): void {
    const { metrics, clock } = this.#dependencies
    metrics.record(scope, [
      {
        namespace: 'AWS/Logs',
        name,
        dimensions: { LogGroupName: filter.group, DestinationType: 'Lambda', FilterName: filter.name },
        value,
        unit,
        timestamp: clock.now(),
      },
    ])
  }

  #filtersOf(scope: Scope, group: string): readonly Active[] {
    const key = `${scopeKey(scope)}/${group}`
    let active = this.#active.get(key)
    if (!active) {
      active = this.list(scope, group).map(record => ({
        record,
        pattern: parseFilterPattern(record.pattern),
      }))
      this.#active.set(key, active)
    }
    return active
  }
}
