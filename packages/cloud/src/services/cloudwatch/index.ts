import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { createMetricStore } from './metrics/metric-store.ts'
import { createOperations } from './metrics/operations.ts'

export interface CloudWatchDependencies {
  readonly store: Store
  readonly clock: Clock
}

/**
 * CloudWatch metrics of the last days, in bounded memory: they go with the process. Alarms and dashboards are not
 * provided: a template that names one fails by name.
 */
export const createCloudWatch = ({ clock }: CloudWatchDependencies): CloudService & MetricRecorder => {
  const metrics = createMetricStore(() => clock.now())
  return {
    id: 'cloudwatch',
    apis: [{ api: 'cloudwatch', operations: createOperations(metrics, clock) }],
    record: (scope, samples) => {
      for (const {
        namespace,
        name,
        dimensions,
        value,
        unit,
        timestamp,
        count = 1,
        highResolution = false,
      } of samples) {
        // Statistics over a value that is none would be none.
        if (!Number.isFinite(value) || !(count > 0)) continue
        metrics.add(scope, namespace, name, dimensions, {
          timestamp,
          unit,
          highResolution,
          data: [[value, count]],
        })
      }
    },
    reset: () => metrics.clear(),
  }
}
