import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  PutMetricDataCommand,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../../testing.ts'

const MINUTE = 60_000
const run = promisify(execFile)
const hasBoto3 = await run('python3', ['-c', 'import boto3']).then(
  () => true,
  () => false,
)

let cloud: Awaited<ReturnType<typeof startTestCloud>>
const base = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
const at = (minute: number): Date => new Date(base + minute * MINUTE)

const clientOf = (protocol: unknown): CloudWatchClient =>
  new CloudWatchClient({ ...cloud.client, protocol } as CloudWatchClientConfig)

/** Of a small response time, by the minute. */
const LATENCIES = [
  [120, 80, 95, 210, 60],
  [70, 75, 300],
  [50, 51, 52, 53, 54, 55, 56, 57, 58, 190],
]

beforeAll(async () => {
  cloud = await startTestCloud()
  const client = clientOf(AwsJson1_0Protocol)
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Flights',
      MetricData: LATENCIES.flatMap((Values, minute) => [
        { MetricName: 'Latency', Timestamp: at(minute), Values, Unit: 'Milliseconds' },
        {
          MetricName: 'Requests',
          Timestamp: at(minute),
          Value: Values.length,
          Dimensions: [{ Name: 'Route', Value: 'predict' }],
        },
      ]),
    }),
  )
  client.destroy()
})
afterAll(() => cloud.stop())

const request: GetMetricDataCommandInput = {
  StartTime: at(0),
  EndTime: at(5),
  ScanBy: 'TimestampAscending',
  MetricDataQueries: [
    {
      Id: 'p90',
      MetricStat: { Metric: { Namespace: 'Flights', MetricName: 'Latency' }, Period: 60, Stat: 'p90' },
    },
    { Id: 'slow', Expression: 'IF(p90 > 200, 1, 0)', Label: 'worst ${MAX}' },
    { Id: 'found', Expression: "SEARCH('{Flights, Route} requests', 'Sum', 60)" },
    { Id: 'sql', Expression: 'SELECT COUNT(Latency) FROM Flights', Period: 300 },
  ],
}

describe.each([
  ['JSON', AwsJson1_0Protocol],
  ['CBOR', AwsSmithyRpcV2CborProtocol],
  ['Query', AwsQueryProtocol],
])('GetMetricData in %s', (_name, protocol) => {
  let client: CloudWatchClient
  beforeAll(() => {
    client = clientOf(protocol)
  })
  afterAll(() => client.destroy())

  it('answers metrics, math, a search and Metrics Insights', async () => {
    const { MetricDataResults, Messages = [] } = await client.send(new GetMetricDataCommand(request))
    expect(Messages).toEqual([])
    expect(MetricDataResults).toMatchObject([
      {
        Id: 'p90',
        Label: 'Latency',
        Timestamps: [at(0), at(1), at(2)],
        Values: [210, 300, 58],
        StatusCode: 'Complete',
      },
      { Id: 'slow', Label: 'worst 1', Values: [1, 1, 0] },
      { Id: 'found', Label: 'Requests', Values: [5, 3, 10] },
      { Id: 'sql', Label: 'sql' },
    ])
    const counted = MetricDataResults?.[3]?.Values ?? []
    expect(counted.reduce((sum, value) => sum + value, 0)).toBe(18)
  })

  it('agrees with GetMetricStatistics', async () => {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Flights',
        MetricName: 'Latency',
        StartTime: at(0),
        EndTime: at(5),
        Period: 120,
        ExtendedStatistics: ['p90', 'tm80', 'PR(:100)'],
      }),
    )
    for (const Stat of ['p90', 'tm80', 'PR(:100)']) {
      const { MetricDataResults } = await client.send(
        new GetMetricDataCommand({
          ...request,
          MetricDataQueries: [
            {
              Id: 'a',
              MetricStat: { Metric: { Namespace: 'Flights', MetricName: 'Latency' }, Period: 120, Stat },
            },
          ],
        }),
      )
      const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults ?? []
      const expected = Datapoints.map(({ Timestamp, ExtendedStatistics }) => [
        Timestamp,
        ExtendedStatistics?.[Stat],
      ])
      expect(Values.length).toBeGreaterThan(0)
      expect(Timestamps.map((time, index) => [time, Values[index]])).toEqual(
        expected.sort(([a], [b]) => Number(a) - Number(b)),
      )
    }
  })

  it('is paged by the official paginator', async () => {
    const values: number[] = []
    const { MaxDatapoints, ...input } = { ...request, MaxDatapoints: 2 }
    const pages = paginateGetMetricData(
      { client, pageSize: MaxDatapoints },
      {
        ...input,
        MetricDataQueries: input.MetricDataQueries?.slice(0, 1),
      },
    )
    for await (const { MetricDataResults } of pages) values.push(...(MetricDataResults?.[0]?.Values ?? []))
    expect(values).toEqual([210, 300, 58])
  })

  it('refuses an expression with the code ValidationError', async () => {
    const answer = client.send(
      new GetMetricDataCommand({ ...request, MetricDataQueries: [{ Id: 'e1', Expression: 'AVERAGE(m1)' }] }),
    )
    await expect(answer).rejects.toMatchObject({
      message: "Error in expression 'e1': Function 'AVERAGE' not found",
      $metadata: { httpStatusCode: 400 },
    })
  })

  it('refuses a token that is none', async () => {
    const answer = client.send(new GetMetricDataCommand({ ...request, NextToken: 'none' }))
    await expect(answer).rejects.toMatchObject({
      name: 'InvalidNextToken',
      message: 'The next token specified is invalid.',
    })
  })
})

const PROGRAM = `
import boto3, json, sys
cloudwatch = boto3.client('cloudwatch')
start, end = json.loads(sys.argv[1])
queries = [
  {'Id': 'm1', 'MetricStat': {'Metric': {'Namespace': 'Flights', 'MetricName': 'Latency'}, 'Period': 60, 'Stat': 'p90'}, 'ReturnData': False},
  {'Id': 'e1', 'Expression': 'SUM([m1, m1]) / 2'},
]
pages = cloudwatch.get_paginator('get_metric_data').paginate(
  MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy='TimestampAscending',
  PaginationConfig={'PageSize': 2})
print(json.dumps([float(value) for page in pages for value in page['MetricDataResults'][0]['Values']]))
try:
  cloudwatch.get_metric_data(MetricDataQueries=[{'Id': 'e1', 'Expression': 'm1 +'}], StartTime=start, EndTime=end)
except cloudwatch.exceptions.ClientError as error:
  print(error.response['Error']['Code'], error.response['Error']['Message'])
`

describe('boto3', () => {
  it.skipIf(!hasBoto3)('pages through expressions, and knows their errors', async () => {
    const times = JSON.stringify([at(0).getTime() / 1_000, at(5).getTime() / 1_000])
    const { stdout } = await run('python3', ['-c', PROGRAM, times], {
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: cloud.endpoint,
        AWS_ACCESS_KEY_ID: cloud.client.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: cloud.client.region,
      },
    })
    expect(stdout.split('\n')).toEqual([
      '[210.0, 300.0, 58.0]',
      "ValidationError Error in expression 'e1': Syntax error at character 5: unexpected end of the expression",
      '',
    ])
  })
})
