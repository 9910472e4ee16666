import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { notImplemented, type Operations } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BandProvider } from '../anomaly/band-provider.ts'
import type { MetricReader } from '../metrics/metric-reader.ts'
import { evaluatePlan } from './evaluation.ts'
import { createGetMetricData, type Evaluate } from './get-metric-data.ts'
import { planQueries, type QueryPlan } from './plan.ts'
import type { QueryEvaluator } from './query-evaluator.ts'
import { describePlan, type QuerySet } from './query-set.ts'

export interface QueriesDependencies {
  readonly metrics: MetricReader
  readonly bands: BandProvider
  readonly clock: Pick<Clock, 'now'>
}

/** Metric math, searches, Metrics Insights and GetMetricData. */
export interface Queries extends QueryEvaluator {
  readonly operations: Pick<Operations<typeof Sdk, RequestContext>, 'GetMetricData'>
  /**
   * What queries consist of: for the rules of alarms and anomaly detectors.
   *
   * @param parameter the request's parameter that they come in, for messages. Default `MetricDataQueries`
   * @throws ServiceError as `check`
   */
  describe(queries: readonly Sdk.MetricDataQuery[], parameter?: string): QuerySet
}

const UTC = '+0000'

/** Metrics of other accounts are seen through cross-account observability, which there is not. */
const refuseOtherAccounts = (plan: QueryPlan, scope: Scope): void => {
  for (const { query } of plan.steps) {
    if (query.AccountId !== undefined && query.AccountId !== scope.account) {
      throw notImplemented(
        `AccountId ${query.AccountId}, an account other than the caller's, in metric queries`,
      )
    }
  }
}

/**
 * Evaluates queries over metrics. Pure but for the metrics, the bands and the clock; what it has read of queries it
 * keeps, so that queries that come again (the same array, or the same texts) are not read again.
 */
export const createQueries = ({ metrics, bands, clock }: QueriesDependencies): Queries => {
  const evaluate: Evaluate = (plan, scope, range, timezone) => {
    refuseOtherAccounts(plan, scope)
    return evaluatePlan(plan, { metrics, bands, scope, range, now: clock.now(), timezone })
  }
  return {
    operations: createGetMetricData(evaluate),
    check: queries => {
      planQueries(queries)
    },
    describe: (queries, parameter) => describePlan(planQueries(queries, parameter)),
    evaluate: (scope, queries, range) => evaluate(planQueries(queries), scope, range, UTC).results,
  }
}
