import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { compositeAlarmCost, metricAlarmCost } from '@sonde/cdk/cost'
import type { Terminal } from '../terminal.ts'
import { readDescription } from './description.ts'
import type { Alarms } from './read-alarms.ts'
import { periodOf, ruleText } from './rule-text.ts'

/** US dollars a month in us-east-1. */
export const costOf = (alarm: MetricAlarm | CompositeAlarm): number => {
  if ('AlarmRule' in alarm) return compositeAlarmCost
  const queries = (alarm as MetricAlarm).Metrics ?? []
  const read = queries.filter(({ MetricStat }) => MetricStat !== undefined).length || 1
  const period = periodOf(alarm)
  return metricAlarmCost({
    anomaly: (alarm as MetricAlarm).ThresholdMetricId !== undefined,
    metrics: Array.from({ length: read }, () => ({ period })),
  })
}

/** Prints of every alarm what it is for, where its threshold is from, whose it is and what it costs. */
export const explain = ({ metric, composite }: Alarms, terminal: Terminal): void => {
  let total = 0
  for (const alarm of [...composite, ...metric]) {
    const { meaning, derivation, urgency, silence, owner, runbook } = readDescription(alarm.AlarmDescription)
    const cost = costOf(alarm)
    total += cost
    terminal.print(
      `${terminal.style('bold', alarm.AlarmName ?? '')}  ${urgency ?? 'no urgency'}  ` +
        terminal.style('dim', `$${cost.toFixed(2)} a month`),
    )
    const facts = [
      meaning || 'No description.',
      ruleText(alarm),
      ...(derivation ? [`from: ${derivation}`] : []),
      [
        `owner: ${owner ?? 'nobody'}`,
        ...(silence ? [`silence: ${silence}`] : []),
        ...(runbook ? [runbook] : []),
      ].join('   '),
    ]
    for (const fact of facts) terminal.print(`  ${fact}`)
  }
  terminal.print(
    `\n${metric.length + composite.length} alarms, about $${total.toFixed(2)} a month at us-east-1's list prices`,
  )
}
