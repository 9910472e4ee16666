import type { ComparisonOperator, MetricAlarm, StateValue, TreatMissingData } from '../alarm.ts'
import { COMPARISONS, type DataPoint } from './comparison.ts'
import { hasTooFewSamples } from './low-samples.ts'
import { type Breach, decideState } from './state-algorithm.ts'

/** What an alarm is judged by. */
export interface Criteria {
  readonly operator: ComparisonOperator
  /** Of no use to a band's operators. */
  readonly threshold: number
  /** N. */
  readonly evaluationPeriods: number
  /** M. */
  readonly toAlarm: number
  /** Whether M was given: reasons are worded differently then. */
  readonly toAlarmGiven: boolean
  readonly treatment: TreatMissingData
  /** The percentile, 0 to 100, whose buckets count only with enough samples. */
  readonly significantPercentile: number | undefined
}

/** What came of comparing one evaluation range with the criteria. */
export interface Assessment {
  readonly state: StateValue
  /** The points that were counted, oldest first, with whether they breach. */
  readonly counted: ReadonlyArray<{ readonly point: DataPoint; readonly breach: boolean }>
  /** Missing points that the treatment filled in. */
  readonly filled: number
}

/** Alarms of this namespace ignore missing data whatever they were told: see PutMetricAlarm, TreatMissingData. */
const ALWAYS_IGNORING = 'AWS/DynamoDB'

const watchedNamespace = (alarm: MetricAlarm): string | undefined =>
  alarm.namespace ??
  alarm.metrics?.find(({ ReturnData, MetricStat }) => ReturnData !== false && MetricStat)?.MetricStat?.Metric
    ?.Namespace

const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?|100)$/

const percentileOf = (alarm: MetricAlarm): number | undefined => {
  const returned = alarm.metrics?.find(({ ReturnData }) => ReturnData !== false)
  const match = PERCENTILE.exec(alarm.extendedStatistic ?? returned?.MetricStat?.Stat ?? '')
  return match ? Number(match[1]) : undefined
}

export const criteriaOf = (alarm: MetricAlarm): Criteria => ({
  operator: alarm.comparisonOperator,
  threshold: alarm.threshold ?? Number.NaN,
  evaluationPeriods: alarm.evaluationPeriods,
  toAlarm: alarm.datapointsToAlarm ?? alarm.evaluationPeriods,
  toAlarmGiven: alarm.datapointsToAlarm !== undefined,
  treatment: watchedNamespace(alarm) === ALWAYS_IGNORING ? 'ignore' : (alarm.treatMissingData ?? 'missing'),
  significantPercentile:
    alarm.evaluateLowSampleCountPercentile === 'ignore' ? percentileOf(alarm) : undefined,
})

/**
 * Compares an evaluation range with an alarm's criteria.
 *
 * A percentile alarm that ignores low samples keeps its state while any of the points that count has too few: AWS
 * documents that its state does not change in periods whose data are not significant.
 *
 * @param range oldest first; `undefined` where a bucket has no value
 * @returns `undefined` where the alarm keeps its state
 */
export const assess = (
  criteria: Criteria,
  range: ReadonlyArray<DataPoint | undefined>,
): Assessment | undefined => {
  const { breaches } = COMPARISONS[criteria.operator]
  const { threshold, significantPercentile } = criteria
  const breach: Breach[] = range.map(point => point && breaches(point, threshold))
  const { state, counted, filled } = decideState(
    breach,
    criteria.evaluationPeriods,
    criteria.toAlarm,
    criteria.treatment,
  )
  if (state === undefined) return undefined
  const points = counted.flatMap(place => {
    const point = range[place]
    return point ? [{ point, breach: breach[place] === true }] : []
  })
  if (
    significantPercentile !== undefined &&
    points.some(({ point }) => hasTooFewSamples(significantPercentile, point.sampleCount ?? 0))
  ) {
    return undefined
  }
  return { state, counted: points, filled }
}
