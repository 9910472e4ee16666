/** The watch around the reference architecture, on a clock that is stepped while functions and model really run. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { predict } from './load.ts'
import { type RunningApp, startApp } from './running-app.ts'

const SERVICE = '000000000000'
const CHECKS = '111111111111'
const MINUTE = 60_000
const REQUEST = { origin: 'JFK', destination: 'SFO', departure: '2001-06-15T17:30' }
const PREDICTIONS = 40

const state = mkdtempSync(join(tmpdir(), 'sonde-watch-'))
let app: RunningApp
let names: Record<string, string>
/** Where the clock stood at first, ms since the epoch. */
let start: number

const options = (account: string) => ({
  endpoint: app.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: account, secretAccessKey: 'local' },
})

const sonde = async <T>(path: string, init?: RequestInit): Promise<T> => {
  const response = await fetch(`${app.endpoint}/_sonde/${path}`, init)
  expect(response.ok, await response.clone().text()).toBe(true)
  return (response.status === 204 ? undefined : await response.json()) as T
}
const post = <T>(path: string, body: object): Promise<T> =>
  sonde(path, { method: 'POST', body: JSON.stringify(body) })

const now = async (): Promise<number> => (await sonde<{ now: number }>('clock')).now
const minutes = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute++) await post('clock', { advance: MINUTE })
}

beforeAll(async () => {
  app = await startApp(state)
  start = Math.ceil((await now()) / MINUTE) * MINUTE
  await post('clock', { mode: 'stepped', at: new Date(start).toISOString() })
  const { Stacks } = await new CloudFormationClient(options(SERVICE)).send(
    new DescribeStacksCommand({ StackName: 'FlightDelay' }),
  )
  names = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  )
})
afterAll(async () => {
  await app?.end('SIGTERM')
  rmSync(state, { recursive: true, force: true })
})

type Dimensions = Readonly<Record<string, string>>

/** A statistic over all that has happened, in one value; 0 where there is no datapoint. */
const over = async (
  namespace: string,
  name: string,
  dimensions: Dimensions,
  statistic = 'Sum',
  account = SERVICE,
): Promise<number> => {
  const end = Math.ceil(((await now()) + 1) / MINUTE) * MINUTE
  const { MetricDataResults = [] } = await new CloudWatchClient(options(account)).send(
    new GetMetricDataCommand({
      StartTime: new Date(start - 60 * MINUTE),
      EndTime: new Date(end),
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: name,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 60,
            Stat: statistic,
          },
        },
      ],
    }),
  )
  const values = MetricDataResults[0]?.Values ?? []
  return statistic === 'Maximum' || statistic.startsWith('p')
    ? Math.max(0, ...values)
    : values.reduce((sum, value) => sum + value, 0)
}

const api = (): Dimensions => ({ ApiName: 'FlightDelay', Stage: 'prod' })
const method = (): Dimensions => ({ ...api(), Resource: '/predictions', Method: 'POST' })
const lambda = (): Dimensions => ({ FunctionName: names.FunctionName ?? '' })
const table = (): Dimensions => ({ TableName: names.TableName ?? '' })
const lookUp = (): Dimensions => ({ ...table(), Operation: 'BatchGetItem' })
const endpoint = (): Dimensions => ({ EndpointName: names.EndpointName ?? '', VariantName: 'AllTraffic' })
const check = { Service: 'FlightDelay' }

/** What shows that something is wrong, and where. */
const TROUBLE = {
  'gateway 4XX': () => over('AWS/ApiGateway', '4XXError', api()),
  'gateway 5XX': () => over('AWS/ApiGateway', '5XXError', api()),
  'function errors': () => over('AWS/Lambda', 'Errors', lambda()),
  'function throttles': () => over('AWS/Lambda', 'Throttles', lambda()),
  'table errors': () => over('AWS/DynamoDB', 'SystemErrors', lookUp()),
  'table throttles': () => over('AWS/DynamoDB', 'ReadThrottleEvents', table()),
  'model 4XX': () => over('AWS/SageMaker', 'Invocation4XXErrors', endpoint()),
  'model errors': () => over('AWS/SageMaker', 'InvocationModelErrors', endpoint()),
} as const

const trouble = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(TROUBLE).map(async ([name, read]) => [name, await read()] as const)),
  )

