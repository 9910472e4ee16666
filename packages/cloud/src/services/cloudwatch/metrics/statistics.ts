/**
 * CloudWatch's statistics over the weighted values of one period.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */

import type { Aggregate } from './metric-reader.ts'

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

interface Part {
  readonly value: number
  readonly weight: number
}

/** Ranks are counted from 1. The small allowance keeps 0.1 * 3 from counting as more than it is. */
const rankOf = (percent: number, total: number): number => Math.ceil((percent / 100) * total - 1e-9)

/** The smallest value whose cumulated weight reaches the rank. */
const valueAt = (sorted: readonly Part[], rank: number): number => {
  let cumulated = 0
  for (const { value, weight } of sorted) {
    cumulated += weight
    if (cumulated >= rank) return value
  }
  return sorted.at(-1)?.value ?? Number.NaN
}

/** What of the values lies in a range: by rank, from behind the low one to the high one; or by value, likewise. */
const partIn = (sorted: readonly Part[], total: number, range: Range): Part[] => {
  if (range.unit === 'value') {
    const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = range
    return sorted.filter(({ value }) => value > low && value <= high)
  }
  const first = rankOf(range.low ?? 0, total)
  const last = rankOf(range.high ?? 100, total)
  let cumulated = 0
  return sorted.flatMap(({ value, weight }) => {
    const from = Math.max(cumulated, first)
    cumulated += weight
    const taken = Math.min(cumulated, last) - from
    return taken > 0 ? [{ value, weight: taken }] : []
  })
}

const sumOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { value, weight }) => sum + value * weight, 0)
const countOf = (parts: readonly Part[]): number => parts.reduce((sum, { weight }) => sum + weight, 0)

const winsorizedMean = (sorted: readonly Part[], total: number, range: Range): number => {
  const bound = (side: number | undefined, open: number): number => {
    if (side === undefined) return open
    return range.unit === 'value' ? side : valueAt(sorted, Math.max(1, rankOf(side, total)))
  }
  const low = bound(range.low, Number.NEGATIVE_INFINITY)
  const high = bound(range.high, Number.POSITIVE_INFINITY)
  const clamped = sorted.map(({ value, weight }) => ({ value: Math.min(Math.max(value, low), high), weight }))
  return sumOf(clamped) / total
}

/**
 * Evaluates an extended statistic by nearest rank.
 *
 * @returns `undefined` where there is none: without values, with negative ones (as CloudWatch documents), or with
 * none in the range of a mean
 */
export const extendedStatistic = (
  { kind, range }: ExtendedStatistic,
  weights: Weights,
): number | undefined => {
  const sorted = Array.from(weights, ([value, weight]) => ({ value, weight })).sort(
    (a, b) => a.value - b.value,
  )
  const total = countOf(sorted)
  const [first] = sorted
  if (!first || first.value < 0 || total === 0) return undefined
  if (kind === 'percentile') return valueAt(sorted, Math.max(1, rankOf(range.high ?? 100, total)))
  if (kind === 'winsorizedMean') return winsorizedMean(sorted, total, range)
  const parts = partIn(sorted, total, range)
  const count = countOf(parts)
  if (kind === 'trimmedCount') return count
  if (kind === 'trimmedSum') return sumOf(parts)
  if (kind === 'rank') return (count / total) * 100
  return count === 0 ? undefined : sumOf(parts) / count
}

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
