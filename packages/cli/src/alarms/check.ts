import {
  type AlarmHistoryItem,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  type MetricStat,
  paginateDescribeAlarmHistory,
} from '@aws-sdk/client-cloudwatch'
import { whyNeverFires } from '@sonde/cdk/possible'
import { ruleNames } from '@sonde/cdk/rule-names'
import { listMetrics } from '../metrics/read-series.ts'
import type { Alarms } from './read-alarms.ts'

/** What is wrong with an alarm, and what to do. */
export interface Finding {
  readonly alarm: string
  readonly what: string
}

type Watched = NonNullable<MetricStat['Metric']>

const watchedBy = ({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): Watched[] => {
  if (MetricName !== undefined) return [{ Namespace, MetricName, Dimensions }]
  return Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])
}

const textOf = ({ Namespace, MetricName, Dimensions = [] }: Watched): string =>
  `${Namespace} ${MetricName} {${Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(', ')}}`

/** Dimensions and their values are exact: a metric with one more is another metric. */
const exists = async (client: CloudWatchClient, metric: Watched): Promise<boolean> => {
  const { Namespace, MetricName, Dimensions = [] } = metric
  const found = await listMetrics(client, {
    ...(Namespace !== undefined && { Namespace }),
    ...(MetricName !== undefined && { MetricName }),
    ...(Dimensions.length > 0 && { Dimensions: Dimensions.slice(0, 10) }),
  })
  return found.some(candidate => (candidate.Dimensions ?? []).length === Dimensions.length)
}

/** Metrics that appear only when something happens: their absence is good news. */
const ONLY_ON_TROUBLE = /Throttle|Errors?$|Failed|Failures|Dropped|Age$/

/** Why the rule of an alarm can never hold; `undefined` where it may, and of expressions. */
const neverFires = (alarm: MetricAlarm): string | undefined => {
  const { Namespace, MetricName, Statistic, ComparisonOperator = '', Threshold } = alarm
  if (MetricName === undefined || Threshold === undefined || alarm.TreatMissingData === 'breaching')
    return undefined
  return whyNeverFires({
    namespace: Namespace,
    name: MetricName,
    statistic: Statistic,
    operator: ComparisonOperator,
    threshold: Threshold,
  })
}

const everFired = async (client: CloudWatchClient, name: string): Promise<boolean> => {
  const pages = paginateDescribeAlarmHistory(
    { client },
    { AlarmName: name, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], HistoryItemType: 'StateUpdate' },
  )
  for await (const { AlarmHistoryItems = [] } of pages) {
    if (
      AlarmHistoryItems.some(({ HistorySummary = '' }: AlarmHistoryItem) => / to ALARM/.test(HistorySummary))
    )
      return true
  }
  return false
}

const reaches = (
  alarm: MetricAlarm | CompositeAlarm,
  composites: readonly CompositeAlarm[],
  seen = new Set<string>(),
): boolean => {
  const { AlarmName = '', AlarmArn = '', ActionsEnabled, AlarmActions = [] } = alarm
  if (ActionsEnabled !== false && AlarmActions.length > 0) return true
  if (seen.has(AlarmName)) return false
  seen.add(AlarmName)
  const named = (rule: string): boolean => ruleNames(rule, AlarmName) || ruleNames(rule, AlarmArn)
  return composites.some(parent => named(parent.AlarmRule ?? '') && reaches(parent, composites, seen))
}

/**
 * Looks for alarms that would let somebody down: on a metric that does not exist, that can never fire, that reach nobody, or that
 * have never been in ALARM, so that nobody knows whether they would.
 *
 * @param composites all of the account: what an alarm is a part of
 */
export const check = async (
  client: CloudWatchClient,
  alarms: Alarms,
  composites: readonly CompositeAlarm[],
): Promise<Finding[]> => {
  const findings: Finding[] = []
  // Levels of one limit watch one metric.
  const known = new Map<string, Promise<boolean>>()
  const hasData = (metric: Watched): Promise<boolean> => {
    const key = textOf(metric)
    const answer = known.get(key) ?? exists(client, metric)
    known.set(key, answer)
    return answer
  }
  const find = (alarm: MetricAlarm | CompositeAlarm, what: string) =>
    void findings.push({ alarm: alarm.AlarmName ?? '', what })
  for (const alarm of alarms.metric) {
    const watched = watchedBy(alarm)
    for (const metric of watched) {
      if (ONLY_ON_TROUBLE.test(metric.MetricName ?? '') || (await hasData(metric))) continue
      find(
        alarm,
        `its metric has no data: ${textOf(metric)}. Check its names, or whether the service is used.`,
      )
    }
    const never = neverFires(alarm)
    if (never) find(alarm, `it can never fire: ${never}.`)
  }
  for (const alarm of [...alarms.composite, ...alarms.metric]) {
    const { AlarmName = '' } = alarm
    if (!reaches(alarm, composites))
      find(alarm, 'it reaches nobody: it has no action, and no alarm that has one refers to it.')
    if (!(await everFired(client, AlarmName))) {
      find(
        alarm,
        `it has never been in ALARM. Drill it: aws cloudwatch set-alarm-state --alarm-name ${AlarmName} --state-value ALARM --state-reason drill`,
      )
    }
  }
  return findings
}
