import { once } from 'node:events'
import { get, request as httpRequest } from 'node:http'
import { request as undiciRequest } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../core/capture.ts'
import { type Received, startDaemon } from '../testing/daemon.ts'
import { startServer } from '../testing/http-server.ts'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { watchHttpClient } from './http-client.ts'
import { hostName } from './outgoing.ts'
import { watchUndici } from './undici.ts'

const invocation = lambdaInvocation()
let propagates = false
let ignored = ''
const options = { propagateTo: () => propagates, ignore: (_host: string, path: string) => path === ignored }
watchHttpClient(options)
watchUndici(options)

let daemon: Awaited<ReturnType<typeof startDaemon>>
let server: Awaited<ReturnType<typeof startServer>>

beforeEach(async () => {
  propagates = false
  ignored = ''
  daemon = await startDaemon(invocation.environment)
  server = await startServer((request, response) => {
    const status = Number(request.url?.match(/\d+/)?.[0] ?? 200)
    response.writeHead(status, { 'Content-Length': 4, 'x-amzn-RequestId': 'R1' })
    response.end('body')
  })
})
afterEach(async () => {
  await server.stop()
  await daemon.stop()
})

type Call = (url: string, headers?: Record<string, string>) => Promise<void>

const viaHttp: Call = async (url, headers = {}) => {
  const request = get(url, { headers, agent: false })
  const [response] = await once(request, 'response')
  response.resume()
  await once(request, 'close')
}
const viaFetch: Call = async (url, headers = {}) => {
  await (await fetch(url, { headers })).text()
}
const viaUndici: Call = async (url, headers = {}) => {
  await (await undiciRequest(url, { headers })).body.text()
}

const first = async (): Promise<Received | undefined> => (await daemon.documents())[0]?.subsegments?.[0]

describe.each([
  ['node:http', viaHttp],
  ['fetch', viaFetch],
  ['undici', viaUndici],
])('%s', (_client, call) => {
  it('records host, method, address without query, status and length', async () => {
    await capture('## handle', () => call(`${server.url}/status/200?secret=1`))
    expect(await first()).toMatchObject({
      name: '127.0.0.1',
      namespace: 'remote',
      http: {
        request: { method: 'GET', url: `${server.url}/status/200` },
        response: { status: 200, content_length: 4 },
      },
    })
  })

  it.each([
    [404, { error: true, throttle: undefined, fault: undefined }],
    [429, { error: true, throttle: true, fault: undefined }],
    [503, { error: undefined, throttle: undefined, fault: true }],
  ])('flags %i', async (status, flags) => {
    await capture('## handle', () => call(`${server.url}/status/${status}`))
    const call1 = await first()
    expect({ error: call1?.error, throttle: call1?.throttle, fault: call1?.fault }).toEqual(flags)
  })

  it('gives the trace header to hosts that are to have it, with the call as parent, and to no others', async () => {
    await capture('## handle', () => call(server.url))
    expect(server.requests[0]?.headers['x-amzn-trace-id']).toBeUndefined()
    await first()
    propagates = true
    await capture('## handle', () => call(server.url))
    const recorded = await first()
    expect(server.requests[1]?.headers['x-amzn-trace-id']).toBe(
      `Root=${invocation.root};Parent=${recorded?.id};Sampled=1`,
    )
  })

  it('leaves a header that the app set, and what is to be ignored', async () => {
    propagates = true
    ignored = '/health'
    await capture('## handle', () => call(server.url, { 'x-amzn-trace-id': 'Root=mine' }))
    expect(server.requests[0]?.headers['x-amzn-trace-id']).toBe('Root=mine')
    await first()
    await capture('## handle', () => call(`${server.url}/health`))
    expect(await first()).toBeUndefined()
  })

  it('records a refused connection as a fault with its cause', async () => {
    const gone = await startServer(() => {})
    await gone.stop()
    await capture('## handle', () => call(gone.url).catch(() => {}))
    expect(await first()).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: expect.any(String) }] },
    })
  })

  it('tells a signed call of an AWS service by its request', async () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00'
    await capture('## handle', () =>
      call(server.url, {
        authorization,
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'amz-sdk-request': 'attempt=2; max=3',
      }),
    )
    const recorded = await first()
    expect(recorded).toMatchObject({
      name: 'DynamoDB',
      namespace: 'aws',
      aws: { operation: 'GetItem', region: 'eu-west-1', retries: 1, request_id: 'R1' },
    })
    expect(server.requests[0]?.headers['x-amzn-trace-id']).toContain(`Parent=${recorded?.id}`)
  })

  it('records nothing outside of a trace', async () => {
    delete process.env._X_AMZN_TRACE_ID
    await call(server.url)
    expect(await daemon.documents()).toEqual([])
  })
})

describe('node:http', () => {
  it('ends the call where the app destroys it', async () => {
    await capture('## handle', async () => {
      const request = httpRequest(server.url)
      request.on('error', () => {})
      request.destroy()
      await new Promise(resolve => request.once('close', resolve))
    })
    const recorded = await first()
    expect(recorded?.end_time).toBeGreaterThan(0)
  })

  it('does not mind headers that were given as an array', async () => {
    propagates = true
    await capture('## handle', async () => {
      const request = httpRequest(server.url, { headers: ['host', '127.0.0.1', 'x-one', '1'] as never })
      request.end()
      const [response] = await once(request, 'response')
      response.resume()
      await once(request, 'close')
    })
    expect(await first()).toMatchObject({ http: { response: { status: 200 } } })
  })
})

describe('hostName', () => {
  it.each([
    ['example.com:8080', 'example.com'],
    ['[::1]:80', '::1'],
    ['example.com', 'example.com'],
  ])('of %s is %s', (host, expected) => {
    expect(hostName(host)).toBe(expected)
  })
})
