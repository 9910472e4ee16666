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

/** Reads metrics. Synchronous: alarms ask it by the thousand. */
export interface MetricReader {
  /** In the order of first appearance. */
  metrics(scope: Scope): Iterable<Metric>
  /**
   * A metric's periods that have data, from old to new.
   *
   * @param start inclusive, in ms since the epoch
   * @param end exclusive
   * @param period in ms
   */
  periods(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    range: { readonly start: number; readonly end: number; readonly period: number },
  ): readonly Period[]
}
