import type { Scope } from '../../../kernel/scope.ts'

/** Sums of what one bucket, or several, were given. Always exact. */
export interface Aggregate {
  count: number
  sum: number
  min: number
  max: number
}

export interface Metric {
  readonly namespace: string
  readonly name: string
  /** By name. */
  readonly dimensions: ReadonlyArray<readonly [name: string, value: string]>
  /** ms since the epoch. */
  lastTimestamp: number
}

/** One period of one unit. */
export interface Period extends Aggregate {
  /** Start, in ms since the epoch. */
  readonly time: number
  readonly unit: string
  /** Value to weight; `undefined` where not all values are known. */
  readonly values: ReadonlyMap<number, number> | undefined
}

/** Which periods are read. All times in ms. */
export interface PeriodRange {
  /** Since the epoch, inclusive. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly period: number
  /** Periods begin this long behind multiples of the period. Default 0. Where it is no multiple of a grain, data of that grain do not count. */
  readonly offset?: number
}

/** Reads metrics. Synchronous: alarms ask it by the thousand. */
export interface MetricReader {
  /** In the order of first appearance. */
  metrics(scope: Scope): Iterable<Metric>
  /**
   * A metric's periods that have data, from old to new, as far back as CloudWatch keeps data for such a period. Buckets of
   * the grain that are in the range count. The values of a period are read when they are asked for: ask before more is put.
   */
  periods(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    range: PeriodRange,
  ): readonly Period[]
}
