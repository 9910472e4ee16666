/** Metrics through official clients, in the three protocols that CloudWatch speaks: their answers agree. */
import { execFile, execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../../testing.ts'

const MINUTE = 60_000
const TARGET = 'GraniteServiceVersion20100801'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

const PROTOCOLS = {
  awsJson1_0: AwsJson1_0Protocol,
  rpcv2Cbor: AwsSmithyRpcV2CborProtocol,
  awsQuery: AwsQueryProtocol,
}
type Protocol = keyof typeof PROTOCOLS
const NAMES = Object.keys(PROTOCOLS) as Protocol[]

const clientOf = (protocol: Protocol): CloudWatchClient =>
  new CloudWatchClient({ ...cloud.client, protocol: PROTOCOLS[protocol] as never })

const range = () => ({
  StartTime: new Date(cloud.clock.now() - 20 * MINUTE),
  EndTime: new Date(cloud.clock.now() + MINUTE),
  Period: 3_600,
})

const put = (protocol: Protocol, Namespace: string, ...MetricData: MetricDatum[]) =>
  clientOf(protocol).send(new PutMetricDataCommand({ Namespace, MetricData }))

describe.each(NAMES)('metrics in %s', protocol => {
  it('are put in all forms and read back, the same in each protocol', async () => {
    const Namespace = `Forms/${protocol}`
    const Timestamp = new Date(Math.floor((cloud.clock.now() - 3 * MINUTE) / MINUTE) * MINUTE)
    const common = { MetricName: 'é & <M>', Dimensions: [{ Name: 'Model', Value: 'a=b&c' }], Timestamp }
    await put(
      protocol,
      Namespace,
      { ...common, Value: 0.1, Unit: 'Milliseconds' },
      { ...common, Values: [1, 2.5, 5e-324], Counts: [2, 1, 4], Unit: 'Milliseconds' },
      {
        ...common,
        StatisticValues: { SampleCount: 2, Sum: 14, Minimum: 7, Maximum: 7 },
        Unit: 'Milliseconds',
      },
      { ...common, MetricName: 'fast', Value: 3, StorageResolution: 1 },
      { ...common, MetricName: 'huge', Values: [2 ** 360, -(2 ** 360), 9_007_199_254_740_991] },
    )
    const read = async (reader: Protocol, statistics: object, MetricName = common.MetricName) => {
      const { Datapoints = [], Label } = await clientOf(reader).send(
        new GetMetricStatisticsCommand({
          Namespace,
          MetricName,
          Dimensions: common.Dimensions,
          ...range(),
          Period: 60,
          ...statistics,
        }),
      )
      return { Datapoints, Label }
    }
    for (const reader of NAMES) {
      const Statistics = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] as const
      expect(await read(reader, { Statistics })).toEqual({
        Label: 'é & <M>',
        Datapoints: [
          {
            Timestamp,
            Unit: 'Milliseconds',
            SampleCount: 10,
            Sum: 18.6,
            Average: 1.86,
            Minimum: 5e-324,
            Maximum: 7,
          },
        ],
      })
      const extended = await read(reader, { ExtendedStatistics: ['p50', 'p90', 'TM(10%:90%)'] })
      expect(extended.Datapoints).toEqual([
        {
          Timestamp,
          Unit: 'Milliseconds',
          ExtendedStatistics: { p50: 0.1, p90: 7, 'TM(10%:90%)': expect.closeTo(11.6 / 8, 10) },
        },
      ])
      const seconds = await read(reader, { Statistics: ['Sum'], Period: 1 }, 'fast')
      expect(seconds.Datapoints).toEqual([{ Timestamp, Unit: 'None', Sum: 3 }])
      const huge = await read(reader, { Statistics: ['Maximum', 'Minimum'] }, 'huge')
      expect(huge.Datapoints).toMatchObject([{ Maximum: 2 ** 360, Minimum: -(2 ** 360) }])
      const { Metrics = [] } = await clientOf(reader).send(new ListMetricsCommand({ Namespace }))
      expect(Metrics.map(({ MetricName }) => MetricName)).toEqual(['é & <M>', 'fast', 'huge'])
    }
  })

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['2^361', 2 ** 361],
  ])('refuse %s with the error of its shape, and go on', async (_name, Value) => {
    const failure = await put(protocol, 'Absurd', { MetricName: 'M', Value }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      name: 'InvalidParameterValueException',
      message: `The value ${Value} for parameter MetricData.member.1.Value is invalid.`,
    })
    const { Metrics } = await clientOf(protocol).send(new ListMetricsCommand({ Namespace: 'Absurd' }))
    expect(Metrics).toEqual([])
  })

  it('tell what is missing', async () => {
    const failure = await clientOf(protocol)
      .send(new PutMetricDataCommand({ Namespace: 'Absurd', MetricData: [] }))
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({
      name: 'MissingRequiredParameterException',
      message: 'The parameter MetricData is required.',
    })
  })
})

