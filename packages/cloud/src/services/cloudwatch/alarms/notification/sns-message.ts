import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { alarmArn, type MetricAlarm } from '../alarm.ts'
import { javaTimestamp, jsonDouble } from '../java-text.ts'
import type { StateChange } from './change.ts'
import { regionName } from './region-names.ts'

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT = 100

const STATISTICS: Readonly<Record<string, string>> = {
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
  SampleCount: 'SAMPLE_COUNT',
}

const dimensionsOf = (dimensions: readonly Dimension[] | undefined) =>
  (dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }))

const queryOf = ({ Id, Expression, Label, MetricStat, ReturnData, Period, AccountId }: MetricDataQuery) => ({
  ...(Expression !== undefined && { Expression }),
  Id,
  ...(Label !== undefined && { Label }),
  ...(MetricStat && {
    MetricStat: {
      Metric: {
        Dimensions: dimensionsOf(MetricStat.Metric?.Dimensions),
        MetricName: MetricStat.Metric?.MetricName,
        Namespace: MetricStat.Metric?.Namespace,
      },
      Period: MetricStat.Period,
      Stat: MetricStat.Stat,
      ...(MetricStat.Unit !== undefined && { Unit: MetricStat.Unit }),
    },
  }),
  ...(Period !== undefined && { Period }),
  ...(AccountId !== undefined && { AccountId }),
  ReturnData: ReturnData ?? true,
})

const watched = (alarm: MetricAlarm) => {
  if (alarm.metrics) return {}
  return {
    MetricName: alarm.metricName,
    Namespace: alarm.namespace,
    StatisticType: alarm.statistic === undefined ? 'ExtendedStatistic' : 'Statistic',
    ...(alarm.statistic === undefined
      ? { ExtendedStatistic: alarm.extendedStatistic }
      : { Statistic: STATISTICS[alarm.statistic] ?? alarm.statistic }),
    Unit: alarm.unit ?? null,
    Dimensions: dimensionsOf(alarm.dimensions),
  }
}

const triggerOf = (alarm: MetricAlarm, period: number) => ({
  ...watched(alarm),
  Period: period,
  EvaluationPeriods: alarm.evaluationPeriods,
  ...(alarm.datapointsToAlarm !== undefined && { DatapointsToAlarm: alarm.datapointsToAlarm }),
  ComparisonOperator: alarm.comparisonOperator,
  ...(alarm.threshold !== undefined && { Threshold: jsonDouble(alarm.threshold) }),
  ...(alarm.thresholdMetricId !== undefined && { ThresholdMetricId: alarm.thresholdMetricId }),
  TreatMissingData: alarm.treatMissingData ?? '',
  EvaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile ?? '',
  ...(alarm.metrics && { Metrics: alarm.metrics.map(queryOf) }),
})

interface TriggeringAlarms {
  readonly triggeringAlarms?: ReadonlyArray<{
    readonly arn: string
    readonly state: { readonly value: string; readonly timestamp: string }
  }>
}

const childrenOf = (reasonData: string | undefined) => {
  let data: TriggeringAlarms = {}
  try {
    data = JSON.parse(reasonData ?? '{}') as TriggeringAlarms
  } catch {
    // SetAlarmState takes any text as data of composite alarms.
  }
  return (data.triggeringAlarms ?? []).map(({ arn, state }) => ({
    Arn: arn,
    State: { Value: state.value, Timestamp: state.timestamp },
  }))
}

/** `ALARM: "name" in US East (N. Virginia)`, in ASCII and at most 100 characters, as SNS takes it. */
export const notificationSubject = ({ scope, alarm, state }: StateChange): string =>
  `${state.value}: "${alarm.name}" in ${regionName(scope.region)}`
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, MAX_SUBJECT)

/**
 * The message that an alarm publishes to its SNS topics, as JSON text.
 *
 * @param period of the alarm, in seconds
 */
export const notificationMessage = (change: StateChange, period: number): string => {
  const { scope, alarm, state, previous } = change
  return JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: scope.account,
    AlarmConfigurationUpdatedTimestamp: javaTimestamp(alarm.updated),
    ActionExecutedAfterMuteWindow: change.afterMuteWindow,
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: javaTimestamp(state.transitioned),
    Region: regionName(scope.region),
    AlarmArn: alarmArn(scope, alarm.name),
    OldStateValue: previous.value,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...(alarm.type === 'CompositeAlarm'
      ? { AlarmRule: alarm.rule, TriggeringChildren: childrenOf(state.reasonData) }
      : { Trigger: triggerOf(alarm, period) }),
  })
}
