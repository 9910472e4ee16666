import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { type AlarmPorts, createAlarms, NO_PORTS } from './alarms/index.ts'
import { createAnomaly } from './anomaly/index.ts'
import { createDashboardRoom } from './dashboards/index.ts'
import { createMetrics } from './metrics/room.ts'
import { createQueries } from './queries/index.ts'
import { createTagOperations } from './tags.ts'
import { createWidgetImages } from './widget-image/index.ts'

export interface CloudWatchDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Where alarms' actions and events go. Default: nowhere, and every action ends in its failure. */
  readonly actions?: AlarmPorts
  /** Receives what failed in the background. */
  readonly onDefect?: (error: unknown) => void
}

/** CloudWatch: metrics, and what watches them. */
export const createCloudWatch = (dependencies: CloudWatchDependencies): CloudService & MetricRecorder => {
  const metrics = createMetrics(dependencies)
  // Bands are among what queries evaluate, and models learn from what queries give.
  const queries = createQueries({
    metrics: metrics.reader,
    bands: { band: (...asked) => anomaly.bands.band(...asked) },
    clock: dependencies.clock,
  })
  const anomaly = createAnomaly({ ...dependencies, queries })
  const alarms = createAlarms({
    ...dependencies,
    ...(dependencies.actions ?? NO_PORTS),
    metrics: metrics.reader,
    queries,
    onQueries: anomaly.ensureBands,
  })
  const dashboards = createDashboardRoom(dependencies)
  const images = createWidgetImages({ queries, clock: dependencies.clock })
  return {
    id: 'cloudwatch',
    apis: [
      {
        api: 'cloudwatch',
        operations: {
          ...metrics.operations,
          ...queries.operations,
          ...anomaly.operations,
          ...alarms.operations,
          ...dashboards.operations,
          ...images.operations,
          ...createTagOperations([alarms.findTaggable, dashboards.findTaggable]),
        },
      },
    ],
    resources: { ...anomaly.resources, ...alarms.resources, ...dashboards.resources },
    record: metrics.record,
    start: async () => {
      anomaly.start()
      await alarms.start()
    },
    stop: async () => {
      alarms.stop()
      await images.stop()
      await anomaly.stop()
      metrics.stop()
    },
    reset: () => {
      alarms.reset()
      anomaly.reset()
      metrics.reset()
    },
  }
}
