import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { notImplemented, type Operations, ServiceError } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { bothGiven, constraint, invalidCombination, invalidValue, missing } from '../errors.ts'
import { checkLength, checkNamespace, readDatum, readDimensions } from './metric-datum.ts'
import type { Metric, Period } from './metric-reader.ts'
import { type MetricStore, MINUTE, SECOND } from './metric-store.ts'
import { extendedStatistic, parseExtendedStatistic } from './statistics.ts'

export type CloudWatchOperations = Operations<typeof Sdk, RequestContext>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const MAX_DATA = 1_000
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MAX_DATAPOINTS = 1_440
const MAX_STATISTICS = 5
const MAX_EXTENDED = 10
const SHORT_PERIODS = [1, 5, 10, 20, 30]
const MAX_NAME = 255
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
const LIST_PAGE = 500
const LISTED = 14 * 86_400_000
const RECENTLY_ACTIVE = 3 * 3_600_000
const MAX_FILTERS = 10

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
type Basic = (typeof STATISTICS)[number]

const basicStatistic: Readonly<Record<Basic, (period: Period) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
}

const checkStatistics = ({ Statistics, ExtendedStatistics }: Sdk.GetMetricStatisticsCommandInput): void => {
  const [basic, extended] = [Statistics ?? [], ExtendedStatistics ?? []]
  if (basic.length > 0 && extended.length > 0) throw bothGiven('Statistics', 'ExtendedStatistics')
  if (basic.length === 0 && extended.length === 0) throw missing('Statistics')
  if (basic.length > MAX_STATISTICS) {
    throw constraint(`[${basic}]`, 'statistics', `have length less than or equal to ${MAX_STATISTICS}`)
  }
  if (extended.length > MAX_EXTENDED) {
    throw constraint(
      `[${extended}]`,
      'extendedStatistics',
      `have length less than or equal to ${MAX_EXTENDED}`,
    )
  }
  for (const name of basic) {
    if (!(STATISTICS as readonly string[]).includes(name)) {
      throw constraint(
        `[${basic}]`,
        'statistics',
        `satisfy constraint: [Member must satisfy enum value set: [${STATISTICS.join(', ')}]]`,
      )
    }
  }
  for (const name of extended) {
    if (!parseExtendedStatistic(name)) {
      throw invalidValue(`The value ${name} for parameter ExtendedStatistics is not supported.`)
    }
  }
}

/**
 * The range of a request in ms: the start is rounded down to the minute, and both to the period below a minute.
 */
