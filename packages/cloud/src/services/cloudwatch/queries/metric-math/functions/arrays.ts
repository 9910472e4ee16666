import { emptySeries, type Series } from '../../series.ts'
import { asArray, asNumber, asString, type FunctionTable, type MathFunction } from '../math-function.ts'
import { average, max, min, sum } from './aggregate.ts'

/** FIRST or LAST of an array that has none is a series without points. */
const pick = (index: number): MathFunction => ({
  overloads: [{ parameters: [['TS[]']], gives: 'TS' }],
  evaluate: ([array]) => asArray(array).at(index) ?? emptySeries('', 0),
})

const RANKS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: average,
  MIN: min,
  MAX: max,
  SUM: sum,
}

/** Stable; series without points come last either way. */
const sortSeries = (series: readonly Series[], by: string, order: string): Series[] => {
  const rank = RANKS[by] ?? sum
  const direction = order === 'DESC' ? -1 : 1
  return series
    .map(each => ({ each, rank: each.values.length > 0 ? rank(each.values) : undefined }))
    .sort((a, b) => {
      if (a.rank === undefined || b.rank === undefined)
        return Number(a.rank === undefined) - Number(b.rank === undefined)
      return direction * (a.rank - b.rank)
    })
    .map(({ each }) => each)
}

/** Indices are cut to whole numbers of at least 0. */
const index = (value: number): number => (value > 0 ? Math.floor(value) : 0)

/** Of arrays of time series. */
export const ARRAYS: FunctionTable = {
  /** Of an anomaly detection band: the upper bound. */
  FIRST: pick(0),
  /** Of an anomaly detection band: the lower bound. */
  LAST: pick(-1),
  METRIC_COUNT: {
    overloads: [{ parameters: [['TS[]']], gives: 'S' }],
    evaluate: ([array]) => asArray(array).length,
  },
  REMOVE_EMPTY: {
    overloads: [{ parameters: [['TS[]']], gives: 'TS[]' }],
    evaluate: ([array]) => asArray(array).filter(series => series.values.length > 0),
  },
  /** From an index on, counted from 0, or up to another that is not included. */
  SLICE: {
    overloads: [{ parameters: [['TS[]'], ['S'], ['S']], optional: 1, gives: 'TS[]' }],
    evaluate: ([array, from, to]) =>
      asArray(array).slice(index(asNumber(from)), to === undefined ? undefined : index(asNumber(to))),
  },
  SORT: {
    overloads: [
      {
        parameters: [['TS[]'], [{ keywords: Object.keys(RANKS) }], [{ keywords: ['ASC', 'DESC'] }], ['S']],
        optional: 1,
        gives: 'TS[]',
      },
    ],
    evaluate: ([array, by, order, limit]) =>
      sortSeries(asArray(array), asString(by), asString(order)).slice(
        0,
        limit === undefined ? undefined : index(asNumber(limit)),
      ),
  },
}
