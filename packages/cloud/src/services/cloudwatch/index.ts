import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { createDashboardRoom } from './dashboards/index.ts'
import { createMetrics } from './metrics/room.ts'

export interface CloudWatchDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Receives what failed in the background. */
  readonly onDefect?: (error: unknown) => void
}

/** CloudWatch: metrics, and what watches them. */
export const createCloudWatch = (dependencies: CloudWatchDependencies): CloudService & MetricRecorder => {
  const metrics = createMetrics(dependencies)
  const dashboards = createDashboardRoom(dependencies)
  return {
    id: 'cloudwatch',
    apis: [{ api: 'cloudwatch', operations: { ...metrics.operations, ...dashboards.operations } }],
    resources: { ...dashboards.resources },
    record: metrics.record,
    stop: async () => metrics.stop(),
    reset: () => metrics.reset(),
  }
}