describe('a service under load', () => {
  it('fills every metric by itself, and all of them tell the same', async () => {
    for (let sent = 0; sent < PREDICTIONS; sent++) expect((await predict(app.url, REQUEST)).status).toBe(200)
    expect((await predict(app.url, { ...REQUEST, origin: 'XXX' })).status).toBe(400)
    await minutes(3)

    const checks = await over('Sonde/HealthCheck', 'Availability', check)
    expect(checks).toBeGreaterThanOrEqual(2)
    const predictions = PREDICTIONS + checks
    const requests = predictions + 1
    for (const dimensions of [api(), { ApiName: 'FlightDelay' }, method()]) {
      expect(await over('AWS/ApiGateway', 'Count', dimensions, 'SampleCount')).toBe(requests)
    }
    expect(await over('AWS/ApiGateway', 'Latency', api(), 'SampleCount')).toBe(requests)
    expect(await over('AWS/ApiGateway', 'IntegrationLatency', api(), 'p90')).toBeGreaterThan(0)
    expect(await over('AWS/Lambda', 'Invocations', lambda())).toBe(requests)
    expect(await over('AWS/Lambda', 'Duration', lambda(), 'SampleCount')).toBe(requests)
    expect(await over('AWS/Lambda', 'ConcurrentExecutions', lambda(), 'Maximum')).toBeGreaterThanOrEqual(1)
    expect(
      await over('AWS/DynamoDB', 'SuccessfulRequestLatency', lookUp(), 'SampleCount'),
    ).toBeGreaterThanOrEqual(predictions)
    expect(await over('AWS/DynamoDB', 'ConsumedReadCapacityUnits', table())).toBeGreaterThan(predictions)
    expect(await over('AWS/SageMaker', 'Invocations', endpoint())).toBe(predictions)
    expect(await over('AWS/SageMaker', 'InvocationsPerInstance', endpoint())).toBe(predictions)
    const modelLatency = await over('AWS/SageMaker', 'ModelLatency', endpoint(), 'p90')
    // Microseconds: between a tenth of a millisecond and a second.
    expect(modelLatency).toBeGreaterThan(100)
    expect(modelLatency).toBeLessThan(1_000_000)
    expect(await over('AWS/SageMaker', 'OverheadLatency', endpoint(), 'SampleCount')).toBe(predictions)
    for (const name of ['CPUUtilization', 'MemoryUtilization', 'DiskUtilization']) {
      expect(await over('/aws/sagemaker/Endpoints', name, endpoint(), 'Maximum'), name).toBeGreaterThan(0)
    }
    expect(await over('AWS/Logs', 'IncomingLogEvents', {})).toBeGreaterThan(requests)
    expect(await trouble()).toEqual({
      ...Object.fromEntries(Object.keys(TROUBLE).map(name => [name, 0])),
      'gateway 4XX': 1,
    })
  })

  it('is checked from another account, which counts there and here', async () => {
    const here = await over('Sonde/HealthCheck', 'Availability', check)
    expect(here).toBeGreaterThanOrEqual(2)
    expect(await over('Sonde/HealthCheck', 'Availability', check, 'Sum', CHECKS)).toBe(here)
    expect(await over('Sonde/HealthCheck', 'Failures', check, 'Sum', CHECKS)).toBe(0)
  })

  it('without its model server shows that in the metrics of the model and the edge alone', async () => {
    const before = await trouble()
    for (const pid of app.children('server.ts')) process.kill(pid, 'SIGKILL')
    // Until it has been started again.
    let failed = 0
    while ((await predict(app.url, REQUEST)).status !== 200) failed++
    expect(failed).toBeGreaterThan(0)
    await minutes(1)
    const after = await trouble()
    const more = Object.fromEntries(
      Object.keys(TROUBLE).map(name => [name, (after[name] ?? 0) - (before[name] ?? 0)]),
    )
    expect(more).toEqual({
      ...Object.fromEntries(Object.keys(TROUBLE).map(name => [name, 0])),
      'gateway 5XX': expect.toSatisfy(count => count >= failed),
      'model errors': expect.toSatisfy(count => count > 0),
    })
  })
})

interface Mail {
  readonly subject: string
  readonly body: string
}
const mails = async (): Promise<Mail[]> => (await sonde<{ mails: Mail[] }>('mailbox')).mails.reverse()
const pages = async (): Promise<string[]> =>
  (await mails()).map(({ subject }) => subject).filter(subject => /^(ALARM|OK): /.test(subject))

describe('somebody on call', () => {
  beforeAll(async () => {
    // Ten healthy minutes: what earlier tests broke has passed.
    await minutes(10)
    const sns = new SNSClient(options(SERVICE))
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}))
    const TopicArn = Topics.map(topic => topic.TopicArn ?? '').find(arn => arn.includes('WatchPage'))
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'oncall@example.com' }))
    let link: string | undefined
    while (link === undefined) {
      link = /https?:\/\/\S+ConfirmSubscription\S+/.exec((await mails())[0]?.body ?? '')?.[0]
    }
    expect((await fetch(link)).status).toBe(200)
  })

  it('hears of an outage once, and of its end once', async () => {
    expect(await pages()).toEqual([])
    await post('faults', { point: 'apigateway.integration', drop: true })
    await minutes(12)
    expect(await pages()).toEqual(['ALARM: "FlightDelay-sla-at-risk" in US East (N. Virginia)'])
    await sonde('faults', { method: 'DELETE' })
    await minutes(20)
    expect(await pages()).toEqual([
      'ALARM: "FlightDelay-sla-at-risk" in US East (N. Virginia)',
      'OK: "FlightDelay-sla-at-risk" in US East (N. Virginia)',
    ])
  })
})
