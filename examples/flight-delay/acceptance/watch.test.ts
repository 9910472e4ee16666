/** The watch around the reference architecture, on a clock that is stepped while functions and model really run. */
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { predict } from './load.ts'
import { CHECKS, type Dimensions, SERVICE, type SteppedApp, startSteppedApp } from './stepped-app.ts'

const REQUEST = { origin: 'JFK', destination: 'SFO', departure: '2001-06-15T17:30' }
const PREDICTIONS = 40

let running: SteppedApp

beforeAll(async () => {
  running = await startSteppedApp()
})
afterAll(() => running?.end())

const over: SteppedApp['over'] = (...query) => running.over(...query)
const minutes = (count: number): Promise<void> => running.minutes(count)
const ask = (body: object = REQUEST) => predict(running.app.url, body as typeof REQUEST)

const api = (): Dimensions => ({ ApiName: 'FlightDelay', Stage: 'prod' })
const method = (): Dimensions => ({ ...api(), Resource: '/predictions', Method: 'POST' })
const lambda = (): Dimensions => ({ FunctionName: running.names.FunctionName ?? '' })
const table = (): Dimensions => ({ TableName: running.names.TableName ?? '' })
const lookUp = (): Dimensions => ({ ...table(), Operation: 'BatchGetItem' })
const endpoint = (): Dimensions => ({
  EndpointName: running.names.EndpointName ?? '',
  VariantName: 'AllTraffic',
})
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
    for (let sent = 0; sent < PREDICTIONS; sent++) expect((await ask()).status).toBe(200)
    expect((await ask({ ...REQUEST, origin: 'XXX' })).status).toBe(400)
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
    for (const pid of running.app.children('server.ts')) process.kill(pid, 'SIGKILL')
    // Until it has been started again.
    let failed = 0
    while ((await ask()).status !== 200) failed++
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

const pages = async (): Promise<string[]> =>
  (await running.mails()).map(({ subject }) => subject).filter(subject => /^(ALARM|OK): /.test(subject))

describe('somebody on call', () => {
  beforeAll(async () => {
    // Ten healthy minutes: what earlier tests broke has passed.
    await minutes(10)
    const sns = new SNSClient(running.options(SERVICE))
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}))
    const TopicArn = Topics.map(topic => topic.TopicArn ?? '').find(arn => arn.includes('WatchPage'))
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'oncall@example.com' }))
    let link: string | undefined
    while (link === undefined) {
      link = /https?:\/\/\S+ConfirmSubscription\S+/.exec((await running.mails())[0]?.body ?? '')?.[0]
    }
    expect((await fetch(link)).status).toBe(200)
  })

  it('hears of an outage once, and of its end once', async () => {
    expect(await pages()).toEqual([])
    await running.fault({ point: 'apigateway.integration', drop: true })
    await minutes(12)
    expect(await pages()).toEqual(['ALARM: "FlightDelay-sla-at-risk" in US East (N. Virginia)'])
    await running.fault(undefined)
    await minutes(20)
    expect(await pages()).toEqual([
      'ALARM: "FlightDelay-sla-at-risk" in US East (N. Virginia)',
      'OK: "FlightDelay-sla-at-risk" in US East (N. Virginia)',
    ])
  })
})