const readRange = (input: Sdk.GetMetricStatisticsCommandInput) => {
  const [from, to, seconds] = [
    input.StartTime?.getTime() ?? 0,
    input.EndTime?.getTime() ?? 0,
    input.Period ?? 0,
  ]
  if (seconds < 1) throw constraint(seconds, 'period', 'have value greater than or equal to 1')
  if (!SHORT_PERIODS.includes(seconds) && seconds % 60 !== 0) {
    throw invalidValue('The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.')
  }
  if (from >= to) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
  const period = seconds * SECOND
  const datapoints = Math.ceil((to - from) / period)
  if (datapoints > MAX_DATAPOINTS) {
    throw invalidCombination(
      `You have requested up to ${datapoints} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    )
  }
  const short = period < MINUTE
  const grain = short ? period : MINUTE
  return {
    start: Math.floor(from / grain) * grain,
    end: short ? Math.floor(to / grain) * grain : to,
    period,
  }
}

const extendedOf = (names: readonly string[], { values }: Period): Record<string, number> | undefined => {
  if (!values) return undefined
  const computed: Record<string, number> = {}
  for (const name of names) {
    const statistic = parseExtendedStatistic(name)
    const value = statistic && extendedStatistic(statistic, values)
    if (value !== undefined) computed[name] = value
  }
  return Object.keys(computed).length > 0 ? computed : undefined
}

const datapoint = (
  period: Period,
  { Statistics, ExtendedStatistics }: Sdk.GetMetricStatisticsCommandInput,
) => {
  const common = { Timestamp: new Date(period.time), Unit: period.unit as Sdk.StandardUnit }
  if (ExtendedStatistics?.length) {
    const extended = extendedOf(ExtendedStatistics, period)
    return extended && { ...common, ExtendedStatistics: extended }
  }
  const basic = Object.fromEntries((Statistics ?? []).map(name => [name, basicStatistic[name](period)]))
  return { ...common, ...basic }
}

const matchesFilters = (metric: Metric, filters: readonly Sdk.DimensionFilter[]): boolean =>
  filters.every(({ Name, Value }) =>
    metric.dimensions.some(([name, value]) => name === Name && (Value === undefined || value === Value)),
  )

const readPageToken = (token: string | undefined): number => {
  if (token === undefined) return 0
  const text = Buffer.from(token, 'base64url').toString()
  if (!/^\d{1,9}$/.test(text)) throw new ServiceError('InvalidParameterValueException', 'Invalid nextToken')
  return Number(text)
}

/** PutMetricData, GetMetricStatistics and ListMetrics. All else has no handler yet. */
export const createOperations = (store: MetricStore, clock: Clock): CloudWatchOperations => ({
  PutMetricData: (input, { scope }) => {
    if (input.EntityMetricData?.length) throw notImplemented('cloudwatch:PutMetricData with EntityMetricData')
    if (input.StrictEntityValidation)
      throw notImplemented('cloudwatch:PutMetricData with StrictEntityValidation')
    const namespace = checkNamespace(input.Namespace)
    const data = input.MetricData ?? []
    if (data.length === 0) throw missing('MetricData')
    if (data.length > MAX_DATA) {
      throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`)
    }
    const now = clock.now()
    // All are checked before one is taken.
    const read = data.map((datum, index) => readDatum(datum, `MetricData.member.${index + 1}`, now))
    for (const { name, dimensions, measurement } of read) {
      store.add(scope, namespace, name, dimensions, measurement)
    }
    return {}
  },

  GetMetricStatistics: (input, { scope }) => {
    const namespace = checkNamespace(input.Namespace)
    const name = input.MetricName ?? ''
    checkLength(name, 'metricName', MAX_NAME)
    const dimensions = readDimensions(input.Dimensions, 'Dimensions')
    checkStatistics(input)
    const periods = store
      .periods(scope, namespace, name, dimensions, readRange(input))
      .filter(({ unit }) => input.Unit === undefined || unit === input.Unit)
    return {
      Label: name,
      Datapoints: periods.flatMap(period => datapoint(period, input) ?? []),
    }
  },

  ListMetrics: (input, { scope }) => {
    if (input.IncludeLinkedAccounts) throw notImplemented('cloudwatch:ListMetrics with IncludeLinkedAccounts')
    if (input.OwningAccount !== undefined) throw notImplemented('cloudwatch:ListMetrics with OwningAccount')
    const {
      Namespace: namespace,
      MetricName: name,
      Dimensions: filters = [],
      RecentlyActive: recently,
    } = input
    if (filters.length > MAX_FILTERS) {
      throw constraint('[...]', 'dimensions', `have length less than or equal to ${MAX_FILTERS}`)
    }
    if (recently !== undefined && recently !== 'PT3H') {
      throw constraint(recently, 'recentlyActive', 'satisfy enum value set: [PT3H]')
    }
    const since = clock.now() - (recently ? RECENTLY_ACTIVE : LISTED)
    const matching = [...store.metrics(scope)].filter(
      metric =>
        metric.lastTimestamp >= since &&
        (namespace === undefined || metric.namespace === namespace) &&
        (name === undefined || metric.name === name) &&
        matchesFilters(metric, filters),
    )
    const start = readPageToken(input.NextToken)
    const next = start + LIST_PAGE
    return {
      Metrics: matching.slice(start, next).map(metric => ({
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: metric.dimensions.map(([Name, Value]) => ({ Name, Value })),
      })),
      ...(next < matching.length && { NextToken: Buffer.from(String(next)).toString('base64url') }),
    }
  },
})
