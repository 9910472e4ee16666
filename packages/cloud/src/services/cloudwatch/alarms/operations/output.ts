import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { type AlarmRecord, alarmArn, type CompositeAlarm, type MetricAlarm } from '../alarm.ts'
import { suppressionReason } from '../notification/events.ts'

/** Members that were not given are absent: clients tell them from empty ones. */
const defined = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T

const common = ({ scope, alarm, state }: AlarmRecord) => ({
  AlarmName: alarm.name,
  AlarmArn: alarmArn(scope, alarm.name),
  AlarmDescription: alarm.description,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.updated),
  ActionsEnabled: alarm.actionsEnabled,
  OKActions: [...alarm.okActions],
  AlarmActions: [...alarm.alarmActions],
  InsufficientDataActions: [...alarm.insufficientDataActions],
  StateValue: state.value,
  StateReason: state.reason,
  StateReasonData: state.reasonData,
  StateUpdatedTimestamp: new Date(state.updated),
  StateTransitionedTimestamp: new Date(state.transitioned),
})

/** An alarm as DescribeAlarms answers it. */
export const metricAlarmOutput = (record: AlarmRecord, alarm: MetricAlarm): Sdk.MetricAlarm =>
  defined({
    ...common(record),
    MetricName: alarm.metricName,
    Namespace: alarm.namespace,
    Statistic: alarm.statistic as Sdk.Statistic | undefined,
    ExtendedStatistic: alarm.extendedStatistic,
    Dimensions: [...(alarm.dimensions ?? [])],
    Period: alarm.period,
    Unit: alarm.unit as Sdk.StandardUnit | undefined,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparisonOperator,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile,
    Metrics: alarm.metrics && [...alarm.metrics],
    ThresholdMetricId: alarm.thresholdMetricId,
    // The user guide knows IN_WARM_UP, the model does not yet.
    EvaluationState: record.state.evaluationState as Sdk.EvaluationState | undefined,
    EvaluationWindow: alarm.slidingWindow && { SlidingWindow: {} },
    WarmUpConfiguration: alarm.warmUp && {
      WarmUpPeriodDurationInMinutes: alarm.warmUp.minutes,
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: alarm.warmUp.fullPeriod,
    },
  })

export const compositeAlarmOutput = (record: AlarmRecord, alarm: CompositeAlarm): Sdk.CompositeAlarm => {
  const { suppression } = record.state
  return defined({
    ...common(record),
    AlarmRule: alarm.rule,
    ActionsSuppressor: alarm.suppressor,
    ActionsSuppressorWaitPeriod: alarm.suppressorWaitPeriod,
    ActionsSuppressorExtensionPeriod: alarm.suppressorExtensionPeriod,
    ActionsSuppressedBy: suppression?.by,
    ActionsSuppressedReason: suppression && suppressionReason(suppression.by),
  })
}

/** Alarms by type, each as `describe` has it; CloudWatch answers with every list, also an empty one. */
export const alarmLists = (
  records: readonly AlarmRecord[],
  describe: {
    readonly metric: (record: AlarmRecord, alarm: MetricAlarm) => Sdk.MetricAlarm
    readonly composite: (record: AlarmRecord, alarm: CompositeAlarm) => Sdk.CompositeAlarm
  } = { metric: metricAlarmOutput, composite: compositeAlarmOutput },
) => ({
  CompositeAlarms: records.flatMap(record =>
    record.alarm.type === 'CompositeAlarm' ? [describe.composite(record, record.alarm)] : [],
  ),
  MetricAlarms: records.flatMap(record =>
    record.alarm.type === 'MetricAlarm' ? [describe.metric(record, record.alarm)] : [],
  ),
  LogAlarms: [],
})
