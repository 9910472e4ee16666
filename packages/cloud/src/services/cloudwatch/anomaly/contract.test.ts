import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DeleteAnomalyDetectorCommand,
  DescribeAlarmsCommand,
  DescribeAnomalyDetectorsCommand,
  GetMetricDataCommand,
  PutAnomalyDetectorCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../../testing.ts'

const run = promisify(execFile)
const hasBoto3 = await run('python3', ['-c', 'import boto3']).then(
  () => true,
  () => false,
)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEP = 5 * MINUTE

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let now: number
const metric = { Namespace: 'Flights', MetricName: 'Latency' }
const single = { ...metric, Stat: 'Average' }

/** 100 by night, 200 by day, and some noise that is the same in each run. */
const latency = (time: number): number => {
  const noise = ((time / STEP) * 7919) % 11
  return (new Date(time).getUTCHours() < 12 ? 100 : 200) + noise
}

const putData = async (
  client: CloudWatchClient,
  from: number,
  to: number,
  value = latency,
): Promise<void> => {
  const times = Array.from({ length: Math.ceil((to - from) / STEP) }, (_, index) => from + index * STEP)
  for (let at = 0; at < times.length; at += 1_000) {
    const MetricData = times
      .slice(at, at + 1_000)
      .map(time => ({ MetricName: 'Latency', Timestamp: new Date(time), Value: value(time) }))
    await client.send(new PutMetricDataCommand({ Namespace: 'Flights', MetricData }))
  }
}

const clientOf = (protocol: unknown) =>
  new CloudWatchClient({ ...cloud.client, protocol } as CloudWatchClientConfig)

const bandOf = async (client: CloudWatchClient, Period: number) => {
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - DAY),
      EndTime: new Date(now),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        { Id: 'm1', MetricStat: { Metric: metric, Period, Stat: 'Average' }, ReturnData: false },
        { Id: 'low', Expression: 'LAST(ad1)' },
        { Id: 'high', Expression: 'FIRST(ad1)' },
        { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 3)', ReturnData: false },
      ],
    }),
  )
  const [low, high] = MetricDataResults ?? []
  return { times: low?.Timestamps ?? [], low: low?.Values ?? [], high: high?.Values ?? [] }
}

beforeAll(async () => {
  cloud = await startTestCloud()
  now = Math.ceil(Date.now() / DAY) * DAY
  cloud.clock.step(now)
  const client = clientOf(AwsJson1_0Protocol)
  await putData(client, now - 14 * DAY + STEP, now)
  client.destroy()
})
afterAll(() => cloud.stop())

describe.each([
  ['JSON', AwsJson1_0Protocol],
  ['CBOR', AwsSmithyRpcV2CborProtocol],
  ['Query', AwsQueryProtocol],
])('an anomaly detector in %s', (_name, protocol) => {
  let client: CloudWatchClient
  beforeAll(() => {
    client = clientOf(protocol)
  })
  afterAll(() => client.destroy())

  it('is put, trained, described, asked for its band and deleted', async () => {
    const Configuration = {
      ExcludedTimeRanges: [{ StartTime: new Date(now - 3 * DAY), EndTime: new Date(now - 2 * DAY) }],
      MetricTimezone: 'Europe/Berlin',
    }
    const { AnomalyDetectorId } = await client.send(
      new PutAnomalyDetectorCommand({ SingleMetricAnomalyDetector: single, Configuration }),
    )
    await cloud.clock.advance(0)
    const { AnomalyDetectors } = await client.send(
      new DescribeAnomalyDetectorsCommand({ MetricName: 'Latency' }),
    )
    expect(AnomalyDetectors).toEqual([
      {
        AnomalyDetectorId,
        ...single,
        Dimensions: [],
        SingleMetricAnomalyDetector: { AccountId: '123456789012', ...single, Dimensions: [] },
        Configuration,
        StateValue: 'TRAINED',
      },
    ])
    const { times, low, high } = await bandOf(client, 300)
    expect(times).toHaveLength(288)
    const outside = times.filter((time, index) => {
      const value = latency(time.getTime())
      return value < (low[index] ?? 0) || value > (high[index] ?? 0)
    })
    // Around noon and midnight the level jumps within an hour; elsewhere all is inside.
    expect(outside.length).toBeLessThan(18)
    await client.send(new DeleteAnomalyDetectorCommand({ SingleMetricAnomalyDetector: single }))
    await expect(
      client.send(new DeleteAnomalyDetectorCommand({ SingleMetricAnomalyDetector: single })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } })
    expect((await bandOf(client, 300)).times).toEqual([])
  })
})

describe('an alarm on a band', () => {
  it('makes its detector, and goes off where a value leaves the band', async () => {
    const client = clientOf(AwsJson1_0Protocol)
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'unusual',
        ComparisonOperator: 'GreaterThanUpperThreshold',
        EvaluationPeriods: 1,
        ThresholdMetricId: 'ad1',
        Metrics: [
          { Id: 'm1', MetricStat: { Metric: metric, Period: 300, Stat: 'Average' }, ReturnData: true },
          { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 3)', ReturnData: true },
        ],
      }),
    )
    const stateOf = async () =>
      (await client.send(new DescribeAlarmsCommand({ AlarmNames: ['unusual'] }))).MetricAlarms?.[0]
        ?.StateValue
    await putData(client, now, now + HOUR)
    await cloud.clock.advance(30 * MINUTE)
    const { AnomalyDetectors } = await client.send(new DescribeAnomalyDetectorsCommand({}))
    expect(AnomalyDetectors).toMatchObject([{ ...metric, StateValue: 'TRAINED' }])
    expect(await stateOf()).toBe('OK')
    await putData(client, now + HOUR, now + 2 * HOUR, () => 400)
    await cloud.clock.advance(45 * MINUTE)
    expect(await stateOf()).toBe('ALARM')
    client.destroy()
  })
})

describe.skipIf(!hasBoto3)('boto3', () => {
  it('puts and describes detectors', async () => {
    const script = `
import boto3, json
c = boto3.client('cloudwatch')
d = dict(Namespace='Py', MetricName='M', Dimensions=[dict(Name='A', Value='b')], Stat='p90')
c.put_anomaly_detector(SingleMetricAnomalyDetector=d)
found = c.describe_anomaly_detectors(Namespace='Py')['AnomalyDetectors'][0]
print(json.dumps([found['SingleMetricAnomalyDetector']['Stat'], found['Configuration']['ExcludedTimeRanges']]))
try:
    c.put_anomaly_detector(Namespace='Py', SingleMetricAnomalyDetector=d)
except c.exceptions.InvalidParameterCombinationException as error:
    print(error.response['Error']['Code'])
`
    const { stdout } = await run('python3', ['-c', script], {
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: cloud.endpoint,
        AWS_ACCESS_KEY_ID: cloud.client.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: cloud.client.region,
      },
    })
    expect(stdout.trim().split('\n')).toEqual(['["p90", []]', 'InvalidParameterCombination'])
  })
})
