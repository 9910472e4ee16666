import type { Clock } from '../../../kernel/clock.ts'
import type { LogEvent, MetricRecorder, MetricSample } from '../../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { filterLimitExceeded, filterNotFound } from '../errors.ts'
import { type FilterPattern, parseFilterPattern } from '../patterns/filter-pattern.ts'
import type { LogMessage } from '../patterns/log-message.ts'
import type { MetricFilterRecord, Transformation } from './metric-filter.ts'
import { sampleOf } from './sample.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_FILTERS = 100
const MINUTE = 60_000

/** A filter at work. */
interface Active {
  readonly name: string
  readonly pattern: FilterPattern
  readonly transformation: Transformation
  /** The minute (ms since the epoch) in which events came last, and whether one of them matched. */
  minute: number
  matched: boolean
  /** Whether it was taken away, or another one has taken its place. */
  isGone: boolean
}

const keyOf = (group: string, name: string): string => `${group}:${name}`

const groupKey = (scope: Scope, group: string): string => `${scopeKey(scope)}/${group}`

const activate = ({ name, pattern, transformation }: MetricFilterRecord): Active => ({
  name,
  pattern: parseFilterPattern(pattern),
  transformation,
  minute: Number.NaN,
  matched: false,
  isGone: false,
})

/** Metric filters: what they are, and what they publish about events. */
export class MetricFilters {
  readonly #records: Collection<MetricFilterRecord>
  readonly #clock: Clock
  readonly #metrics: MetricRecorder
  /** By scope and group; built when a group gets events. */
  readonly #active = new Map<string, Active[]>()

  constructor(store: Store, clock: Clock, metrics: MetricRecorder) {
    this.#records = store.collection('logs.metric-filters')
    this.#clock = clock
    this.#metrics = metrics
  }

  /** By group and name. */
  list(scope: Scope): MetricFilterRecord[] {
    const byKey = (a: MetricFilterRecord, b: MetricFilterRecord): number =>
      keyOf(a.group, a.name) < keyOf(b.group, b.name) ? -1 : 1
    return this.#records.list(scope).sort(byKey)
  }

  find(scope: Scope, group: string, name: string): MetricFilterRecord | undefined {
    return this.#records.get(scope, keyOf(group, name))
  }

  count(scope: Scope, group: string): number {
    return this.#records.list(scope).filter(record => record.group === group).length
  }

  /**
   * Makes a filter or takes the place of the one of that name.
   *
   * @throws ServiceError `LimitExceededException` for the 101st of a group
   */
  put(scope: Scope, record: MetricFilterRecord): void {
    if (!this.find(scope, record.group, record.name) && this.count(scope, record.group) >= MAX_FILTERS) {
      throw filterLimitExceeded()
    }
    this.#records.put(scope, keyOf(record.group, record.name), record)
    this.#retire(scope, record.group, record.name)
    this.#active.get(groupKey(scope, record.group))?.push(activate(record))
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  remove(scope: Scope, group: string, name: string): void {
    if (!this.#records.delete(scope, keyOf(group, name))) throw filterNotFound()
    this.#retire(scope, group, name)
  }

  /** The group is gone, and its filters with it. */
  removeAll(scope: Scope, group: string): void {
    for (const record of this.#records.list(scope)) {
      if (record.group === group) this.#records.delete(scope, keyOf(group, record.name))
    }
    this.#retire(scope, group)
    this.#active.delete(groupKey(scope, group))
  }

  forget(): void {
    for (const filters of this.#active.values()) for (const filter of filters) filter.isGone = true
    this.#active.clear()
  }

  /** Whether a group has any. */
  has(scope: Scope, group: string): boolean {
    return this.#filtersOf(scope, group).length > 0
  }

  /** What the filters of the group publish about events. `messages` are the events' own. */
  apply(
    scope: Scope,
    group: string,
    events: readonly LogEvent[],
    messages: readonly LogMessage[],
  ): MetricSample[] {
    const samples: MetricSample[] = []
    for (const filter of this.#filtersOf(scope, group)) {
      let matched = false
      for (const [index, event] of events.entries()) {
        const message = messages[index]
        const match = message && filter.pattern.match(message)
        if (!match) continue
        matched = true
        const sample = sampleOf(filter.transformation, match, event)
        if (sample) samples.push(sample)
      }
      if (filter.transformation.defaultValue !== undefined) this.#awaitDefault(scope, filter, matched)
    }
    return samples
  }

  /** A minute in which events came and none matched has the default value, at its end. */
  #awaitDefault(scope: Scope, filter: Active, matched: boolean): void {
    const minute = Math.floor(this.#clock.now() / MINUTE) * MINUTE
    if (filter.minute === minute) {
      filter.matched ||= matched
      return
    }
    filter.minute = minute
    filter.matched = matched
    this.#clock.at(minute + MINUTE, () => {
      const { defaultValue, metricName, metricNamespace, unit } = filter.transformation
      if (filter.isGone || filter.minute !== minute || filter.matched || defaultValue === undefined) return
      this.#metrics.record(scope, [
        {
          namespace: metricNamespace,
          name: metricName,
          dimensions: {},
          value: defaultValue,
          unit: unit ?? 'None',
          timestamp: minute,
        },
      ])
    })
  }

  /** The other filters of the group go on as they are. */
  #retire(scope: Scope, group: string, name?: string): void {
    const key = groupKey(scope, group)
    const active = this.#active.get(key)
    if (!active) return
    const isMeant = (filter: Active): boolean => name === undefined || filter.name === name
    for (const filter of active) if (isMeant(filter)) filter.isGone = true
    this.#active.set(
      key,
      active.filter(filter => !isMeant(filter)),
    )
  }

  #filtersOf(scope: Scope, group: string): readonly Active[] {
    const key = groupKey(scope, group)
    let active = this.#active.get(key)
    if (!active) {
      active = this.#records
        .list(scope)
        .filter(record => record.group === group)
        .map(activate)
      this.#active.set(key, active)
    }
    return active
  }
}
