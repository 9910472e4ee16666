import type { Statistic } from '../metrics/statistics.ts'
import type { TimeSeries } from './query-evaluator.ts'

/** A metric with what is asked of it. */
export interface MetricSource {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  /** In seconds. */
  readonly period: number
  /** The statistic's name, and what it does. */
  readonly stat: string
  readonly statistic: Statistic
  readonly unit?: string | undefined
}

/** A dimension's value; names are the users', so that what every object has must not be taken for one. */
export const dimensionOf = ({ dimensions }: MetricSource, name: string): string | undefined =>
  Object.hasOwn(dimensions, name) ? dimensions[name] : undefined

/** Values over time, and where they come from if they are a metric's as it was read. */
export interface Series extends TimeSeries {
  readonly source?: MetricSource
}

/** A series without points. */
export const emptySeries = (label: string, period: number): Series => ({
  label,
  period,
  timestamps: [],
  values: [],
})

/**
 * Another series of the same times. Points without a finite value are dropped: a quotient by zero, a logarithm of what
 * has none, a number beyond a double's range.
 */
export const mapSeries = (series: Series, change: (value: number) => number): Series => {
  const { label, period } = series
  const values: number[] = []
  for (const value of series.values) values.push(change(value))
  return withoutGaps(label, period, series.timestamps, values)
}

/** A series of these points, without those that have no finite value. */
export const withoutGaps = (
  label: string,
  period: number,
  timestamps: readonly number[],
  values: readonly number[],
): Series => {
  if (values.every(Number.isFinite)) return { label, period, timestamps, values }
  const keptTimes: number[] = []
  const keptValues: number[] = []
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN
    if (!Number.isFinite(value)) continue
    keptTimes.push(timestamps[index] ?? 0)
    keptValues.push(value)
  }
  return { label, period, timestamps: keptTimes, values: keptValues }
}

/** A period of 0 is that of no series at all, as the sum of an array of none. */
const shorter = (a: number, b: number): number => (a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b))

const sameTimes = (a: readonly number[], b: readonly number[]): boolean => {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/**
 * Combines two series at every time that either has; where one has no value, it counts as 0. Series of different
 * periods are combined by their timestamps alike, and the result has the shorter period.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-arithmetic
 */
export const combine = (a: Series, b: Series, fold: (left: number, right: number) => number): Series => {
  const { label } = a
  const period = shorter(a.period, b.period)
  const values: number[] = []
  if (sameTimes(a.timestamps, b.timestamps)) {
    for (let index = 0; index < a.values.length; index++) {
      values.push(fold(a.values[index] ?? 0, b.values[index] ?? 0))
    }
    return withoutGaps(label, period, a.timestamps, values)
  }
  const timestamps: number[] = []
  let left = 0
  let right = 0
  while (left < a.timestamps.length || right < b.timestamps.length) {
    const leftTime = a.timestamps[left] ?? Number.POSITIVE_INFINITY
    const rightTime = b.timestamps[right] ?? Number.POSITIVE_INFINITY
    timestamps.push(Math.min(leftTime, rightTime))
    values.push(
      fold(
        leftTime <= rightTime ? (a.values[left] ?? 0) : 0,
        rightTime <= leftTime ? (b.values[right] ?? 0) : 0,
      ),
    )
    if (leftTime <= rightTime) left++
    if (rightTime <= leftTime) right++
  }
  return withoutGaps(label, period, timestamps, values)
}

/**
 * Folds several series into one, at every time that any of them has.
 *
 * @param fold of the values that there are at one time, and how many series there are; it must not keep the array
 */
export const acrossSeries = (
  series: readonly Series[],
  fold: (values: readonly number[], seriesCount: number) => number,
): Series => {
  const [first] = series
  if (!first) return emptySeries('', 0)
  const timestamps: number[] = []
  const values: number[] = []
  const positions = new Array<number>(series.length).fill(0)
  const present: number[] = []
  for (;;) {
    let time = Number.POSITIVE_INFINITY
    for (let index = 0; index < series.length; index++) {
      const candidate = series[index]?.timestamps[positions[index] ?? 0]
      if (candidate !== undefined && candidate < time) time = candidate
    }
    if (time === Number.POSITIVE_INFINITY) break
    present.length = 0
    for (let index = 0; index < series.length; index++) {
      const position = positions[index] ?? 0
      if (series[index]?.timestamps[position] !== time) continue
      present.push(series[index]?.values[position] ?? 0)
      positions[index] = position + 1
    }
    timestamps.push(time)
    values.push(fold(present, series.length))
  }
  const period = series.reduce((shortest, each) => shorter(shortest, each.period), first.period)
  return withoutGaps(first.label, period, timestamps, values)
}
