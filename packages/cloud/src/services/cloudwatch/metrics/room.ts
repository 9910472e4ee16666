import type { Clock } from '../../../kernel/clock.ts'
import type { MetricRecorder } from '../../../kernel/ports.ts'
import type { Store } from '../../../kernel/store.ts'
import type { MetricReader } from './metric-reader.ts'
import { createMetricStore, type MetricCounters } from './metric-store.ts'
import { type CloudWatchOperations, createOperations } from './operations.ts'

export interface MetricsDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Receives what failed in the background. */
  readonly onDefect?: (error: unknown) => void
}

/** What the service is composed of, as far as metrics go. */
export interface MetricsRoom extends MetricRecorder {
  readonly operations: CloudWatchOperations
  readonly reader: MetricReader
  counters(): MetricCounters
  stop(): void
  reset(): void
}

/** The store of metrics and its operations. Data lie in the folder `metrics`, or in memory with an ephemeral store. */
export const createMetrics = ({ store, clock, onDefect }: MetricsDependencies): MetricsRoom => {
  const metrics = createMetricStore(() => clock.now(), {
    folder: store.ephemeral ? undefined : () => store.folder('metrics'),
    ...(onDefect && { onDefect }),
  })
  return {
    operations: createOperations(metrics, clock),
    reader: metrics,
    record: metrics.record,
    counters: metrics.counters,
    stop: () => metrics.close(),
    reset: () => metrics.clear(),
  }
}
