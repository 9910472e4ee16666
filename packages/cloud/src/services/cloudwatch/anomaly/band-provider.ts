import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../../kernel/scope.ts'

/** The values that are expected at some times, lowest and highest; `NaN` where the model expects nothing. */
export interface Band {
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

/** Knows what is normal for a metric, or for an expression over metrics. */
export interface BandProvider {
  /**
   * @param queries the metric query or expression the band is around, last, after the queries that it refers to
   * @param width in standard deviations of the model, such as 2
   * @param timestamps in ms since the epoch, ascending
   * @returns `undefined` where there is no trained model
   */
  band(
    scope: Scope,
    queries: readonly MetricDataQuery[],
    width: number,
    timestamps: readonly number[],
  ): Band | undefined
}
