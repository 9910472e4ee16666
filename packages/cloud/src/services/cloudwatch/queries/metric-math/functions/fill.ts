import { type Series, withoutGaps } from '../../series.ts'
import {
  type Argument,
  asArray,
  type FunctionTable,
  isSeries,
  type MathContext,
  type Overload,
  type Parameter,
} from '../math-function.ts'

/** The value for a gap: the index of the point after it, and the time that has none. */
type Filler = (next: number, time: number) => number

const valueAt = (series: Series): Filler => {
  let position = 0
  return (_next, time) => {
    while ((series.timestamps[position] ?? Number.POSITIVE_INFINITY) < time) position++
    return series.timestamps[position] === time ? (series.values[position] ?? Number.NaN) : Number.NaN
  }
}

const repeated =
  ({ values }: Series): Filler =>
  next =>
    values[next - 1] ?? Number.NaN

const interpolated =
  ({ timestamps, values }: Series): Filler =>
  (next, time) => {
    const [from, to] = [timestamps[next - 1], timestamps[next]]
    const [low, high] = [values[next - 1], values[next]]
    if (from === undefined || to === undefined || low === undefined || high === undefined) return Number.NaN
    return low + ((high - low) * (time - from)) / (to - from)
  }

const fillerOf = (series: Series, filler: Argument | undefined): Filler => {
  if (filler === 'REPEAT') return repeated(series)
  if (filler === 'LINEAR') return interpolated(series)
  if (isSeries(filler)) return valueAt(filler)
  return () => (typeof filler === 'number' ? filler : Number.NaN)
}

/** Every period of the range: with the series' value, else with the filler's, else without. */
const fill = (series: Series, filler: Argument | undefined, context: MathContext): Series => {
  const grid = context.grid(series.period)
  const gap = fillerOf(series, filler)
  const values: number[] = []
  let next = 0
  for (const time of grid) {
    while ((series.timestamps[next] ?? Number.POSITIVE_INFINITY) < time) next++
    values.push(series.timestamps[next] === time ? (series.values[next] ?? Number.NaN) : gap(next, time))
  }
  return withoutGaps(series.label, series.period, grid, values)
}

const FILLER: Parameter = ['S', 'TS', { keywords: ['REPEAT', 'LINEAR'] }]
const overloads: readonly Overload[] = [
  { parameters: [['TS'], FILLER], gives: 'TS' },
  { parameters: [['TS[]'], FILLER], gives: 'TS[]' },
]

/**
 * Fills the periods of the request's range that have no value. REPEAT takes the latest value before a gap, LINEAR the
 * line between the values at its two ends: gaps that have none there stay.
 */
export const FILL: FunctionTable = {
  FILL: {
    overloads,
    evaluate: ([value, filler], context) =>
      isSeries(value)
        ? fill(value, filler, context)
        : asArray(value).map(series => fill(series, filler, context)),
  },
}
