import { ModelError } from '@aws-sdk/client-sagemaker-runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invoke, seen, serveFixture } from './test-endpoints.ts'
import { startSageMaker, type TestServer } from './test-server.ts'

let server: TestServer
let endpoint: string
beforeAll(async () => {
  server = await startSageMaker()
  endpoint = await serveFixture(server, { THRESHOLD: '0.5' })
})
afterAll(async () => {
  await server.stop()
  expect(server.defects).toEqual([])
})

const failure = async (promise: Promise<unknown>): Promise<ModelError> => {
  const error = await promise.then(
    () => undefined,
    reason => reason,
  )
  expect(error).toBeInstanceOf(Error)
  return error
}

describe('a request', () => {
  it('reaches the container byte for byte and its answer comes back', async () => {
    const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, n) => n))
    const answer = await invoke(server, endpoint, bytes, { ContentType: 'application/octet-stream' })
    expect(JSON.parse(answer.Body.transformToString()).body).toBe(bytes)
    expect(answer.ContentType).toBe('application/json')
    expect(answer.InvokedProductionVariant).toBe('AllTraffic')
    expect(answer.CustomAttributes).toBeUndefined()
  })

  it('brings only the headers of the API to the container', async () => {
    const { headers } = await seen(server, endpoint, 'a,b', {
      ContentType: 'text/csv',
      Accept: 'application/json',
      CustomAttributes: 'traceparent=00-1-2-01',
      InferenceId: 'id-1',
    })
    const { host, connection, ...rest } = headers
    expect(rest).toEqual({
      'content-type': 'text/csv',
      'content-length': '3',
      accept: 'application/json',
      'x-amzn-sagemaker-custom-attributes': 'traceparent=00-1-2-01',
      'x-amzn-sagemaker-inference-id': 'id-1',
    })
  })

  it('returns the custom attributes that the container sets', async () => {
    const answer = await invoke(server, endpoint, {}, { CustomAttributes: 'a=b' })
    expect(answer.CustomAttributes).toBe('seen a=b')
  })

  it('is served in the environment of the container, with the address of the daemon and nothing of ours', async () => {
    const { env } = await seen(server, endpoint)
    expect(Object.keys(env).sort()).toEqual([
      'AWS_XRAY_DAEMON_ADDRESS',
      'PATH',
      'SAGEMAKER_BIND_TO_PORT',
      'THRESHOLD',
    ])
  })

  it('takes a body of 6 MiB and refuses a larger one', async () => {
    const count = { ContentType: 'text/x-count' }
    const answer = await invoke(server, endpoint, 'x'.repeat(6_291_456), count)
    expect(answer.Body.transformToString()).toBe('6291456')
    const error = await failure(invoke(server, endpoint, 'x'.repeat(6_291_457)))
    expect(error.message).toBe('HTTP content length exceeded 6291456 bytes.')
    expect(error.$metadata.httpStatusCode).toBe(413)
  })
})

describe('a failing request', () => {
  it.each([
    [500, 'server', 'division by zero'],
    [400, 'client', 'carrier is missing'],
  ])('whose model answers %i is a ModelError that carries it', async (status, side, text) => {
    const error = await failure(invoke(server, endpoint, { status, text }))
    expect(error).toBeInstanceOf(ModelError)
    expect(error.$metadata.httpStatusCode).toBe(424)
    expect(error.message).toBe(
      `Received ${side} error (${status}) from primary with message "${text}". See ` +
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logEventViewer:group=' +
        `/aws/sagemaker/Endpoints/${endpoint} in account 123456789012 for more information.`,
    )
    expect(error.OriginalStatusCode).toBe(status)
    expect(error.OriginalMessage).toBe(text)
    expect(error.LogStreamArn).toBe(
      `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/Endpoints/${endpoint}`,
    )
  })

  it('whose answer is too large is a ModelError that says so', async () => {
    const error = await failure(invoke(server, endpoint, { size: 6_291_457 }))
    expect(error.message).toMatch(
      /^Received server error \(200\) from primary and could not load the entire response body\. See https/,
    )
  })

  it('whose answer is no HTTP is a ModelError, and the next request is served by the same process', async () => {
    const { pid } = await seen(server, endpoint)
    const error = await failure(invoke(server, endpoint, { garbage: true }))
    expect(error.message).toMatch(
      /^Received server error \(0\) from primary with message "Amazon SageMaker could not/,
    )
    expect((await seen(server, endpoint)).pid).toBe(pid)
  })

  it('for an endpoint that is not there says so', async () => {
    const error = await failure(invoke(server, 'nowhere'))
    expect(error.name).toBe('ValidationError')
    expect(error.message).toBe('Endpoint nowhere of account 123456789012 not found.')
    const lower = await failure(invoke(server, endpoint.toLowerCase()))
    expect(lower.message).toBe(`Endpoint ${endpoint.toLowerCase()} of account 123456789012 not found.`)
  })

  it.each([
    'TargetModel',
    'SessionId',
    'InferenceComponentName',
    'EnableExplanations',
    'TargetContainerHostname',
  ])('with %s is refused by name', async member => {
    const error = await failure(invoke(server, endpoint, {}, { [member]: 'x' }))
    expect(error.message).toBe(`InvokeEndpoint with ${member} is not implemented by Sonde.`)
    expect(error.$metadata.httpStatusCode).toBe(501)
  })

  it('can be caused at the fault point', async () => {
    const id = server.faults.add({
      point: 'sagemaker.invoke',
      target: endpoint,
      error: { code: 'ModelError', message: 'rehearsed', status: 424 },
    })
    expect((await failure(invoke(server, endpoint))).message).toBe('rehearsed')
    server.faults.remove(id)
    await invoke(server, endpoint)
  })
})

describe('metrics', () => {
  it('tell what became of every request', async () => {
    server.samples.length = 0
    await invoke(server, endpoint, { sleep: 50 })
    await failure(invoke(server, endpoint, { status: 503 }))
    await failure(invoke(server, endpoint, { status: 404 }))
    const sum = (name: string): number =>
      server.samples.filter(sample => sample.name === name).reduce((total, { value }) => total + value, 0)
    expect({
      invocations: sum('Invocations'),
      perInstance: sum('InvocationsPerInstance'),
      client: sum('Invocation4XXErrors'),
      server: sum('Invocation5XXErrors'),
      model: sum('InvocationModelErrors'),
    }).toEqual({ invocations: 3, perInstance: 3, client: 1, server: 1, model: 2 })
    const latency = server.samples.find(({ name }) => name === 'ModelLatency')
    expect(latency?.unit).toBe('Microseconds')
    expect(latency?.value).toBeGreaterThan(49_000)
    expect(latency?.dimensions).toEqual({ EndpointName: endpoint, VariantName: 'AllTraffic' })
    const overhead = server.samples.find(({ name }) => name === 'OverheadLatency')
    expect(overhead?.value).toBeLessThan(latency?.value ?? 0)
  })
})

describe('logs', () => {
  it('hold what the container prints, in a stream of its instance', () => {
    const written = server.logs.find(({ group }) => group === `/aws/sagemaker/Endpoints/${endpoint}`)
    expect(written?.stream).toMatch(/^AllTraffic\/i-[0-9a-f]{17}$/)
    expect(written?.events[0]?.message).toBe('model loaded')
  })
})
