import { acrossSeries } from '../../series.ts'
import { asArray, type FunctionTable, isSeries, type MathFunction } from '../math-function.ts'

export const sum = (values: readonly number[]): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

// Not Math.max(...values): series are longer than a call has room for arguments.
export const max = (values: readonly number[]): number => {
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > most) most = value
  return values.length === 0 ? Number.NaN : most
}

export const min = (values: readonly number[]): number => {
  let least = Number.POSITIVE_INFINITY
  for (const value of values) if (value < least) least = value
  return values.length === 0 ? Number.NaN : least
}

export const average = (values: readonly number[]): number => sum(values) / values.length

/** Of the whole population, in two passes, so that large values keep their digits. */
const standardDeviation = (values: readonly number[]): number => {
  const mean = average(values)
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return Math.sqrt(squares / values.length)
}

const aggregate = (
  ofOne: (values: readonly number[]) => number,
  across: (values: readonly number[], seriesCount: number) => number = ofOne,
): MathFunction => ({
  overloads: [
    { parameters: [['TS']], gives: 'S' },
    { parameters: [['TS[]']], gives: 'TS' },
  ],
  evaluate: ([value]) => (isSeries(value) ? ofOne(value.values) : acrossSeries(asArray(value), across)),
})

/**
 * Of one time series a scalar over its points; of an array a time series over the values at each time. What has no
 * value is left out, except by AVG of an array, which counts it as 0. The scalar of a series without points is not a
 * number (SUM and DATAPOINT_COUNT: 0), and points computed with it are dropped.
 */
export const AGGREGATES: FunctionTable = {
  AVG: aggregate(average, (values, seriesCount) => sum(values) / seriesCount),
  MAX: aggregate(max),
  MIN: aggregate(min),
  SUM: aggregate(sum),
  STDDEV: aggregate(standardDeviation),
  DATAPOINT_COUNT: aggregate(values => values.length),
}
