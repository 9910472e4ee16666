import type { Scope } from '../../../../kernel/scope.ts'
import type { Metric, MetricReader } from '../../metrics/metric-reader.ts'
import type { MetricTest } from './matches.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
const MAX_FOUND = 500
/** Metrics are found this long after their last value (ms). */
const REACH = 14 * 86_400_000

const order = ({ namespace, name, dimensions }: Metric): string =>
  `${namespace}\0${name}\0${dimensions.flat().join('\0')}`

export interface FoundMetrics {
  /** By namespace, name and dimensions. */
  readonly metrics: readonly Metric[]
  /** Whether there are more than a search may find. */
  readonly truncated: boolean
}

/** @param now in ms since the epoch */
export const findMetrics = (
  reader: MetricReader,
  scope: Scope,
  test: MetricTest,
  now: number,
): FoundMetrics => {
  const found: Array<{ readonly metric: Metric; readonly key: string }> = []
  for (const metric of reader.metrics(scope)) {
    if (metric.lastTimestamp >= now - REACH && test(metric)) found.push({ metric, key: order(metric) })
  }
  found.sort((a, b) => (a.key < b.key ? -1 : 1))
  return {
    metrics: found.slice(0, MAX_FOUND).map(({ metric }) => metric),
    truncated: found.length > MAX_FOUND,
  }
}
