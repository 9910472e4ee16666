import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { arn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'

export type StateValue = 'ALARM' | 'INSUFFICIENT_DATA' | 'OK'

export const STATES: readonly StateValue[] = ['INSUFFICIENT_DATA', 'ALARM', 'OK']

export type TreatMissingData = 'breaching' | 'ignore' | 'missing' | 'notBreaching'

export type ComparisonOperator =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanLowerOrGreaterThanUpperThreshold'
  | 'LessThanLowerThreshold'
  | 'GreaterThanUpperThreshold'

interface CommonConfiguration {
  readonly name: string
  readonly description?: string
  readonly actionsEnabled: boolean
  readonly okActions: readonly string[]
  readonly alarmActions: readonly string[]
  readonly insufficientDataActions: readonly string[]
  /** ms since the epoch. */
  readonly updated: number
  readonly tags: Readonly<Record<string, string>>
}

export interface WarmUp {
  readonly minutes: number
  readonly fullPeriod: boolean
}

/** What PutMetricAlarm was given; members that were left out are absent. */
export interface MetricAlarm extends CommonConfiguration {
  readonly type: 'MetricAlarm'
  readonly metricName?: string
  readonly namespace?: string
  readonly dimensions?: readonly Dimension[]
  readonly statistic?: string
  readonly extendedStatistic?: string
  /** Seconds. */
  readonly period?: number
  readonly unit?: string
  readonly metrics?: readonly MetricDataQuery[]
  readonly thresholdMetricId?: string
  readonly threshold?: number
  readonly comparisonOperator: ComparisonOperator
  readonly evaluationPeriods: number
  readonly datapointsToAlarm?: number
  readonly treatMissingData?: TreatMissingData
  readonly evaluateLowSampleCountPercentile?: 'evaluate' | 'ignore'
  readonly slidingWindow?: true
  readonly warmUp?: WarmUp
}

/** What PutCompositeAlarm was given. */
export interface CompositeAlarm extends CommonConfiguration {
  readonly type: 'CompositeAlarm'
  readonly rule: string
  /** As it was given: a name or an ARN. */
  readonly suppressor?: string
  /** Seconds. */
  readonly suppressorWaitPeriod?: number
  readonly suppressorExtensionPeriod?: number
}

export type Alarm = MetricAlarm | CompositeAlarm

/** Why a composite alarm's actions are held back, and until when; `undefined` at rest. */
export type Suppression =
  | { readonly by: 'Alarm' }
  | { readonly by: 'ExtensionPeriod' | 'WaitPeriod'; readonly until: number }

/** A state that an alarm was in. */
export interface PastState {
  readonly value: StateValue
  readonly reason: string
  /** JSON text. */
  readonly reasonData?: string
  /** ms since the epoch: last change of value, reason or data. */
  readonly updated: number
}

/** What evaluation has found. Written when it changes, apart from the configuration. */
export interface AlarmState extends PastState {
  /** ms since the epoch: last change of value. */
  readonly transitioned: number
  readonly evaluationState?: 'EVALUATION_ERROR' | 'IN_WARM_UP' | 'PARTIAL_DATA'
  /** While it warms up: since when, until when at most, and since when there have been data. ms since the epoch. */
  readonly warmUp?: { readonly since: number; readonly until: number; readonly dataSince?: number }
  readonly suppression?: Suppression
  /** What it was before the last change of value. */
  readonly previous?: PastState
  /** Set while its actions are held back by a mute rule: the state before the first change that was. */
  readonly mutedFrom?: StateValue
}

/** One alarm of one account and region. */
export interface AlarmRecord {
  readonly scope: Scope
  readonly alarm: Alarm
  readonly state: AlarmState
}

export const INITIAL_REASON = 'Unchecked: Initial alarm creation'

export const alarmArn = (scope: Scope, name: string): string => arn(scope, 'cloudwatch', `alarm:${name}`)

/** The actions of a state. */
export const actionsOf = (alarm: Alarm, state: StateValue): readonly string[] => {
  if (state === 'ALARM') return alarm.alarmActions
  return state === 'OK' ? alarm.okActions : alarm.insufficientDataActions
}
