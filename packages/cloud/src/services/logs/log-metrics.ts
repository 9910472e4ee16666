import type { Clock } from '../../kernel/clock.ts'
import type { LogEvent, MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import { mayEmbedMetrics, readEmbeddedMetrics } from './embedded-metrics.ts'
import type { MetricFilters } from './metric-filters/metric-filters.ts'
import { LogMessage } from './patterns/log-message.ts'

const NAMESPACE = 'AWS/Logs'

/** What was written in one go, with the time it came (ms since the epoch). */
interface Batch {
  readonly scope: Scope
  readonly group: string
  readonly events: readonly LogEvent[]
  readonly time: number
}

/** What came into a group in one turn of the event loop: a flood of single lines costs no sample for each. */
interface Incoming {
  readonly group: string
  readonly time: number
  readonly samples: MetricSample[]
  bytes: number
  events: number
}

const countIn = (
  incoming: Map<string, Incoming>,
  key: string,
  { group, events, time }: Batch,
  samples: MetricSample[],
): void => {
  let counted = incoming.get(key)
  if (!counted) {
    counted = { group, time, samples, bytes: 0, events: 0 }
    incoming.set(key, counted)
  }
  counted.events += events.length
  for (const { message } of events) counted.bytes += Buffer.byteLength(message)
}

/** Adds one of Logs' own metrics, for the account and for the group. */
const addOwn = (
  samples: MetricSample[],
  group: string,
  timestamp: number,
  name: string,
  value: number,
  unit: string,
): void => {
  for (const dimensions of [{}, { LogGroupName: group }]) {
    samples.push({ namespace: NAMESPACE, name, dimensions, value, unit, timestamp })
  }
}

export interface LogMetricsDependencies {
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly filters: MetricFilters
}

/**
 * The metrics that come of log events: those embedded in them, those of metric filters, and Logs' own. Looked at in the
 * next turn of the event loop, off the path of whoever wrote.
 */
export class LogMetrics {
  readonly #dependencies: LogMetricsDependencies
  #waiting: Batch[] = []
  #immediate: NodeJS.Immediate | undefined

  constructor(dependencies: LogMetricsDependencies) {
    this.#dependencies = dependencies
  }

  take(scope: Scope, group: string, events: readonly LogEvent[]): void {
    const { clock } = this.#dependencies
    this.#waiting.push({ scope, group, events, time: clock.now() })
    if (this.#immediate) return
    // A stepped clock waits: an alarm must see what was logged before it looks.
    clock.hold(
      new Promise<void>(resolve => {
        this.#immediate = setImmediate(() => {
          this.flush()
          resolve()
        })
      }),
    )
  }

  /** Publishes at once what waits. */
  flush(): void {
    this.#immediate = undefined
    const waiting = this.#waiting
    this.#waiting = []
    const byScope = new Map<string, { readonly scope: Scope; readonly samples: MetricSample[] }>()
    const incoming = new Map<string, Incoming>()
    for (const batch of waiting) {
      const key = scopeKey(batch.scope)
      const entry = byScope.get(key) ?? { scope: batch.scope, samples: [] }
      byScope.set(key, entry)
      this.#read(batch, entry.samples)
      countIn(incoming, `${key}/${batch.group}`, batch, entry.samples)
    }
    for (const { group, time, bytes, events, samples } of incoming.values()) {
      addOwn(samples, group, time, 'IncomingBytes', bytes, 'Bytes')
      addOwn(samples, group, time, 'IncomingLogEvents', events, 'Count')
    }
    for (const { scope, samples } of byScope.values()) this.#dependencies.metrics.record(scope, samples)
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = []
  }

  #read({ scope, group, events, time }: Batch, samples: MetricSample[]): void {
    const { filters } = this.#dependencies
    // Nearly every event ends here, looked through once for six characters.
    if (!filters.has(scope, group) && !events.some(({ message }) => mayEmbedMetrics(message))) return
    const messages = events.map(({ message }) => new LogMessage(message))
    for (const message of messages) {
      const embedded = readEmbeddedMetrics(message, time)
      if (!embedded) continue
      for (const sample of embedded.samples) samples.push(sample)
      if (embedded.error) addOwn(samples, group, time, embedded.error, 1, 'Count')
    }
    for (const sample of filters.apply(scope, group, events, messages)) samples.push(sample)
  }
}
