import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Clock } from '../../../../kernel/clock.ts'
import { checkInteger } from '../../check-integer.ts'
import { bothGiven, constraint, invalidCombination, invalidValue, missing } from '../../errors.ts'
import { checkLength, checkNamespace, checkUnit, MAX_NAME, readDimensions } from '../metric-datum.ts'
import type { MetricReader, Period } from '../metric-reader.ts'
import type { CloudWatchOperations } from '../operations.ts'
import { parseExtendedStatistic, readStatistic } from '../statistics.ts'
import { MINUTE, SECOND, startGrain } from '../tiers.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MAX_DATAPOINTS = 1_440
const MAX_STATISTICS = 5
const MAX_EXTENDED = 10
const SHORT_PERIODS = [1, 5, 10, 20, 30]

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const

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
 * The range of a request in ms: below a minute both ends are rounded down to the period, else the start alone by its age.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html (StartTime)
 */
const readRange = (input: Sdk.GetMetricStatisticsCommandInput, now: number) => {
  const [from, to, seconds] = [
    input.StartTime?.getTime() ?? 0,
    input.EndTime?.getTime() ?? 0,
    input.Period ?? 0,
  ]
  checkInteger(seconds, 'period')
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
  const grain = short ? period : startGrain(from, now)
  return {
    start: Math.floor(from / grain) * grain,
    end: short ? Math.floor(to / grain) * grain : to,
    period,
  }
}

/** The statistics of a period that its data give. */
const evaluate = (names: readonly string[], period: Period): Record<string, number> => {
  const computed: Record<string, number> = {}
  for (const name of names) {
    const value = readStatistic(name)?.(period)
    if (value !== undefined) computed[name] = value
  }
  return computed
}

const datapoint = (
  period: Period,
  { Statistics, ExtendedStatistics }: Sdk.GetMetricStatisticsCommandInput,
): Sdk.Datapoint | undefined => {
  const common = { Timestamp: new Date(period.time), Unit: period.unit as Sdk.StandardUnit }
  if (!ExtendedStatistics?.length) return { ...common, ...evaluate(Statistics ?? [], period) }
  const extended = evaluate(ExtendedStatistics, period)
  return Object.keys(extended).length > 0 ? { ...common, ExtendedStatistics: extended } : undefined
}

export const getMetricStatistics =
  (reader: MetricReader, clock: Clock): NonNullable<CloudWatchOperations['GetMetricStatistics']> =>
  (input, { scope }) => {
    const namespace = checkNamespace(input.Namespace)
    const name = input.MetricName ?? ''
    checkLength(name, 'metricName', MAX_NAME)
    const dimensions = readDimensions(input.Dimensions, 'Dimensions')
    checkStatistics(input)
    if (input.Unit !== undefined) checkUnit(input.Unit, 'unit')
    const periods = reader
      .periods(scope, namespace, name, dimensions, readRange(input, clock.now()))
      .filter(({ unit }) => input.Unit === undefined || unit === input.Unit)
    return {
      Label: name,
      Datapoints: periods.flatMap(period => datapoint(period, input) ?? []),
    }
  }
