import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../../kernel/scope.ts'

/** Values of one query over time, from old to new. Periods without a value are absent. */
export interface TimeSeries {
  readonly label: string
  /** In seconds. */
  readonly period: number
  /** Starts of the periods, in ms since the epoch. */
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
  /** How many samples each value was made of; for queries of metrics alone. */
  readonly sampleCounts?: readonly number[]
  /** The unit of the data that was taken; for queries of metrics alone. */
  readonly unit?: string
}

/** The time that queries are evaluated over, in ms since the epoch. */
export interface QueryRange {
  /** Inclusive. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /**
   * Whether periods begin at the start, as alarms need whose windows slide, instead of at multiples of the period. Default
   * false. The start is then taken as it is.
   */
  readonly alignToStart?: boolean
}

/** What came of one query, whether its data were asked to be returned or not. */
export interface QueryResult {
  readonly id: string
  /** One, or several where an expression yields an array of time series. */
  readonly series: readonly TimeSeries[]
  readonly messages: ReadonlyArray<{ readonly Code: string; readonly Value: string }>
  /** Why it could not be evaluated over these data, in AWS's words. `series` is empty then. */
  readonly error?: string
}

/** Evaluates metric queries, metric math, searches and Metrics Insights. Synchronous: alarms ask it by the thousand. */
export interface QueryEvaluator {
  /**
   * Reads the queries without evaluating them.
   *
   * @throws ServiceError `ValidationError` naming the query and what is wrong with it
   */
  check(queries: readonly MetricDataQuery[]): void
  /**
   * @param range what is asked for
   * @throws ServiceError as {@link check}
   */
  evaluate(scope: Scope, queries: readonly MetricDataQuery[], range: QueryRange): readonly QueryResult[]
}
