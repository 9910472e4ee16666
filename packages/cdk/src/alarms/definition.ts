import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Urgency } from '../sla/burn-rates.ts'

/** The two levels of what approaches a limit. */
export type Level = 'warn' | 'critical'

/** Shares of a limit at which its two levels alarm. */
export const LEVELS: Readonly<Record<Level, number>> = { warn: 0.8, critical: 0.95 }

/** Somebody looks into a warning in working hours, and is woken by what is critical. */
export const URGENCY_OF: Readonly<Record<Level, Urgency>> = { warn: 'ticket', critical: 'page' }

/** Who speaks when the signal disappears: this alarm, or the one of that key. */
export type Silence = { readonly owns: true } | { readonly ownedBy: string }

/** One alarm of the set, before it is made. */
export interface AlarmDefinition {
  /** By which it is changed or dropped, and the end of its name: `function-errors-warn`. */
  readonly key: string
  /** What its being in ALARM means, in one sentence. */
  readonly meaning: string
  readonly urgency: Urgency
  readonly metric: IMetric
  readonly operator: ComparisonOperator
  /** In the unit of the metric. Anomaly alarms compare with their band instead: its width in standard deviations. */
  readonly threshold: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly treatMissingData: TreatMissingData
  readonly silence: Silence
  /** How the threshold follows from the agreement, a quota or a measurement. */
  readonly derivation: string
  /** `ignore` keeps the state while a percentile has too few samples to mean anything. Default `evaluate`. */
  readonly lowSamples?: 'evaluate' | 'ignore'
  /** A band around what is normal instead of a threshold. */
  readonly anomaly?: boolean
  /** Only a part of other alarms' rules: takes no action by itself. */
  readonly part?: boolean
}

/** What a reader may say about an alarm of the set, by its key. */
export interface AlarmChange {
  readonly threshold?: number
  readonly evaluationPeriods?: number
  readonly datapointsToAlarm?: number
  readonly urgency?: Urgency
  /** Why, in the place of the derivation. */
  readonly reason: string
}

/**
 * An alarm's description: meaning, derivation, urgency, and owner and runbook where they are known, a line each. `sonde alarms explain` reads these lines.
 * CloudWatch takes 1,024 characters.
 */
export const describe = (
  {
    meaning,
    derivation,
    urgency,
    silence,
    key,
  }: Pick<AlarmDefinition, 'meaning' | 'derivation' | 'urgency' | 'silence' | 'key'>,
  owner: string | undefined,
  runbook: string | undefined,
): string =>
  [
    meaning,
    `Derivation: ${derivation}`,
    `Urgency: ${urgency}`,
    `Silence: ${'owns' in silence ? 'owned by this alarm' : `owned by ${silence.ownedBy}`}`,
    ...(owner === undefined ? [] : [`Owner: ${owner}`]),
    ...(runbook === undefined ? [] : [`Runbook: ${runbook}#${key}`]),
  ].join('\n')
