import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../../testing.ts'

const run = promisify(execFile)

const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: 'latency',
  Namespace: 'Test',
  MetricName: 'Latency',
  ExtendedStatistic: 'p90',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 200,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
}

describe('alarms through official clients', () => {
  let cloud: Awaited<ReturnType<typeof startTestCloud>>
  let client: CloudWatchClient
  beforeAll(async () => {
    cloud = await startTestCloud()
    cloud.clock.step(Date.UTC(2099, 0, 1, 12))
    client = new CloudWatchClient(cloud.client)
  })
  afterAll(() => cloud.stop())

  const minute = async (values: readonly number[]): Promise<void> => {
    const Timestamp = new Date(cloud.clock.now())
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Test',
        MetricData: values.map(Value => ({ MetricName: 'Latency', Value, Timestamp })),
      }),
    )
    await cloud.clock.advance(60_000)
  }
  const stateOf = async (AlarmName: string) => {
    const types = ['MetricAlarm', 'CompositeAlarm'] as const
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [AlarmName], AlarmTypes: [...types] }),
    )
    return [...MetricAlarms, ...CompositeAlarms][0]?.StateValue
  }

  it('watch a percentile, raise what is above them and publish to a topic of their account', async () => {
    const { TopicArn = '' } = await new SNSClient(cloud.client).send(new CreateTopicCommand({ Name: 'ops' }))
    await client.send(new PutMetricAlarmCommand({ ...ALARM, AlarmActions: [TopicArn] }))
    await client.send(new PutCompositeAlarmCommand({ AlarmName: 'page', AlarmRule: 'ALARM("latency")' }))
    await minute([100, 100, 100, 100, 100, 100, 100, 100, 100, 900])
    expect([await stateOf('latency'), await stateOf('page')]).toEqual(['OK', 'OK'])
    await minute([100, 100, 100, 100, 100, 100, 100, 100, 900, 900])
    expect([await stateOf('latency'), await stateOf('page')]).toEqual(['ALARM', 'ALARM'])
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'latency', HistoryItemType: 'Action' }),
    )
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      `Successfully executed action ${TopicArn}`,
    ])
  })

  it('evaluate metric math', async () => {
    const { Namespace, MetricName } = ALARM
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'math',
        EvaluationPeriods: 1,
        Threshold: 100,
        ComparisonOperator: 'GreaterThanThreshold',
        Metrics: [
          { Id: 'e', Expression: 'FILL(m, 0) * 2' },
          {
            Id: 'm',
            ReturnData: false,
            MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: 'Sum' },
          },
        ],
      }),
    )
    await minute([50])
    expect(await stateOf('math')).toBe('OK')
    await minute([51])
    expect(await stateOf('math')).toBe('ALARM')
  })

  it('answer unknown and malformed requests with the errors of the model', async () => {
    const errorOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: Error) => error)
    const unknown = { AlarmName: 'none', StateValue: 'OK', StateReason: '' } as const
    expect((await errorOf(client.send(new SetAlarmStateCommand(unknown))))?.name).toBe('ResourceNotFound')
    const bad = { AlarmName: 'latency', StateReason: '', StateReasonData: '{' }
    expect((await errorOf(client.send(new SetAlarmStateCommand({ ...bad, StateValue: 'OK' }))))?.name).toBe(
      'InvalidFormatFault',
    )
    const enumeration = await errorOf(
      client.send(new SetAlarmStateCommand({ ...bad, StateValue: 'INVALID' as 'OK' })),
    )
    expect(enumeration?.message).toBe(
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    )
    expect((await errorOf(client.send(new DescribeAlarmsCommand({ NextToken: 'x' }))))?.name).toBe(
      'InvalidNextToken',
    )
    const promql = {
      AlarmName: 'p',
      EvaluationInterval: 60,
      ComparisonOperator: 'GreaterThanThreshold',
    } as const
    expect((await errorOf(client.send(new PutMetricAlarmCommand(promql))))?.message).toContain(
      'EvaluationInterval',
    )
  })

  it.each<[Partial<PutMetricAlarmCommandInput>, string]>([
    [{ Period: 45 }, 'Period must be 10, 20, 30 or a multiple of 60'],
    [{ DatapointsToAlarm: 2 }, 'DatapointsToAlarm must be less than or equal to EvaluationPeriods'],
    [
      { EvaluationPeriods: 1_441 },
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)',
    ],
    [
      { AlarmActions: ['arn:aws:sns:us-west-2:123456789012:t'] },
      'Invalid region us-west-2 specified. Only eu-west-1 is supported.',
    ],
    [{ Statistic: 'Sum' }, 'Statistic and ExtendedStatistic cannot both be set'],
    [{ Metrics: [{ Id: 'a', Expression: '1' }] }, 'MetricName must not be set if a list of Metrics is set'],
    [{ ExtendedStatistic: 'p900' }, 'The value p900 for parameter ExtendedStatistic is not supported.'],
    [{ AlarmName: 'a\nb' }, 'AlarmName must not contain ASCII control characters'],
  ])('refuse %j', async (changes, message) => {
    const error = await client
      .send(new PutMetricAlarmCommand({ ...ALARM, ...changes }))
      .catch((e: Error) => e)
    expect((error as Error).message).toBe(message)
  })

  it('come in pages by name, and go', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `page-${index}`)
    for (const AlarmName of names) await client.send(new PutMetricAlarmCommand({ ...ALARM, AlarmName }))
    const seen: Array<string | undefined> = []
    for await (const page of paginateDescribeAlarms({ client, pageSize: 3 }, { AlarmNamePrefix: 'page-' })) {
      seen.push(...(page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName))
    }
    expect(seen).toEqual(names)
    const error = await client
      .send(new DeleteAlarmsCommand({ AlarmNames: [...names, 'unknown'] }))
      .catch((e: Error) => e)
    expect((error as Error).name).toBe('ResourceNotFound')
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'page-' }))
    expect(MetricAlarms).toEqual([])
  })

  const environment = () => ({
    ...process.env,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: cloud.client.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: cloud.client.region,
  })

  it.skipIf(spawnSync('aws', ['--version']).status !== 0)('agree with the AWS CLI', async () => {
    const options = { env: environment() }
    await run(
      'aws',
      [
        'cloudwatch',
        'set-alarm-state',
        '--alarm-name',
        'latency',
        '--state-value',
        'OK',
        '--state-reason',
        'cli',
      ],
      options,
    )
    const { stdout } = await run(
      'aws',
      ['cloudwatch', 'describe-alarms', '--alarm-names', 'latency'],
      options,
    )
    expect(JSON.parse(stdout).MetricAlarms).toMatchObject([
      { StateValue: 'OK', StateReason: 'cli', Threshold: 200 },
    ])
  })

  it.skipIf(spawnSync('python3', ['-c', 'import boto3']).status !== 0)('agree with boto3', async () => {
    const script = [
      'import boto3, json',
      'c = boto3.client("cloudwatch")',
      'c.put_alarm_mute_rule(Name="m", Rule={"Schedule": {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H"}}, MuteTargets={"AlarmNames": ["latency"]})',
      'print(json.dumps([c.list_alarm_mute_rules()["AlarmMuteRuleSummaries"][0]["Status"], c.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["AlarmName"]]))',
    ].join('\n')
    const { stdout } = await run('python3', ['-c', script], { env: environment() })
    expect(JSON.parse(stdout)).toEqual(['SCHEDULED', 'page'])
  })
})
