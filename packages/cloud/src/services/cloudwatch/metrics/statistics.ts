/**
 * CloudWatch's statistics over the weighted values of one period.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */

import type { Aggregate } from './metric-reader.ts'
import { PeriodValues } from './period-values.ts'
import type { SortedValues } from './value-bag.ts'

/** Value to weight. */
export type Weights = ReadonlyMap<number, number>

/** A side of a range: a percentile (0 to 100), or a value. `undefined` where the range is open. */
interface Range {
  readonly unit: 'percent' | 'value'
  readonly low: number | undefined
  readonly high: number | undefined
}

interface ExtendedStatistic {
  readonly kind: 'percentile' | 'trimmedMean' | 'winsorizedMean' | 'trimmedCount' | 'trimmedSum' | 'rank'
  readonly range: Range
}

const KINDS: Readonly<Record<string, ExtendedStatistic['kind']>> = {
  p: 'percentile',
  tm: 'trimmedMean',
  wm: 'winsorizedMean',
  tc: 'trimmedCount',
  ts: 'trimmedSum',
  pr: 'rank',
}

const SINGLE = /^(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{0,10})?|100)$/
const PERCENT_RANGE =
  /^(TM|WM|TC|TS)\((?:(\d{1,2}(?:\.\d{0,10})?|100)%)?:(?:(\d{1,2}(?:\.\d{0,10})?|100)%)?\)$/
const NUMBER = '-?(?:\\d+\\.?\\d*|\\.\\d+)(?:[Ee][+-]?\\d+)?'
const VALUE_RANGE = new RegExp(`^(TM|WM|TC|TS|PR)\\((${NUMBER})?:(${NUMBER})?\\)$`)

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

const rangeOf = (match: RegExpExecArray | null, unit: Range['unit']): ExtendedStatistic | undefined => {
  if (!match) return undefined
  const [, name = '', first, second] = match
  const [low, high] = [numberOf(first), numberOf(second)]
  if (low === undefined && high === undefined) return undefined
  const kind = KINDS[name.toLowerCase()]
  return kind && { kind, range: { unit, low, high } }
}

/** Reads the name of an extended statistic, such as `p99.9`, `TM(10%:90%)` or `PR(:300)`; `undefined` for none. */
export const parseExtendedStatistic = (name: string): ExtendedStatistic | undefined => {
  if (name === 'IQM') return { kind: 'trimmedMean', range: { unit: 'percent', low: 25, high: 75 } }
  const single = SINGLE.exec(name)
  const kind = single && KINDS[single[1] ?? '']
  if (single && kind) return { kind, range: { unit: 'percent', low: undefined, high: Number(single[2]) } }
  return rangeOf(PERCENT_RANGE.exec(name), 'percent') ?? rangeOf(VALUE_RANGE.exec(name), 'value')
}

/** Ranks are counted from 1. The small allowance keeps 0.1 * 3 from counting as more than it is. */
const rankOf = (percent: number, total: number): number => Math.ceil((percent / 100) * total - 1e-9)

/** The smallest value whose cumulated weight reaches the rank. */
const valueAt = ({ values, weights }: SortedValues, rank: number): number => {
  let cumulated = 0
  for (let index = 0; index < values.length; index++) {
    cumulated += weights[index] as number
    if (cumulated >= rank) return values[index] as number
  }
  return values[values.length - 1] ?? Number.NaN
}

interface Sums {
  count: number
  sum: number
}

/** What of the values lies in a range: by rank, from behind the low one to the high one; or by value, likewise. */
const partIn = ({ values, weights }: SortedValues, total: number, range: Range): Sums => {
  const byValue = range.unit === 'value'
  const low = byValue ? (range.low ?? Number.NEGATIVE_INFINITY) : rankOf(range.low ?? 0, total)
  const high = byValue ? (range.high ?? Number.POSITIVE_INFINITY) : rankOf(range.high ?? 100, total)
  const part = { count: 0, sum: 0 }
  let cumulated = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    const weight = weights[index] as number
    const from = cumulated
    cumulated += weight
    let taken = weight
    if (!byValue) taken = Math.min(cumulated, high) - Math.max(from, low)
    else if (value <= low || value > high) taken = 0
    if (taken <= 0) continue
    part.count += taken
    part.sum += value * taken
  }
  return part
}

const winsorizedMean = (sorted: SortedValues, total: number, range: Range): number => {
  const bound = (side: number | undefined, open: number): number => {
    if (side === undefined) return open
    return range.unit === 'value' ? side : valueAt(sorted, Math.max(1, rankOf(side, total)))
  }
  const low = bound(range.low, Number.NEGATIVE_INFINITY)
  const high = bound(range.high, Number.POSITIVE_INFINITY)
  let sum = 0
  for (let index = 0; index < sorted.values.length; index++) {
    sum += Math.min(Math.max(sorted.values[index] as number, low), high) * (sorted.weights[index] as number)
  }
  return sum / total
}

const totalOf = (weights: ArrayLike<number>): number => {
  let total = 0
  for (let index = 0; index < weights.length; index++) total += weights[index] as number
  return total
}

const evaluate = ({ kind, range }: ExtendedStatistic, sorted: SortedValues): number | undefined => {
  const total = totalOf(sorted.weights)
  const first = sorted.values[0]
  if (first === undefined || first < 0 || total === 0) return undefined
  if (kind === 'percentile') return valueAt(sorted, Math.max(1, rankOf(range.high ?? 100, total)))
  if (kind === 'winsorizedMean') return winsorizedMean(sorted, total, range)
  const { count, sum } = partIn(sorted, total, range)
  if (kind === 'trimmedCount') return count
  if (kind === 'trimmedSum') return sum
  if (kind === 'rank') return (count / total) * 100
  return count === 0 ? undefined : sum / count
}

const sortWeights = (weights: Weights): SortedValues => {
  const sorted = [...weights].sort(([a], [b]) => a - b)
  return { values: sorted.map(([value]) => value), weights: sorted.map(([, weight]) => weight) }
}

/**
 * Evaluates an extended statistic by nearest rank.
 *
 * @returns `undefined` where there is none: without values, with negative ones (as CloudWatch documents), or with
 * none in the range of a mean
 */
export const extendedStatistic = (statistic: ExtendedStatistic, weights: Weights): number | undefined =>
  evaluate(statistic, weights instanceof PeriodValues ? weights.sorted : sortWeights(weights))

const BASIC: Readonly<Record<string, (period: Aggregate) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
}

/** The value of a statistic for one period; `undefined` where the period's data do not give one. */
export type Statistic = (period: Aggregate & { readonly values: Weights | undefined }) => number | undefined

/** Reads the name of any statistic, basic or extended; `undefined` for none. */
export const readStatistic = (name: string): Statistic | undefined => {
  const basic = Object.hasOwn(BASIC, name) ? BASIC[name] : undefined
  if (basic) return basic
  const extended = parseExtendedStatistic(name)
  return extended && (({ values }) => values && extendedStatistic(extended, values))
}
