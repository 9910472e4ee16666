import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { notImplemented } from '@sonde/wire'
import { bothGiven, constraint, invalidValue, missing } from '../errors.ts'
import { checkLength, checkNamespace, readDimensions } from '../metrics/metric-datum.ts'
import { readStatistic } from '../metrics/statistics.ts'
import type { Configuration } from './detector.ts'
import { isTimeZone } from './model/time-zone.ts'
import { periodOf, type Target, withReferences } from './target.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAnomalyDetector.html */
const MAX_EXCLUDED = 10
const MAX_TIME_ZONE = 50
const MAX_NAME = 255
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Anomaly_Detection_Alarm.html */
const MAX_MATH_QUERIES = 10
const LEAST_PERIOD = 60_000

const SPEEDS = ['FAST', 'NORMAL', 'SLOW'] as const
const STRENGTHS = ['MINIMAL', 'MODERATE', 'STRICT'] as const

/** The members by which an input names what a detector watches. */
export type TargetInput = Pick<
  Sdk.PutAnomalyDetectorInput,
  | 'Namespace'
  | 'MetricName'
  | 'Dimensions'
  | 'Stat'
  | 'SingleMetricAnomalyDetector'
  | 'MetricMathAnomalyDetector'
>

/** @param path such as `SingleMetricAnomalyDetector.`; empty for the deprecated members */
const readSingle = (
  input: Pick<
    Sdk.SingleMetricAnomalyDetector,
    'Namespace' | 'MetricName' | 'Dimensions' | 'Stat' | 'AccountId'
  >,
  path: string,
  account: string,
): Target => {
  const { Namespace, MetricName, Dimensions, Stat, AccountId } = input
  if (AccountId !== undefined && AccountId !== account) {
    throw notImplemented('An anomaly detector for a metric of another account')
  }
  if (Namespace === undefined) throw missing(`${path}Namespace`)
  if (MetricName === undefined) throw missing(`${path}MetricName`)
  if (Stat === undefined) throw missing(`${path}Stat`)
  checkLength(MetricName, `${path}MetricName`, MAX_NAME)
  if (!readStatistic(Stat))
    throw invalidValue(`The value ${Stat} for parameter ${path}Stat is not supported.`)
  return {
    type: 'SINGLE_METRIC',
    namespace: checkNamespace(Namespace),
    metricName: MetricName,
    dimensions: Object.entries(readDimensions(Dimensions, `${path}Dimensions`)),
    stat: Stat,
  }
}

/** Functions whose series a model cannot be of: what they find changes, or is a band itself. */
const REFUSED = /\b(ANOMALY_DETECTION_BAND|METRICS|SEARCH)\s*\(|^\s*SELECT\b/i

/** What AWS says of the math that has a band, which alarms share. */
const readMath = (
  { MetricDataQueries: queries = [] }: Sdk.MetricMathAnomalyDetector,
  check: (queries: readonly Sdk.MetricDataQuery[]) => void,
): Target => {
  const path = 'MetricMathAnomalyDetector.MetricDataQueries'
  if (queries.length === 0) throw missing(path)
  if (queries.length > MAX_MATH_QUERIES) {
    throw invalidValue(`The collection ${path} must not have a size greater than ${MAX_MATH_QUERIES}.`)
  }
  const [root, second] = queries.filter(({ ReturnData = true }) => ReturnData)
  if (!root || second) {
    throw invalidValue(`Exactly one element of the ${path} list should return data.`)
  }
  const refused = queries.find(({ Expression }) => REFUSED.test(Expression ?? ''))
  if (refused) {
    throw invalidValue(`The expression ${refused.Expression} is not supported for anomaly detection.`)
  }
  const period = periodOf(queries)
  if (period === undefined) throw invalidValue(`All metrics of ${path} must have the same period.`)
  if (period < LEAST_PERIOD) throw invalidValue(`The period of ${path} must be at least 60 seconds.`)
  check(queries)
  return { type: 'METRIC_MATH', queries: withReferences(queries, root.Id ?? '') }
}

/**
 * Reads what a detector watches.
 *
 * @param account of the caller
 * @param check refuses queries that cannot be evaluated
 */
export const readTarget = (
  input: TargetInput,
  account: string,
  check: (queries: readonly Sdk.MetricDataQuery[]) => void,
): Target => {
  const { SingleMetricAnomalyDetector: single, MetricMathAnomalyDetector: math } = input
  const flat = (['Namespace', 'MetricName', 'Dimensions', 'Stat'] as const).find(
    name => input[name] !== undefined,
  )
  if (single && math) throw bothGiven('SingleMetricAnomalyDetector', 'MetricMathAnomalyDetector')
  if (flat && single) throw bothGiven(flat, 'SingleMetricAnomalyDetector')
  if (flat && math) throw bothGiven(flat, 'MetricMathAnomalyDetector')
  if (math) return readMath(math, check)
  if (single) return readSingle(single, 'SingleMetricAnomalyDetector.', account)
  return readSingle(input, '', account)
}

const readExcluded = (ranges: readonly Sdk.Range[]): Configuration['excluded'] => {
  const path = 'Configuration.ExcludedTimeRanges'
  if (ranges.length > MAX_EXCLUDED) {
    throw invalidValue(`The collection ${path} must not have a size greater than ${MAX_EXCLUDED}.`)
  }
  return ranges.map(({ StartTime, EndTime }, index) => {
    const [start, end] = [StartTime?.getTime() ?? 0, EndTime?.getTime() ?? 0]
    if (start >= end) {
      const member = `${path}.member.${index + 1}`
      throw invalidValue(
        `The parameter ${member}.StartTime must be less than the parameter ${member}.EndTime.`,
      )
    }
    return { start, end }
  })
}

const oneOf = <T extends string>(value: string, path: string, values: readonly T[]): T => {
  const found = values.find(known => known === value)
  if (!found) throw constraint(value, path, `satisfy enum value set: [${values.join(', ')}]`)
  return found
}

export const readConfiguration = (input: Sdk.AnomalyDetectorConfiguration | undefined): Configuration => {
  const { ExcludedTimeRanges, MetricTimezone, AdaptationSpeed, OutlierFilteringStrength } = input ?? {}
  if (MetricTimezone !== undefined) {
    if (MetricTimezone.length > MAX_TIME_ZONE) {
      throw constraint(
        MetricTimezone,
        'configuration.metricTimezone',
        `have length less than or equal to ${MAX_TIME_ZONE}`,
      )
    }
    if (!isTimeZone(MetricTimezone)) {
      throw invalidValue(`The value ${MetricTimezone} for parameter Configuration.MetricTimezone is invalid.`)
    }
  }
  const adaptation = AdaptationSpeed && oneOf(AdaptationSpeed, 'configuration.adaptationSpeed', SPEEDS)
  const outlierFiltering =
    OutlierFilteringStrength &&
    oneOf(OutlierFilteringStrength, 'configuration.outlierFilteringStrength', STRENGTHS)
  return {
    excluded: readExcluded(ExcludedTimeRanges ?? []),
    ...(MetricTimezone !== undefined && { timeZone: MetricTimezone }),
    ...(adaptation && { adaptation }),
    ...(outlierFiltering && { outlierFiltering }),
  }
}
