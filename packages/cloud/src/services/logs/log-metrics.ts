import type { Clock } from '../../kernel/clock.ts'
import type { LogEvent, MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import { readEmbeddedMetrics } from './embedded-metrics.ts'
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
    for (const batch of waiting) {
      const key = scopeKey(batch.scope)
      const entry = byScope.get(key) ?? { scope: batch.scope, samples: [] }
      byScope.set(key, entry)
      this.#read(batch, entry.samples)
    }
    for (const { scope, samples } of byScope.values()) this.#dependencies.metrics.record(scope, samples)
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = []
  }

  #read({ scope, group, events, time }: Batch, samples: MetricSample[]): void {
    const messages = events.map(({ message }) => new LogMessage(message))
    const add = (name: string, value: number, unit: string, dimensions: Record<string, string>): void => {
      samples.push({ namespace: NAMESPACE, name, dimensions, value, unit, timestamp: time })
    }
    const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0)
    for (const dimensions of [{}, { LogGroupName: group }]) {
      add('IncomingBytes', bytes, 'Bytes', dimensions)
      add('IncomingLogEvents', events.length, 'Count', dimensions)
    }
    for (const message of messages) {
      const embedded = readEmbeddedMetrics(message, time)
      if (!embedded) continue
      for (const sample of embedded.samples) samples.push(sample)
      if (embedded.error) {
        for (const dimensions of [{}, { LogGroupName: group }]) add(embedded.error, 1, 'Count', dimensions)
      }
    }
    for (const sample of this.#dependencies.filters.apply(scope, group, events, messages))
      samples.push(sample)
  }
}
