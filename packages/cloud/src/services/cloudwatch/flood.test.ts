import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  GetMetricWidgetImageCommand,
  ListMetricsCommand,
  PutAnomalyDetectorCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { describe, expect, it } from 'vitest'
import { startTestCloud } from '../../testing.ts'

const NAMESPACE = 'Flood'
const METRICS = 20
const ALARM = {
  AlarmName: 'a',
  Namespace: NAMESPACE,
  MetricName: 'm1',
  Statistic: 'Sum',
  Period: 10,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
} as const

describe('a flood', () => {
  it('loses nothing that was acknowledged, while alarms look at it', async () => {
    const cloud = await startTestCloud()
    const client = new CloudWatchClient(cloud.client)
    const now = Date.now()
    for (let index = 0; index < METRICS; index++) {
      const names = { AlarmName: `a${index}`, MetricName: `m${index}` }
      await client.send(new PutMetricAlarmCommand({ ...ALARM, ...names }))
    }
    let [acknowledged, requests] = [0, 0]
    const put = async () => {
      while (requests < 60) {
        const request = requests++
        const MetricData = Array.from({ length: 1_000 }, (_, index) => ({
          MetricName: `m${index % METRICS}`,
          Value: index,
          Timestamp: new Date(now - request * 60_000),
        }))
        await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }))
        acknowledged += MetricData.length
      }
    }
    await Promise.all([put(), put(), put(), put()])
    let read = 0
    for (let index = 0; index < METRICS; index++) {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: NAMESPACE,
          MetricName: `m${index}`,
          StartTime: new Date(now - 7_200_000),
          EndTime: new Date(now + 60_000),
          Period: 3_600,
          Statistics: ['SampleCount'],
        }),
      )
      for (const { SampleCount = 0 } of Datapoints) read += SampleCount
    }
    expect([acknowledged, read]).toEqual([60_000, 60_000])
    client.destroy()
    await cloud.stop()
  }, 60_000)

  it('is answered by what AWS would answer, also while all is reset and at last stopped', async () => {
    const cloud = await startTestCloud()
    const client = new CloudWatchClient(cloud.client)
    const now = Date.now()
    const range = { StartTime: new Date(now - 3_600_000), EndTime: new Date(now) }
    const search = `SUM(SEARCH('{${NAMESPACE}} m1', 'p99', 60))`
    const commands = [
      () => new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: [{ MetricName: 'm1', Value: 1 }] }),
      () =>
        new GetMetricDataCommand({
          ...range,
          MetricDataQueries: [{ Id: 'e', Expression: search, Period: 60 }],
        }),
      () => new PutMetricAlarmCommand(ALARM),
      () => new DescribeAlarmsCommand({}),
      () => new DescribeAlarmHistoryCommand({}),
      () => new PutAnomalyDetectorCommand({ Namespace: NAMESPACE, MetricName: 'm1', Stat: 'Average' }),
      () => new ListMetricsCommand({}),
      () => new GetMetricWidgetImageCommand({ MetricWidget: `{"metrics":[["${NAMESPACE}","m1"]]}` }),
    ]
    const wrong: string[] = []
    let stopping = false
    const ask = async (command: () => unknown) => {
      while (!stopping) {
        await client.send(command() as PutMetricDataCommand).catch(error => {
          const status = error.$metadata?.httpStatusCode
          // A connection that the end has cut has no status; whoever stops says so.
          const isEnd = stopping && (status === undefined || status === 503)
          if (!isEnd) wrong.push(`${status} ${error.name} ${error.message}`)
        })
      }
    }
    const asking = commands.map(ask)
    for (let reset = 0; reset < 12; reset++) {
      const answer = await fetch(`${cloud.endpoint}/_sonde/reset`, { method: 'POST' })
      expect(answer.ok).toBe(true)
      // Some requests in between.
      await client.send(new ListMetricsCommand({}))
    }
    stopping = true
    // Fails of what was not meant for anybody's answer.
    await cloud.stop()
    await Promise.all(asking)
    expect(wrong).toEqual([])
    client.destroy()
  }, 60_000)
})
