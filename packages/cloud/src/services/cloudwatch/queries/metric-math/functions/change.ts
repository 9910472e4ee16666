import { type Series, withoutGaps } from '../../series.ts'
import { eachSeries, type FunctionTable } from '../math-function.ts'

const SECOND = 1_000

/** From each point and the one before it, however long ago that was; the first has none. */
const fromPrevious =
  (change: (value: number, previous: number, seconds: number) => number) =>
  ({ label, period, timestamps, values }: Series): Series => {
    const changed: number[] = []
    for (let index = 1; index < values.length; index++) {
      const seconds = ((timestamps[index] ?? 0) - (timestamps[index - 1] ?? 0)) / SECOND
      changed.push(change(values[index] ?? 0, values[index - 1] ?? 0, seconds))
    }
    return withoutGaps(label, period, timestamps.slice(1), changed)
  }

const runningSum = ({ label, period, timestamps, values }: Series): Series => {
  let total = 0
  return withoutGaps(
    label,
    period,
    timestamps,
    values.map(value => {
      total += value
      return total
    }),
  )
}

/** From one data point to the next. */
export const CHANGES: FunctionTable = {
  DIFF: eachSeries(fromPrevious((value, previous) => value - previous)),
  DIFF_TIME: eachSeries(fromPrevious((_value, _previous, seconds) => seconds)),
  RATE: eachSeries(fromPrevious((value, previous, seconds) => (value - previous) / seconds)),
  RUNNING_SUM: eachSeries(runningSum),
}
