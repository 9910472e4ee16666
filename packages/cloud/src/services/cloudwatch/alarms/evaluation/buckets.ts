import type { Scope } from '../../../../kernel/scope.ts'
import type { MetricReader, Period } from '../../metrics/metric-reader.ts'

/** A metric, and the grid of buckets that an alarm looks at. */
export interface BucketSource {
  readonly scope: Scope
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  /** ms. */
  readonly period: number
}

/** The data of one bucket by unit; empty where there are none. Nearly every metric has one unit. */
export type Bucket = readonly Period[]

const MINUTE = 60_000
const HIGH_RESOLUTION = 10_000

/** What alarms of a period are evaluated by, and what their boundaries are counted back in. ms. */
export const grainOf = (period: number): number => (period < MINUTE ? HIGH_RESOLUTION : MINUTE)

const mergeInto = (periods: Period[], index: number, from: Period): void => {
  const into = periods[index]
  if (!into) return
  const values = into.values && from.values ? new Map(into.values) : undefined
  if (values) {
    for (const [value, weight] of from.values ?? []) values.set(value, (values.get(value) ?? 0) + weight)
  }
  periods[index] = {
    time: into.time,
    unit: into.unit,
    count: into.count + from.count,
    sum: into.sum + from.sum,
    min: Math.min(into.min, from.min),
    max: Math.max(into.max, from.max),
    values,
  }
}

/**
 * The buckets of a sliding window, oldest first: their boundaries are counted back from its end, so that a 5-minute
 * alarm that is evaluated each minute looks at the last 5 minutes, whatever the hour's grid. Where that is off the
 * grid of the metric's periods, they are put together from its minutes, or tens of seconds.
 *
 * @param end of the newest bucket, in ms since the epoch: a multiple of {@link grainOf} the period
 */
export const readBuckets = (
  reader: MetricReader,
  { scope, namespace, name, dimensions, period }: BucketSource,
  end: number,
  count: number,
): readonly Bucket[] => {
  const start = end - count * period
  const step = end % period === 0 ? period : grainOf(period)
  const buckets: Period[][] = Array.from({ length: count }, () => [])
  for (const part of reader.periods(scope, namespace, name, dimensions, { start, end, period: step })) {
    const place = Math.floor((part.time - start) / period)
    const bucket = buckets[place]
    if (!bucket) continue
    const same = step === period ? -1 : bucket.findIndex(({ unit }) => unit === part.unit)
    if (same === -1) bucket.push(step === period ? part : { ...part, time: start + place * period })
    else mergeInto(bucket, same, part)
  }
  return buckets
}
