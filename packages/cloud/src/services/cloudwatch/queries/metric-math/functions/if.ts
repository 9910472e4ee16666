import { emptySeries, type Series, withoutGaps } from '../../series.ts'
import {
  type Argument,
  asSeries,
  type FunctionTable,
  isSeries,
  type MathValue,
  type Parameter,
} from '../math-function.ts'

/** The value at ascending times; `undefined` where there is none. */
type Reader = (time: number) => number | undefined

const readerOf = (value: Argument | undefined): Reader => {
  if (typeof value === 'number') return () => value
  if (!isSeries(value)) return () => undefined
  const { timestamps, values } = value
  let position = 0
  return time => {
    while ((timestamps[position] ?? Number.POSITIVE_INFINITY) < time) position++
    return timestamps[position] === time ? values[position] : undefined
  }
}

/**
 * At each time that the condition has: what is missing where it is true counts as 0, what is missing where it is
 * false is dropped.
 */
const chooseByPoint = (
  condition: Series,
  whenTrue: Argument | undefined,
  whenFalse: Argument | undefined,
): Series => {
  const [readTrue, readFalse] = [readerOf(whenTrue), readerOf(whenFalse)]
  const values: number[] = []
  for (let index = 0; index < condition.timestamps.length; index++) {
    const time = condition.timestamps[index] ?? 0
    values.push(condition.values[index] === 0 ? (readFalse(time) ?? Number.NaN) : (readTrue(time) ?? 0))
  }
  return withoutGaps(condition.label, condition.period, condition.timestamps, values)
}

/** The scalar not a number (the average of nothing) is neither true nor false. */
const chooseSeries = (condition: number, whenTrue: Series, whenFalse: Argument | undefined): Series => {
  const empty = emptySeries(whenTrue.label, whenTrue.period)
  if (Number.isNaN(condition)) return empty
  if (condition !== 0) return whenTrue
  return whenFalse === undefined ? empty : asSeries(whenFalse)
}

const EITHER: Parameter = ['S', 'TS']

/**
 * `IF(condition, trueValue, falseValue)`; 0 is false.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-IF-expressions
 */
export const IF: FunctionTable = {
  IF: {
    overloads: [
      { parameters: [['TS'], EITHER, EITHER], optional: 1, gives: 'TS' },
      { parameters: [['S'], ['TS'], ['TS']], optional: 1, gives: 'TS' },
    ],
    evaluate: ([condition, whenTrue, whenFalse]): MathValue =>
      typeof condition === 'number'
        ? chooseSeries(condition, asSeries(whenTrue), whenFalse)
        : chooseByPoint(asSeries(condition), whenTrue, whenFalse),
  },
}
