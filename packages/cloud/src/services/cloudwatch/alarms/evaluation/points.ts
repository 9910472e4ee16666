import type { Statistic } from '../../metrics/statistics.ts'
import { UNIT_ORDER } from '../../queries/unit-order.ts'
import type { Bucket } from './buckets.ts'
import type { DataPoint } from './comparison.ts'

/**
 * The data points of one statistic. A metric that has data of several units while the alarm names none is "not
 * defined" with AWS; here the one is taken that GetMetricData answers.
 */
export const pointsOf = (
  buckets: readonly Bucket[],
  statistic: Statistic,
  unit: string | undefined,
): ReadonlyArray<DataPoint | undefined> =>
  buckets.map(bucket => {
    const period =
      unit === undefined && bucket.length > 1
        ? [...bucket].sort((a, b) => UNIT_ORDER.indexOf(a.unit) - UNIT_ORDER.indexOf(b.unit))[0]
        : bucket.find(candidate => unit === undefined || candidate.unit === unit)
    if (!period) return undefined
    const value = statistic(period)
    return value === undefined || !Number.isFinite(value)
      ? undefined
      : { time: period.time, value, sampleCount: period.count }
  })
