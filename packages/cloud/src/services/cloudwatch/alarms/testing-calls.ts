/** What tests of alarms call again and again. */
import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsOutput,
} from '@aws-sdk/client-cloudwatch'
import { type Harness, TOPIC } from './testing.ts'

const MINUTE = 60_000

/** A metric alarm on the sum of `runs`, below 1 in 5 minutes, unless `changes` say otherwise. */
export const put = (harness: Harness, name: string, changes: object = {}): void => {
  harness.call('PutMetricAlarm', {
    AlarmName: name,
    MetricName: 'runs',
    Namespace: 'n',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 5,
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    AlarmActions: [TOPIC],
    ...changes,
  })
}

/** From old to new. */
export const history = (
  harness: Harness,
  name: string,
  type?: AlarmHistoryItem['HistoryItemType'],
): AlarmHistoryItem[] => {
  const output = harness.call('DescribeAlarmHistory', {
    AlarmName: name,
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    HistoryItemType: type,
    ScanBy: 'TimestampAscending',
  }) as DescribeAlarmHistoryOutput
  return output.AlarmHistoryItems ?? []
}

export const summaries = (harness: Harness, name: string, type?: AlarmHistoryItem['HistoryItemType']) =>
  history(harness, name, type).map(({ HistorySummary }) => HistorySummary)

export const described = (harness: Harness, name: string) => {
  const output = harness.call('DescribeAlarms', { AlarmNames: [name] }) as DescribeAlarmsOutput
  return output.MetricAlarms?.[0]
}

/** One run in each minute up to `until`, then none: `minutes` minutes in all, each told its states. */
export const silence = async (harness: Harness, names: readonly string[], until: number, minutes: number) => {
  const seen: string[] = []
  for (let minute = 0; minute < minutes; minute++) {
    if (minute < until) harness.metrics.put('runs', harness.clock.now() + 1_000, 1)
    await harness.clock.advance(MINUTE)
    seen.push(names.map(name => harness.state(name)).join(' '))
  }
  return seen
}
