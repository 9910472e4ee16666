import type { Scope } from '../../../kernel/scope.ts'
import { type Alarm, type AlarmState, alarmArn } from './alarm.ts'
import { javaTimestamp, jsonDouble } from './java-text.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html */
const MAX_SUMMARY = 255
const MAX_DATA = 4_095

export type HistoryItemType = 'Action' | 'ConfigurationUpdate' | 'StateUpdate'

export interface HistoryItem {
  readonly alarmName: string
  readonly alarmType: Alarm['type']
  readonly type: HistoryItemType
  /** ms since the epoch. */
  readonly timestamp: number
  readonly summary: string
  /** JSON text, as far as it fits. */
  readonly data: string
}

type Snapshot = Pick<AlarmState, 'reason' | 'reasonData' | 'value'>

const item = (
  alarm: Alarm,
  type: HistoryItemType,
  timestamp: number,
  summary: string,
  data: string,
): HistoryItem => ({
  alarmName: alarm.name,
  alarmType: alarm.type,
  type,
  timestamp,
  summary: summary.slice(0, MAX_SUMMARY),
  data: data.slice(0, MAX_DATA),
})

/** An object within the document, not a string: printed as it was written, so that its doubles stay Java's. */
const nested = (json: string | undefined): string => {
  if (json === undefined) return ''
  try {
    JSON.parse(json)
    return `,"stateReasonData":${json}`
  } catch {
    return `,"stateReasonData":${JSON.stringify(json)}`
  }
}

const stateText = ({ value, reason, reasonData }: Snapshot): string =>
  `{"stateValue":${JSON.stringify(value)},"stateReason":${JSON.stringify(reason)}${nested(reasonData)}}`

export const stateUpdate = (alarm: Alarm, old: Snapshot, now: Snapshot, timestamp: number): HistoryItem =>
  item(
    alarm,
    'StateUpdate',
    timestamp,
    `Alarm updated from ${old.value} to ${now.value}`,
    `{"version":"1.0","oldState":${stateText(old)},"newState":${stateText(now)}}`,
  )

/** An alarm as its history prints it. */
const configuration = (scope: Scope, alarm: Alarm, state: Pick<AlarmState, 'updated' | 'value'>) => ({
  alarmName: alarm.name,
  ...(alarm.description !== undefined && { alarmDescription: alarm.description }),
  alarmArn: alarmArn(scope, alarm.name),
  alarmConfigurationUpdatedTimestamp: javaTimestamp(alarm.updated),
  ...(alarm.type === 'CompositeAlarm'
    ? {
        alarmRule: alarm.rule,
        ...(alarm.suppressor !== undefined && {
          actionsSuppressor: alarm.suppressor,
          actionsSuppressorWaitPeriod: alarm.suppressorWaitPeriod,
          actionsSuppressorExtensionPeriod: alarm.suppressorExtensionPeriod,
        }),
      }
    : {
        namespace: alarm.namespace,
        metricName: alarm.metricName,
        statistic: alarm.statistic,
        extendedStatistic: alarm.extendedStatistic,
        period: alarm.period,
        unit: alarm.unit,
        ...(alarm.metrics
          ? { metrics: alarm.metrics }
          : {
              dimensions: (alarm.dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
            }),
        ...(alarm.threshold !== undefined && { threshold: jsonDouble(alarm.threshold) }),
        thresholdMetricId: alarm.thresholdMetricId,
        comparisonOperator: alarm.comparisonOperator,
        evaluationPeriods: alarm.evaluationPeriods,
        datapointsToAlarm: alarm.datapointsToAlarm,
        treatMissingData: alarm.treatMissingData,
        evaluateLowSampleCountPercentile: alarm.evaluateLowSampleCountPercentile,
      }),
  stateValue: state.value,
  stateUpdatedTimestamp: javaTimestamp(state.updated),
  actionsEnabled: alarm.actionsEnabled,
  alarmActions: alarm.alarmActions,
  insufficientDataActions: alarm.insufficientDataActions,
  okactions: alarm.okActions,
})

const OPERATIONS = {
  create: { past: 'created', type: 'Create', member: 'createdAlarm' },
  update: { past: 'updated', type: 'Update', member: 'updatedAlarm' },
  delete: { past: 'deleted', type: 'Delete', member: 'deletedAlarm' },
} as const

export const configurationUpdate = (
  scope: Scope,
  operation: keyof typeof OPERATIONS,
  alarm: Alarm,
  state: Pick<AlarmState, 'updated' | 'value'>,
  timestamp: number,
): HistoryItem => {
  const { past, type, member } = OPERATIONS[operation]
  const data = { version: '1.0', type, [member]: configuration(scope, alarm, state) }
  return item(alarm, 'ConfigurationUpdate', timestamp, `Alarm "${alarm.name}" ${past}`, JSON.stringify(data))
}

/** @param error why it failed; absent where it was taken */
export const actionItem = (
  alarm: Alarm,
  action: { readonly resource: string; readonly message?: string; readonly stateUpdated: number },
  timestamp: number,
  error?: string,
): HistoryItem =>
  item(
    alarm,
    'Action',
    timestamp,
    error === undefined
      ? `Successfully executed action ${action.resource}`
      : `Failed to execute action ${action.resource}. Received error: "${error}"`,
    JSON.stringify({
      actionState: error === undefined ? 'Succeeded' : 'Failed',
      stateUpdateTimestamp: action.stateUpdated,
      notificationResource: action.resource,
      ...(action.message !== undefined && {
        publishedMessage: JSON.stringify({ default: action.message }),
      }),
      error: error ?? null,
    }),
  )
