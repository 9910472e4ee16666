import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Aggregate, Metric, MetricReader, Period } from './metric-reader.ts'

/** Standard resolution (ms): timestamps are truncated to it. */
export const MINUTE = 60_000
export const SECOND = 1_000
/** How long values of a resolution can be asked for. Kept no longer than the finest tier of CloudWatch's. */
const KEPT = 15 * 86_400_000

/** What came in during one minute, or one second at high resolution, in one unit. */
interface Bucket extends Aggregate {
  /** Start, in ms since the epoch. */
  readonly time: number
  readonly unit: string
  readonly highResolution: boolean
  /**
   * Value to weight, for percentiles; `undefined` where they are not known any more, or came in as a statistic set, so
   * that percentiles are refused instead of being guessed.
   */
  values: Map<number, number> | undefined
}

interface Series extends Metric {
  readonly buckets: Map<string, Bucket>
}

export interface Measurement {
  /** ms since the epoch. */
  readonly timestamp: number
  readonly unit: string
  readonly highResolution: boolean
  /** Weighted values, or a statistic set. */
  readonly data: ReadonlyArray<readonly [value: number, weight: number]> | Aggregate
}

export interface MetricLimits {
  /** Distinct values kept for percentiles, over all metrics; beyond it the oldest go. */
  readonly maxValues: number
  /** Minutes (or seconds) kept over all metrics; beyond it the oldest go. */
  readonly maxBuckets: number
}

/** Some 60 bytes each: 60 MB, and 40 MB. */
const LIMITS: MetricLimits = { maxValues: 1_000_000, maxBuckets: 200_000 }

/** Metrics as they are put and read. */
export interface MetricStore extends MetricReader {
  add(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    measurement: Measurement,
  ): void
  clear(): void
}

const sortedDimensions = (dimensions: Readonly<Record<string, string>>): Array<readonly [string, string]> =>
  Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))

const isOneValue = ({ count, sum, min, max }: Aggregate): boolean => min === max && sum === min * count

const merge = (into: Aggregate, from: Aggregate): void => {
  into.count += from.count
  into.sum += from.sum
  if (from.min < into.min) into.min = from.min
  if (from.max > into.max) into.max = from.max
}

const empty = (): Aggregate => ({
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
})

/**
 * Metrics in memory, as weighted values by minute: what a minute is given costs the memory of its distinct values.
 *
 * @param now the clock's time, in ms since the epoch
 */
export const createMetricStore = (now: () => number, limits: MetricLimits = LIMITS): MetricStore => {
  const scopes = new Map<string, Map<string, Series>>()
  /** All buckets in the order they were made. */
  const made = new Map<Bucket, { readonly series: Series; readonly key: string }>()
  /** Those of them that hold values. */
  const withValues = new Set<Bucket>()
  let valueCount = 0

  const forgetValues = (bucket: Bucket): void => {
    valueCount -= bucket.values?.size ?? 0
    bucket.values = undefined
    withValues.delete(bucket)
  }

  const evict = (): void => {
    for (const bucket of withValues) {
      if (valueCount <= limits.maxValues) break
      forgetValues(bucket)
    }
    const oldest = now() - KEPT
    for (const [bucket, { series, key }] of made) {
      if (made.size <= limits.maxBuckets && bucket.time >= oldest) break
      forgetValues(bucket)
      made.delete(bucket)
      series.buckets.delete(key)
    }
  }

  const seriesKey = (namespace: string, name: string, sorted: Metric['dimensions']): string =>
    sorted.reduce((key, [dimension, value]) => `${key}\0${dimension}\0${value}`, `${namespace}\0${name}`)

  const bucketOf = (series: Series, { timestamp, unit, highResolution }: Measurement): Bucket => {
    const resolution = highResolution ? SECOND : MINUTE
    const time = Math.floor(timestamp / resolution) * resolution
    const key = `${time} ${resolution} ${unit}`
    let bucket = series.buckets.get(key)
    if (!bucket) {
      bucket = { ...empty(), time, unit, highResolution, values: new Map() }
      series.buckets.set(key, bucket)
      made.set(bucket, { series, key })
      withValues.add(bucket)
    }
    return bucket
  }

  const addValue = (bucket: Bucket, value: number, weight: number): void => {
    const { values } = bucket
    if (!values) return
    const present = values.get(value)
    if (present === undefined) valueCount++
    values.set(value, (present ?? 0) + weight)
  }

  return {
    add: (scope, namespace, name, dimensions, measurement) => {
      let metrics = scopes.get(scopeKey(scope))
      if (!metrics) {
        metrics = new Map()
        scopes.set(scopeKey(scope), metrics)
      }
      const sorted = sortedDimensions(dimensions)
      const key = seriesKey(namespace, name, sorted)
      let series = metrics.get(key)
      if (!series) {
        series = { namespace, name, dimensions: sorted, lastTimestamp: 0, buckets: new Map() }
        metrics.set(key, series)
      }
      if (measurement.timestamp > series.lastTimestamp) series.lastTimestamp = measurement.timestamp
      const bucket = bucketOf(series, measurement)
      const { data } = measurement
      if ('count' in data) {
        merge(bucket, data)
        if (isOneValue(data)) addValue(bucket, data.min, data.count)
        else forgetValues(bucket)
      } else {
        for (const [value, weight] of data) {
          merge(bucket, { count: weight, sum: value * weight, min: value, max: value })
          addValue(bucket, value, weight)
        }
      }
      if (valueCount > limits.maxValues || made.size > limits.maxBuckets) evict()
    },

    metrics: scope => scopes.get(scopeKey(scope))?.values() ?? [],

    periods: (scope, namespace, name, dimensions, { start, end, period }) => {
      const series = scopes
        .get(scopeKey(scope))
        ?.get(seriesKey(namespace, name, sortedDimensions(dimensions)))
      const oldest = now() - KEPT
      const periods = new Map<string, Period & { values: Map<number, number> | undefined }>()
      for (const bucket of series?.buckets.values() ?? []) {
        if (bucket.time < start || bucket.time >= end || bucket.time < oldest) continue
        if (period < MINUTE && !bucket.highResolution) continue
        const time = Math.floor(bucket.time / period) * period
        const key = `${time} ${bucket.unit}`
        let into = periods.get(key)
        if (!into) {
          into = { ...empty(), time, unit: bucket.unit, values: new Map() }
          periods.set(key, into)
        }
        merge(into, bucket)
        if (!bucket.values) into.values = undefined
        for (const [value, weight] of (into.values && bucket.values) ?? []) {
          into.values?.set(value, (into.values.get(value) ?? 0) + weight)
        }
      }
      return [...periods.values()].sort((a, b) => a.time - b.time)
    },

    clear: () => {
      scopes.clear()
      made.clear()
      withValues.clear()
      valueCount = 0
    },
  }
}
