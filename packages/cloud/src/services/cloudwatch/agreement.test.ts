/**
 * Every official client puts the same random values and alarms and reads all that the others have put: their answers are
 * the same, and those that the definitions of the statistics give.
 */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../testing.ts'

const run = promisify(execFile)
const NAMESPACE = 'Agreement'
const HOUR = 3_600_000
/** An hour that has fully passed, so that no test straddles two. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR

/** Multiples of 1/8, which sum up exactly in any order. */
const [VALUES = []] = fc.sample(
  fc.array(
    fc.integer({ min: 0, max: 4_000 }).map(eighths => eighths / 8),
    { minLength: 333, maxLength: 333 },
  ),
  { numRuns: 1, seed: 20_261_123 },
)
const SORTED = VALUES.toSorted((a, b) => a - b)
const COUNT = SORTED.length

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
/** Per mille, so that ranks are computed in whole numbers. */
const rank = (perMille: number): number => Math.ceil((perMille * COUNT) / 1_000)
const between = (low: number, high: number): number[] => SORTED.slice(rank(low), rank(high))
const at = (perMille: number): number => SORTED[Math.max(rank(perMille), 1) - 1] ?? Number.NaN
const within = (low: number, high: number): number[] => SORTED.filter(value => value > low && value <= high)
const clamped = (low: number, high: number): number[] =>
  SORTED.map(value => Math.min(Math.max(value, low), high))

const EXPECTED: Readonly<Record<string, number>> = {
  SampleCount: COUNT,
  Sum: sum(SORTED),
  Average: mean(SORTED),
  Minimum: at(0),
  Maximum: at(1_000),
  p0: at(0),
  p50: at(500),
  p90: at(900),
  'p99.9': at(999),
  p100: at(1_000),
  tm90: mean(between(0, 900)),
  'TM(10%:90%)': mean(between(100, 900)),
  'TM(100:400)': mean(within(100, 400)),
  IQM: mean(between(250, 750)),
  wm95: mean(clamped(0, at(950))),
  'WM(5%:95%)': mean(clamped(at(50), at(950))),
  'WM(50:450)': mean(clamped(50, 450)),
  tc80: between(0, 800).length,
  'TC(:200)': within(-1, 200).length,
  'TS(12.5%:80%)': sum(between(125, 800)),
  'PR(:300)': (100 * within(-1, 300).length) / COUNT,
}

/** Every statistic of every client's metric. */
const queries = () =>
  present.flatMap(({ name: MetricName }) =>
    Object.keys(EXPECTED).map((Stat, index) => ({
      Id: `${MetricName}_${index}`,
      MetricStat: { Metric: { Namespace: NAMESPACE, MetricName }, Period: 3_600, Stat },
    })),
  )

/** In requests of what one datum may hold. */
const dataOf = (MetricName: string) =>
  [0, 150, 300].map(from => ({
    MetricName,
    Values: VALUES.slice(from, from + 150),
    Timestamp: new Date(START + from * 1_000),
  }))

const alarmOf = (AlarmName: string) => ({
  AlarmName,
  AlarmDescription: 'größer <&> "quoted"',
  Namespace: NAMESPACE,
  MetricName: AlarmName,
  ExtendedStatistic: 'TM(10%:90%)',
  Period: 3_600,
  EvaluationPeriods: 12,
  DatapointsToAlarm: 1,
  Threshold: 0.1,
  ComparisonOperator: 'GreaterThanThreshold' as const,
  Dimensions: [],
})

/** What a client makes of the answers. */
interface Client {
  readonly name: string
  put(): Promise<void>
  /** Of all queries, one after the other. */
  values(): Promise<unknown>
  alarms(): Promise<unknown>
}

const NAMES = ['json', 'cbor', 'query', 'boto3', 'cli']
let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

const plain = (alarms: readonly MetricAlarm[] | undefined) =>
  (alarms ?? []).map(alarm => ({
    ...alarm,
    AlarmConfigurationUpdatedTimestamp: alarm.AlarmConfigurationUpdatedTimestamp?.getTime(),
    StateUpdatedTimestamp: alarm.StateUpdatedTimestamp?.getTime(),
    StateTransitionedTimestamp: alarm.StateTransitionedTimestamp?.getTime(),
  }))

const javascript = (name: string, protocol: unknown): Client => {
  const client = () => new CloudWatchClient({ ...cloud.client, protocol } as CloudWatchClientConfig)
  return {
    name,
    put: async () => {
      await client().send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData: dataOf(name) }))
      await client().send(new PutMetricAlarmCommand(alarmOf(name)))
    },
    values: async () => {
      const { MetricDataResults } = await client().send(
        new GetMetricDataCommand({
          MetricDataQueries: queries(),
          StartTime: new Date(START),
          EndTime: new Date(START + HOUR),
        }),
      )
      return MetricDataResults?.map(({ Values }) => Values)
    },
    alarms: async () => plain((await client().send(new DescribeAlarmsCommand({}))).MetricAlarms),
  }
}

