import { createHash } from 'node:crypto'
import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch'
import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { TimeSeries } from './query-evaluator.ts'

/** The first data point that was not returned yet: pages go by time, and by series within one time. */
export interface Position {
  /** In ms since the epoch. */
  readonly time: number
  /** Index of the series. */
  readonly series: number
}

/** The points of one series that are on a page: `from` inclusive, `to` exclusive, counted from the oldest. */
export interface Slice {
  readonly from: number
  readonly to: number
  /** Whether it has more points on later pages. */
  readonly more: boolean
}

export interface Page {
  /** One for each series. */
  readonly slices: readonly Slice[]
  /** Where the next page starts, if there is one. */
  readonly next: Position | undefined
}

/** The index of the first time that is not before another; `length` where there is none. */
const lowerBound = (times: readonly number[], time: number): number => {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The points that are not returned yet of an oldest-first series, as `[from, to)`. */
const remaining = (
  times: readonly number[],
  index: number,
  descending: boolean,
  start: Position | undefined,
): readonly [from: number, to: number] => {
  if (!start) return [0, times.length]
  const at = lowerBound(times, start.time)
  // A point at that time itself was returned with the series before the position's.
  const later = index >= start.series || times[at] !== start.time ? at : at + 1
  if (!descending) return [later, times.length]
  return [0, times[at] === start.time && index >= start.series ? at + 1 : at]
}

/** Cuts one page out of all data points, in the order of time. */
export const cutPage = (
  all: readonly TimeSeries[],
  descending: boolean,
  most: number,
  start: Position | undefined,
): Page => {
  const left = all.map(({ timestamps }, index) => remaining(timestamps, index, descending, start))
  const total = left.reduce((sum, [from, to]) => sum + to - from, 0)
  if (total <= most) {
    return { slices: left.map(([from, to]) => ({ from, to, more: false })), next: undefined }
  }
  const times = new Float64Array(total)
  let filled = 0
  for (const [index, [from, to]] of left.entries()) {
    const { timestamps } = all[index] ?? { timestamps: [] }
    for (let point = from; point < to; point++) times[filled++] = timestamps[point] ?? 0
  }
  times.sort()
  const time = times[descending ? total - 1 - most : most] ?? 0
  return cutAt(all, left, descending, most, time)
}

/** All points before a time in the order of scanning, then the first series' at that time while there is room. */
const cutAt = (
  all: readonly TimeSeries[],
  left: ReadonlyArray<readonly [from: number, to: number]>,
  descending: boolean,
  most: number,
  time: number,
): Page => {
  const bounds = left.map(([from, to], index) => {
    const { timestamps } = all[index] ?? { timestamps: [] }
    const at = lowerBound(timestamps, time)
    const has = timestamps[at] === time && at >= from && at < to
    // Points before the time: [from, at) ascending, (at, to) descending.
    const edge = descending
      ? Math.max(from, Math.min(to, has ? at + 1 : at))
      : Math.max(from, Math.min(to, at))
    return { from, to, edge, has }
  })
  let room =
    most - bounds.reduce((sum, { from, to, edge }) => sum + (descending ? to - edge : edge - from), 0)
  let next: Position | undefined
  const slices = bounds.map(({ from, to, edge, has }, index) => {
    const taken = has && room > 0
    if (taken) room--
    else if (has) next ??= { time, series: index }
    if (descending) {
      const first = taken ? edge - 1 : edge
      return { from: first, to, more: first > from }
    }
    const last = taken ? edge + 1 : edge
    return { from, to: last, more: last < to }
  })
  return { slices, next }
}

const digestOf = (input: GetMetricDataCommandInput, scope: Scope): string => {
  const { NextToken: _token, ...request } = input
  return createHash('sha256')
    .update(JSON.stringify([scope.account, scope.region, request]))
    .digest('base64url')
    .slice(0, 22)
}

/** A token that is good for the same request alone. */
export const writeToken = (position: Position, input: GetMetricDataCommandInput, scope: Scope): string =>
  Buffer.from(`${position.time}.${position.series}.${digestOf(input, scope)}`).toString('base64url')

const TOKEN = /^(-?\d{1,16})\.(\d{1,9})\.(.+)$/

/** @throws ServiceError `InvalidNextToken` for one of another request, or none of ours */
export const readToken = (input: GetMetricDataCommandInput, scope: Scope): Position | undefined => {
  if (input.NextToken === undefined) return undefined
  const match = TOKEN.exec(Buffer.from(input.NextToken, 'base64url').toString())
  if (!match || match[3] !== digestOf(input, scope)) {
    throw new ServiceError('InvalidNextToken', 'The next token specified is invalid.')
  }
  return { time: Number(match[1]), series: Number(match[2]) }
}
