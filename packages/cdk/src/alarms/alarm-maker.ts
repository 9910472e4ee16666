import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  AnomalyDetectionAlarm,
  CompositeAlarm,
  type IAlarm,
  type IAlarmRule,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Duration } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import type { Urgency } from '../sla/burn-rates.ts'
import { type AlarmDefinition, describe } from './definition.ts'
import type { BurnPair } from './set/burn.ts'

/** A composite that may be suppressed waits so long for its suppressor. */
export const SUPPRESSOR_WAIT = Duration.minutes(2)

/** True while the alarm is in ALARM. */
export const inAlarm = (alarm: IAlarm): IAlarmRule => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)

export interface MakerProps {
  readonly service: string
  readonly routes: Readonly<Record<Urgency, ITopic>>
  /** Who answers for the service. */
  readonly owner?: string
  /** An address; each alarm's key is appended as a fragment. */
  readonly runbook?: string
}

/** Makes alarms of definitions. Those that page are parts of the pager and take no action by themselves. */
export interface AlarmMaker {
  alarm(definition: AlarmDefinition): IAlarm
  /** @param faster tells the same sooner, and keeps this one silent while it does */
  pair(pair: BurnPair, faster: IAlarm | undefined): IAlarm
  nameOf(key: string): string
}

export const createAlarmMaker = (scope: Construct, props: MakerProps): AlarmMaker => {
  const { service, routes, owner, runbook } = props
  const tickets = new SnsAction(routes.ticket)
  const nameOf = (key: string): string => `${service}-${key}`
  const route = (alarm: AlarmBase): void => {
    alarm.addAlarmAction(tickets)
    alarm.addOkAction(tickets)
  }

  const alarm = (definition: AlarmDefinition): IAlarm => {
    const { key, anomaly, part, urgency, lowSamples } = definition
    const acts = !part && urgency === 'ticket'
    const common = {
      metric: definition.metric,
      alarmName: nameOf(key),
      alarmDescription: describe(definition, owner, runbook),
      comparisonOperator: definition.operator,
      evaluationPeriods: definition.evaluationPeriods,
      datapointsToAlarm: definition.datapointsToAlarm,
      treatMissingData: definition.treatMissingData,
      actionsEnabled: acts,
      ...(lowSamples && { evaluateLowSampleCountPercentile: lowSamples }),
    }
    const made = anomaly
      ? new AnomalyDetectionAlarm(scope, key, { ...common, stdDevs: definition.threshold })
      : new Alarm(scope, key, { ...common, threshold: definition.threshold })
    if (acts) route(made)
    return made
  }

  const pair = (
    { key, window, meaning, derivation, parts, silence }: BurnPair,
    faster: IAlarm | undefined,
  ): IAlarm => {
    const { urgency } = window
    const made = new CompositeAlarm(scope, key, {
      compositeAlarmName: nameOf(key),
      alarmDescription: describe({ key, meaning, derivation, urgency, silence }, owner, runbook),
      alarmRule: AlarmRule.allOf(...parts.map(part => inAlarm(alarm(part)))),
      ...(urgency === 'ticket' &&
        faster && {
          actionsSuppressor: faster,
          actionsSuppressorWaitPeriod: SUPPRESSOR_WAIT,
          actionsSuppressorExtensionPeriod: Duration.minutes(window.short),
        }),
    })
    if (urgency === 'ticket') route(made)
    return made
  }

  return { alarm, pair, nameOf }
}
