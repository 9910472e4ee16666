import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { rounded } from '../../sla/service-level-agreement.ts'
import { type AlarmDefinition, LEVELS, type Level, URGENCY_OF } from '../definition.ts'
import { SILENCE_OWNER } from './health-check.ts'

/** What approaches a limit. */
export interface Limit {
  /** Without the level. */
  readonly key: string
  readonly meaning: string
  readonly metric: IMetric
  /** In the unit of the metric. */
  readonly limit: number
  /** Where the limit is from. */
  readonly from: string
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly lowSamples?: 'evaluate' | 'ignore'
  /** What is critical and hurts nobody yet is a ticket as well. Default: critical pages. */
  readonly onlyTickets?: boolean
}

const NAMES = Object.keys(LEVELS) as Level[]

/** Two alarms on one limit: at 80 % a warning, at 95 % critical. */
export const levelled = (limit: Limit): AlarmDefinition[] =>
  NAMES.map(level => ({
    key: `${limit.key}-${level}`,
    meaning: limit.meaning,
    urgency: limit.onlyTickets ? 'ticket' : URGENCY_OF[level],
    metric: limit.metric,
    operator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: rounded(limit.limit * LEVELS[level]),
    evaluationPeriods: limit.evaluationPeriods,
    datapointsToAlarm: limit.datapointsToAlarm,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    silence: { ownedBy: SILENCE_OWNER },
    derivation: `${LEVELS[level] * 100} % of ${rounded(limit.limit)}: ${limit.from}`,
    ...(limit.lowSamples && { lowSamples: limit.lowSamples }),
  }))

/** What all alarms share that compare errors or rare events with a bound. */
export interface Bound {
  readonly key: string
  readonly meaning: string
  readonly urgency: AlarmDefinition['urgency']
  readonly metric: IMetric
  readonly threshold: number
  readonly inclusive?: boolean
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly derivation: string
}

/** One alarm on a bound. */
export const bounded = ({ inclusive, ...bound }: Bound): AlarmDefinition => ({
  ...bound,
  operator: inclusive
    ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
    : ComparisonOperator.GREATER_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.NOT_BREACHING,
  silence: { ownedBy: SILENCE_OWNER },
})
