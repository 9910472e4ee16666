import { withoutGaps } from '../../series.ts'
import { asNumber, asSeries, type FunctionTable, type MathFunction } from '../math-function.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A value for every period of the range, from the period's time. */
const fromTime = (read: (time: number) => number): MathFunction => ({
  overloads: [{ parameters: [['TS']], gives: 'TS' }],
  evaluate: ([value], context) => {
    const { label, period } = asSeries(value)
    const grid = context.grid(period)
    return withoutGaps(label, period, grid, grid.map(read))
  },
})

/** The first day of the epoch was a Thursday, the fourth. */
const dayOfWeek = (time: number): number => ((Math.floor(time / DAY) + 3) % 7) + 1

/** Of the timestamps, in UTC, at every period of the request's range. */
export const TIMES: FunctionTable = {
  MINUTE: fromTime(time => Math.floor(time / MINUTE) % 60),
  HOUR: fromTime(time => Math.floor(time / HOUR) % 24),
  /** 1 is Monday, 7 is Sunday. */
  DAY: fromTime(dayOfWeek),
  DATE: fromTime(time => new Date(time).getUTCDate()),
  MONTH: fromTime(time => new Date(time).getUTCMonth() + 1),
  YEAR: fromTime(time => new Date(time).getUTCFullYear()),
  /** Seconds since 1970. */
  EPOCH: fromTime(time => time / SECOND),
  PERIOD: {
    overloads: [{ parameters: [['metric']], gives: 'S' }],
    evaluate: ([value]) => asSeries(value).period,
  },
  TIME_SERIES: {
    overloads: [{ parameters: [['S']], gives: 'TS' }],
    evaluate: ([value], context) => {
      const period = context.defaultPeriod()
      const grid = context.grid(period)
      const constant = asNumber(value)
      return withoutGaps('', period, grid, new Array<number>(grid.length).fill(constant))
    },
  },
}
