import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { valueText } from '../metrics/sparkline.ts'
import { spanText } from '../span.ts'

const OPERATORS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside',
  LessThanLowerThreshold: 'below',
  GreaterThanUpperThreshold: 'above',
}

/** The period of an alarm in seconds, which its queries share. */
export const periodOf = ({ Period, Metrics = [] }: MetricAlarm): number =>
  Period ?? Metrics.map(({ Period: own, MetricStat }) => MetricStat?.Period ?? own).find(Boolean) ?? 60

const subjectOf = ({
  MetricName,
  Statistic,
  ExtendedStatistic,
  Metrics = [],
  ThresholdMetricId,
}: MetricAlarm): string => {
  if (MetricName !== undefined) return `${Statistic ?? ExtendedStatistic} of ${MetricName}`
  const watched = Metrics.find(({ Id, ReturnData }) => Id !== ThresholdMetricId && ReturnData !== false)
  const { Expression, MetricStat } = watched ?? {}
  return Expression ?? (MetricStat ? `${MetricStat.Stat} of ${MetricStat.Metric?.MetricName}` : 'its metrics')
}

const isComposite = (alarm: MetricAlarm | CompositeAlarm): alarm is CompositeAlarm => 'AlarmRule' in alarm

/** What an alarm watches, in one line: `p90 of Latency > 200 in 3 of 5 periods of 1m, missing data notBreaching`. */
export const ruleText = (alarm: MetricAlarm | CompositeAlarm): string => {
  if (isComposite(alarm)) {
    const { AlarmRule = '', ActionsSuppressor } = alarm
    return `${AlarmRule}${ActionsSuppressor ? `, suppressed by ${ActionsSuppressor}` : ''}`
  }
  const { ComparisonOperator = '', Threshold, EvaluationPeriods = 1, ThresholdMetricId } = alarm
  const bound = ThresholdMetricId === undefined ? valueText(Threshold ?? Number.NaN) : 'its band'
  const wanted = alarm.DatapointsToAlarm ?? EvaluationPeriods
  const operator = OPERATORS[ComparisonOperator] ?? ComparisonOperator
  return (
    `${subjectOf(alarm)} ${operator} ${bound} in ${wanted} of ${EvaluationPeriods} periods of ` +
    `${spanText(periodOf(alarm) * 1_000)}, missing data ${alarm.TreatMissingData ?? 'missing'}`
  )
}
