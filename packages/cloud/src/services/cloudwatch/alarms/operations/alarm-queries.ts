import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { type InputOf, notImplemented } from '@sonde/wire'
import type { Scope } from '../../../../kernel/scope.ts'
import { readStatistic } from '../../metrics/statistics.ts'
import type { Queries } from '../../queries/index.ts'
import type { QuerySet } from '../../queries/query-set.ts'
import type { MetricAlarm } from '../alarm.ts'
import { validationError } from '../errors.ts'
import { checkMetricName, checkPeriod } from './single-metric.ts'

type Input = InputOf<typeof Sdk, 'PutMetricAlarm'>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html */
const MAX_METRICS = 10
/** Given beside `Metrics`, each of these is refused. */
const SCALAR = [
  'MetricName',
  'Namespace',
  'Dimensions',
  'Period',
  'Unit',
  'Statistic',
  'ExtendedStatistic',
] as const

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html */
const refuseArrays = (set: QuerySet, bandId: string | undefined): void => {
  if (set.usesSearch) throw validationError('SEARCH is not supported on Metric Alarms.')
  const array = set.returned.find(id => id !== bandId && set.arrays.includes(id))
  if (array === undefined) return
  // An array of Metrics Insights is one of contributors.
  if (set.insights.includes(array)) {
    throw notImplemented('cloudwatch:PutMetricAlarm on a Metrics Insights query with GROUP BY')
  }
  throw validationError(
    'Metrics expression that return multi time series are only allowed for MetricsInsights expression with an ORDER BY clause',
  )
}

/** The seconds of all periods that a query names. */
const periodsOf = ({ MetricStat, Period }: Sdk.MetricDataQuery): number[] =>
  [MetricStat?.Period, Period].filter(period => period !== undefined)

const checkReturned = ({ returned, bands, arrays }: QuerySet, bandId: string | undefined): void => {
  const watched = returned.filter(id => id !== bandId)
  if (watched.length !== 1) {
    throw validationError('Exactly one element of the metrics list should return data.')
  }
  if (bandId === undefined) return
  // One side of a band is no band.
  if (!arrays.includes(bandId) || !bands.some(({ id }) => id === bandId)) {
    throw validationError(
      'Metrics list must contain an ANOMALY_DETECTION_BAND expression whose Id is the ThresholdMetricId',
    )
  }
}

/**
 * Reads what an alarm on expressions watches: at most 10 metrics, all of one period, and one result.
 *
 * @throws ServiceError as {@link Queries.describe}, and `ValidationError`; 501 for queries with contributors
 */
export const readQueries = (
  input: Input,
  scope: Scope,
  queries: Pick<Queries, 'describe'>,
): Pick<MetricAlarm, 'metrics'> => {
  const both = SCALAR.find(name => {
    const value = input[name]
    return value !== undefined && !(Array.isArray(value) && value.length === 0)
  })
  if (both) throw validationError(`${both} must not be set if a list of Metrics is set`)
  const metrics = input.Metrics ?? []
  for (const { MetricStat, AccountId } of metrics) {
    if (AccountId !== undefined && AccountId !== scope.account) {
      throw notImplemented(`cloudwatch:PutMetricAlarm on metrics of another account (${AccountId})`)
    }
    if (!MetricStat) continue
    checkMetricName(MetricStat.Metric?.Namespace ?? '', MetricStat.Metric?.MetricName ?? '')
    if (!readStatistic(MetricStat.Stat ?? '')) {
      throw validationError(`The value ${MetricStat.Stat} for parameter Stat is not supported.`)
    }
  }
  const set = queries.describe(metrics, 'Metrics')
  refuseArrays(set, input.ThresholdMetricId)
  const periods = metrics.flatMap(periodsOf)
  for (const period of periods) checkPeriod(period, 'metrics')
  if (new Set(periods).size > 1) {
    throw validationError('All metrics in an alarm must have the same Period')
  }
  if (periods.length === 0) throw validationError('Period must not be null')
  if (set.metrics.length > MAX_METRICS) {
    throw validationError(`An alarm must not watch more than ${MAX_METRICS} metrics`)
  }
  checkReturned(set, input.ThresholdMetricId)
  return { metrics }
}
