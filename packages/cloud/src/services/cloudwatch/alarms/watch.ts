import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../../kernel/scope.ts'
import { readStatistic, type Statistic } from '../metrics/statistics.ts'
import { periodOf } from './actions.ts'
import type { AlarmRecord, MetricAlarm } from './alarm.ts'
import { alarmKey } from './alarm-store.ts'
import { type Criteria, criteriaOf } from './evaluation/assessment.ts'
import { type BucketSource, grainOf } from './evaluation/buckets.ts'
import { evaluationRange } from './evaluation/state-algorithm.ts'
import type { ReasonSubject } from './evaluation/state-reason-data.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

/** What an alarm's configuration means to its evaluation: made once, used every minute. */
interface Watch {
  readonly key: string
  readonly scope: Scope
  readonly alarm: MetricAlarm
  readonly criteria: Criteria
  readonly subject: ReasonSubject
  /** How many buckets it looks at. */
  readonly range: number
  /** ms. */
  readonly period: number
  /** How often it is evaluated, in ms: 10 s, a minute, or an hour for windows of more than a day. */
  readonly cadence: number
}

/** An alarm on one statistic of one metric. */
export interface MetricWatch extends Watch {
  readonly kind: 'metric'
  readonly source: BucketSource
  /** Alarms with the same are read together. */
  readonly sourceKey: string
  readonly statistic: Statistic
  readonly statisticName: string
  readonly unit: string | undefined
}

/** An alarm on an expression. */
export interface QueryWatch extends Watch {
  readonly kind: 'query'
  readonly queries: readonly MetricDataQuery[]
  /** The query whose result is watched. */
  readonly watched: string
  /** The query that gives the band. */
  readonly band: string | undefined
}

/** The one metric that an alarm watches, however it was written. */
interface SingleMetric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: ReadonlyArray<{
    readonly Name?: string | undefined
    readonly Value?: string | undefined
  }>
  readonly statistic: string
  readonly unit: string | undefined
}

const singleMetric = (alarm: MetricAlarm): SingleMetric | undefined => {
  if (!alarm.metrics) {
    return {
      namespace: alarm.namespace ?? '',
      name: alarm.metricName ?? '',
      dimensions: alarm.dimensions ?? [],
      statistic: alarm.statistic ?? alarm.extendedStatistic ?? '',
      unit: alarm.unit,
    }
  }
  const [query, ...others] = alarm.metrics
  const stat = others.length === 0 ? query?.MetricStat : undefined
  return (
    stat && {
      namespace: stat.Metric?.Namespace ?? '',
      name: stat.Metric?.MetricName ?? '',
      dimensions: stat.Metric?.Dimensions ?? [],
      statistic: stat.Stat ?? '',
      unit: stat.Unit,
    }
  )
}

const cadenceOf = (period: number, evaluationPeriods: number): number =>
  period >= HOUR && period * evaluationPeriods > DAY ? HOUR : grainOf(period)

/** @throws TypeError for a configuration that PutMetricAlarm would have refused */
export const watchOf = (record: AlarmRecord, alarm: MetricAlarm): MetricWatch | QueryWatch => {
  const seconds = periodOf(alarm)
  const period = seconds * 1_000
  const single = singleMetric(alarm)
  const common = {
    key: alarmKey(record.scope, alarm.name),
    scope: record.scope,
    alarm,
    criteria: criteriaOf(alarm),
    subject: {
      unit: single?.unit,
      statistic: alarm.metrics ? undefined : single?.statistic,
      period: seconds,
    },
    range: evaluationRange(alarm.evaluationPeriods),
    period,
    cadence: cadenceOf(period, alarm.evaluationPeriods),
  }
  if (!single) {
    const queries = alarm.metrics ?? []
    const returned = queries.filter(({ ReturnData }) => ReturnData !== false)
    const watched = returned.find(({ Id }) => Id !== alarm.thresholdMetricId) ?? returned[0]
    return { ...common, kind: 'query', queries, watched: watched?.Id ?? '', band: alarm.thresholdMetricId }
  }
  const statistic = readStatistic(single.statistic)
  if (!statistic) throw new TypeError(`no statistic ${single.statistic}`)
  const sorted = single.dimensions
    .map(({ Name = '', Value = '' }) => [Name, Value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...common,
    kind: 'metric',
    source: {
      scope: record.scope,
      namespace: single.namespace,
      name: single.name,
      dimensions: Object.fromEntries(sorted),
      period,
    },
    sourceKey: JSON.stringify([
      alarmKey(record.scope, ''),
      single.namespace,
      single.name,
      sorted,
      period,
      common.cadence,
    ]),
    statistic,
    statisticName: single.statistic,
    unit: single.unit,
  }
}