const environment = () => ({
  ...process.env,
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_ACCESS_KEY_ID: cloud.client.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: cloud.client.region,
  AWS_PAGER: '',
})

const BOTO3 = `
import boto3, json, sys
cloudwatch = boto3.client('cloudwatch')
operation, given = sys.argv[1], json.loads(sys.argv[2])
answer = getattr(cloudwatch, operation)(**given)
answer.pop('ResponseMetadata')
print(json.dumps(answer, default=lambda time: round(time.timestamp() * 1000)))
`

/** The AWS CLI prints seconds or ISO 8601, by its version and settings; our boto3 program milliseconds. */
const time = (printed: unknown): unknown => {
  if (typeof printed === 'string') return Date.parse(printed)
  return typeof printed === 'number' && printed < 1e11 ? Math.round(printed * 1_000) : printed
}

/** One that is called with an operation's name and its input as JSON, and prints its answer as JSON. */
const foreign = (name: string, call: (operation: string, input: object) => Promise<string>): Client => {
  const ask = async (operation: string, input: object): Promise<Record<string, never>> =>
    JSON.parse((await call(operation, input)) || '{}')
  return {
    name,
    put: async () => {
      await ask('put_metric_data', { Namespace: NAMESPACE, MetricData: dataOf(name) })
      await ask('put_metric_alarm', alarmOf(name))
    },
    values: async () => {
      const { MetricDataResults } = await ask('get_metric_data', {
        MetricDataQueries: queries(),
        StartTime: new Date(START),
        EndTime: new Date(START + HOUR),
      })
      return (MetricDataResults as unknown as Array<{ Values: number[] }>).map(({ Values }) => Values)
    },
    alarms: async () => {
      const { MetricAlarms } = await ask('describe_alarms', {})
      return (MetricAlarms as unknown as Array<Record<string, unknown>>).map(alarm => ({
        ...alarm,
        AlarmConfigurationUpdatedTimestamp: time(alarm.AlarmConfigurationUpdatedTimestamp),
        StateUpdatedTimestamp: time(alarm.StateUpdatedTimestamp),
        StateTransitionedTimestamp: time(alarm.StateTransitionedTimestamp),
      }))
    },
  }
}

const CLIENTS: Client[] = [
  javascript('json', AwsJson1_0Protocol),
  javascript('cbor', AwsSmithyRpcV2CborProtocol),
  javascript('query', AwsQueryProtocol),
  foreign('boto3', async (operation, input) => {
    const args = ['-c', BOTO3, operation, JSON.stringify(input)]
    return (await run('python3', args, { env: environment() })).stdout
  }),
  foreign('cli', async (operation, input) => {
    const command = ['cloudwatch', operation.replaceAll('_', '-')]
    const args = [...command, '--cli-input-json', JSON.stringify(input), '--output', 'json']
    return (await run('aws', args, { env: environment() })).stdout
  }),
]
const HAS: Readonly<Record<string, boolean>> = {
  boto3: spawnSync('python3', ['-c', 'import boto3']).status === 0,
  cli: spawnSync('aws', ['--version']).status === 0,
}
const present = CLIENTS.filter(({ name }) => HAS[name] ?? true)

describe('what any client puts', () => {
  beforeAll(async () => {
    for (const client of present) await client.put()
    const headers = { 'content-type': 'application/json' }
    // Alarms of half a day are evaluated by the minute.
    const body = JSON.stringify({ mode: 'stepped', advance: 120_000 })
    const answer = await fetch(`${cloud.endpoint}/_sonde/clock`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
  }, 60_000)

  it.each(NAMES)(
    'is read exactly by %s',
    async name => {
      const client = present.find(candidate => candidate.name === name)
      if (!client) return expect(HAS[name]).toBe(false)
      const values = (await client.values()) as number[][]
      const named = values.map((value, index) => [
        queries()[index]?.Id,
        queries()[index]?.MetricStat.Stat,
        value,
      ])
      expect(named).toEqual(
        queries().map(({ Id, MetricStat: { Stat } }) => [Id, Stat, [expect.closeTo(EXPECTED[Stat] ?? 0, 9)]]),
      )
    },
    60_000,
  )

  it('raises alarms that each describes alike', async () => {
    const names = present.map(({ name }) => name).toSorted()
    const [first, ...others] = await Promise.all(present.map(client => client.alarms()))
    expect(first).toEqual(
      names.map(name => expect.objectContaining({ ...alarmOf(name), StateValue: 'ALARM' })),
    )
    for (const other of others) expect(other).toEqual(first)
  }, 60_000)
})