describe('a request as it is on the wire', () => {
  const send = (
    operation: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) =>
    fetch(cloud.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${TARGET}.${operation}`,
        ...headers,
      },
      body,
    })

  it.each(['1e400', '-1e400', '"NaN"', '"Infinity"', '"1"', 'true', '{}', '[]', 'null', '"x"'])(
    'with the value %s is refused',
    async value => {
      const body = `{"Namespace":"Absurd","MetricData":[{"MetricName":"M","Value":${value}}]}`
      const response = await send('PutMetricData', body)
      expect(response.status).toBe(400)
      expect(await response.text()).toMatch(/__type/)
    },
  )

  it.each([
    ['[null]', 'metricData.1.member is null.'],
    [
      '[{"MetricName":"M","Value":1,"Dimensions":[null]}]',
      'metricData.1.member.dimensions.1.member is null.',
    ],
    ['[{"MetricName":"M","Values":[1],"Counts":[null]}]', 'metricData.1.member.counts.1.member is null.'],
    ['[{"MetricName":"M","Value":1,"Counts":[2]}]', 'Value and MetricData.member.1.Counts are mutually'],
    ['[{"MetricName":"M","Value":1,"Timestamp":1e300}]', 'metricData.1.member.timestamp is not a timestamp.'],
    ['[{"MetricName":"","Value":1}]', "Value '' at 'metricData.1.member.metricName' failed"],
    ['[{"MetricName":"M","Value":1,"Unit":"x"}]', "Value 'x' at 'metricData.1.member.unit' failed"],
  ])('with the data %s is refused, saying where', async (data, message) => {
    const response = await send('PutMetricData', `{"Namespace":"Absurd","MetricData":${data}}`)
    expect(response.status).toBe(400)
    expect(JSON.parse(await response.text()).message).toContain(message)
  })

  it.each(['1e400', 'NaN', '-Infinity', '0x10', '1_000', '', 'true'])(
    'with the form value %s is refused',
    async value => {
      const form = new URLSearchParams({
        Action: 'PutMetricData',
        Version: '2010-08-01',
        Namespace: 'Absurd',
        'MetricData.member.1.MetricName': 'M',
        'MetricData.member.1.Value': value,
      })
      const response = await fetch(cloud.endpoint, { method: 'POST', body: form })
      expect(response.status).toBe(400)
      expect(await response.text()).toMatch(/<Code>/)
    },
  )

  it('may be a megabyte, which gzip may make more of; not more', async () => {
    const datum = (name: string) => ({ MetricName: name, Values: Array(150).fill(1_234_567.125) })
    const large = JSON.stringify({
      Namespace: 'Large',
      MetricData: Array.from({ length: 1_000 }, (_, n) => datum(`m${n}`)),
    })
    expect(large.length).toBeGreaterThan(1_048_576)
    const packed = Uint8Array.from(gzipSync(large))
    const refused = await send('PutMetricData', large)
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('1048576 bytes')])
    expect((await send('PutMetricData', packed, { 'content-encoding': 'gzip' })).status).toBe(200)
    const form = new URLSearchParams({ Action: 'PutMetricData', Version: '2010-08-01', Namespace: 'x' })
    for (let n = 1; n < 20_000; n++) form.set(`MetricData.member.${n}.MetricName`, 'a'.repeat(40))
    expect((await fetch(cloud.endpoint, { method: 'POST', body: form })).status).toBe(413)
  })

  it('may hold entities: their metrics are taken, and the answer says that the entities are not', async () => {
    const body = (strict?: boolean) =>
      JSON.stringify({
        Namespace: 'Entities',
        ...(strict !== undefined && { StrictEntityValidation: strict }),
        EntityMetricData: [
          {
            Entity: { KeyAttributes: { Type: 'Service', Name: 's', Environment: 'e' } },
            MetricData: [{ MetricName: 'M', Value: 1 }],
          },
        ],
      })
    const taken = await send('PutMetricData', body(false))
    expect(taken.status).toBe(200)
    expect(taken.headers.get('x-amzn-failure-message')).toBe('InvalidEntity')
    expect(taken.headers.get('x-sonde-ignored')).toBe('EntityMetricData.Entity')
    const { Metrics } = await clientOf('awsJson1_0').send(new ListMetricsCommand({ Namespace: 'Entities' }))
    expect(Metrics).toHaveLength(1)
    const strict = await send('PutMetricData', body(true))
    expect([strict.status, await strict.text()]).toEqual([
      501,
      expect.stringContaining('StrictEntityValidation'),
    ])
    expect((await send('PutMetricData', body())).status).toBe(400)
  })
})

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const run = (command: string, ...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { accessKeyId, secretAccessKey } = cloud.client.credentials
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: cloud.client.region,
    }
    execFile(command, args, { env }, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })

const CLIENT_TIME = 60_000

describe('foreign clients', () => {
  it.skipIf(!has('aws', '--version'))(
    'the AWS CLI puts, lists and reads',
    async () => {
      const metric = ['--namespace', 'Cli', '--metric-name', 'M', '--dimensions']
      await run(
        'aws',
        'cloudwatch',
        'put-metric-data',
        ...metric,
        'Model=a',
        '--value',
        '4.5',
        '--unit',
        'Seconds',
      )
      const { StartTime, EndTime } = range()
      const read = await run(
        'aws',
        'cloudwatch',
        'get-metric-statistics',
        ...metric,
        'Name=Model,Value=a',
        '--start-time',
        StartTime.toISOString(),
        '--end-time',
        EndTime.toISOString(),
        '--period',
        '86400',
        '--extended-statistics',
        'p90',
        '--output',
        'json',
      )
      expect(JSON.parse(read)).toMatchObject({
        Label: 'M',
        Datapoints: [{ Unit: 'Seconds', ExtendedStatistics: { p90: 4.5 } }],
      })
    },
    CLIENT_TIME,
  )

  it.skipIf(!has('python3', '-c', 'import boto3'))(
    'boto3 puts large requests packed, and is told what is wrong',
    async () => {
      const script = `
import boto3, datetime, json
c = boto3.client('cloudwatch')
c.put_metric_data(Namespace='Boto', MetricData=[{'MetricName': 'M', 'Values': [float(v) for v in range(100)], 'Counts': [2.0] * 100} for _ in range(20)])
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
r = c.get_metric_statistics(Namespace='Boto', MetricName='M', StartTime=end - datetime.timedelta(days=1), EndTime=end, Period=86400, ExtendedStatistics=['p90', 'TM(10%:90%)'])
codes = []
for bad in [{'MetricName': 'M', 'Value': float('nan')}, {'MetricName': 'M', 'Values': [1.0], 'Counts': [1.0, 2.0]}, {'MetricName': 'M', 'Value': 1.0, 'Values': [1.0]}]:
    try: c.put_metric_data(Namespace='Boto', MetricData=[bad])
    except c.exceptions.ClientError as e: codes.append(e.response['Error']['Code'])
print(json.dumps([[d['ExtendedStatistics'] for d in r['Datapoints']], codes, len(c.list_metrics(Namespace='Boto')['Metrics'])]))`
      const [points, codes, metrics] = JSON.parse(await run('python3', '-c', script))
      expect(points.at(-1)).toEqual({ p90: 89, 'TM(10%:90%)': 49.5 })
      expect(codes).toEqual(['InvalidParameterValue', 'InvalidParameterValue', 'InvalidParameterCombination'])
      expect(metrics).toBe(1)
    },
    CLIENT_TIME,
  )
})
