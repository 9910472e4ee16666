import type { ServiceEvent } from '../../../../kernel/ports.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { type Alarm, type AlarmState, alarmArn, type CompositeAlarm, type PastState } from '../alarm.ts'
import { javaTimestamp } from '../java-text.ts'
import type { StateChange } from './change.ts'
import { metricConfiguration } from './metric-configuration.ts'

const described = ({ description }: Alarm) => description !== undefined && { description }

const compositeConfiguration = (alarm: CompositeAlarm) => ({
  alarmRule: alarm.rule,
  ...(alarm.suppressor !== undefined && {
    actionsSuppressor: alarm.suppressor,
    actionsSuppressorWaitPeriod: alarm.suppressorWaitPeriod,
    actionsSuppressorExtensionPeriod: alarm.suppressorExtensionPeriod,
  }),
})

/** `Actions suppressed by WaitPeriod`. */
export const suppressionReason = (by: string): string => `Actions suppressed by ${by}`

const snapshot = (state: PastState & Pick<AlarmState, 'suppression'>) => ({
  value: state.value,
  reason: state.reason,
  ...(state.reasonData !== undefined && { reasonData: state.reasonData }),
  timestamp: javaTimestamp(state.updated),
  ...(state.suppression && {
    actionsSuppressedBy: state.suppression.by,
    actionsSuppressedReason: suppressionReason(state.suppression.by),
  }),
})

/** `configuration` of a change of state: what is watched, but not how. */
const watchedConfiguration = (scope: Scope, alarm: Alarm) => ({
  ...described(alarm),
  ...(alarm.type === 'CompositeAlarm'
    ? compositeConfiguration(alarm)
    : { metrics: metricConfiguration(scope, alarm) }),
})

/** The members that a change of state has in EventBridge and in Lambda's payload alike. */
export const changeDetail = ({ scope, alarm, state, previous }: StateChange) => ({
  alarmName: alarm.name,
  state: snapshot(state),
  previousState: snapshot(previous),
  configuration: watchedConfiguration(scope, alarm),
})

/** `CloudWatch Alarm State Change`. */
export const stateChangeEvent = (change: StateChange): ServiceEvent => ({
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  resources: [alarmArn(change.scope, change.alarm.name)],
  detail: changeDetail(change),
})

/** `configuration` of a change of configuration. */
const fullConfiguration = (scope: Scope, alarm: Alarm) => ({
  ...(alarm.type === 'CompositeAlarm'
    ? compositeConfiguration(alarm)
    : {
        evaluationPeriods: alarm.evaluationPeriods,
        ...(alarm.datapointsToAlarm !== undefined && { datapointsToAlarm: alarm.datapointsToAlarm }),
        ...(alarm.threshold !== undefined && { threshold: alarm.threshold }),
        ...(alarm.thresholdMetricId !== undefined && { thresholdMetricId: alarm.thresholdMetricId }),
        comparisonOperator: alarm.comparisonOperator,
        ...(alarm.treatMissingData !== undefined && { treatMissingData: alarm.treatMissingData }),
        ...(alarm.evaluateLowSampleCountPercentile !== undefined && {
          evaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile,
        }),
        metrics: metricConfiguration(scope, alarm),
      }),
  alarmName: alarm.name,
  ...described(alarm),
  actionsEnabled: alarm.actionsEnabled,
  timestamp: javaTimestamp(alarm.updated),
  okActions: alarm.okActions,
  alarmActions: alarm.alarmActions,
  insufficientDataActions: alarm.insufficientDataActions,
})

/** `CloudWatch Alarm Configuration Change`. */
export const configurationChangeEvent = (
  scope: Scope,
  operation: 'create' | 'delete' | 'update',
  alarm: Alarm,
  state: Pick<PastState, 'updated' | 'value'>,
  previous?: Alarm,
): ServiceEvent => ({
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm Configuration Change',
  resources: [alarmArn(scope, alarm.name)],
  detail: {
    alarmName: alarm.name,
    operation,
    state: { value: state.value, timestamp: javaTimestamp(state.updated) },
    configuration: fullConfiguration(scope, alarm),
    ...(previous && { previousConfiguration: fullConfiguration(scope, previous) }),
  },
})
