import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { createWireServer, DroppedConnection } from '@sonde/wire'
import { createClock } from '../../../kernel/clock.ts'
import { createFaults } from '../../../kernel/faults.ts'
import type { InvokeRequest, InvokeResult, LogEvent, MetricSample } from '../../../kernel/ports.ts'
import { createStore } from '../../../kernel/store.ts'
import { type ApiGatewayDependencies, createApiGateway, type Exchange } from '../index.ts'

export const SCOPE = { account: '111122223333', region: 'eu-west-1' }
export const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${SCOPE.account}:function:predict`
export const INVOKE_URI = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`
/** 2020-03-10T00:03:59.428Z */
export const NOW = 1_583_798_639_428

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: string[]
  readonly body: string
  readonly bytes: Buffer
}

export interface CallOptions {
  readonly method?: string
  /** Names and values in turn, sent as they are. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
  /** Sends the body without announcing its length. */
  readonly chunked?: boolean
}

/** What a function would return: a value, or a whole result of the invoker. */
export type FakeFunction = (event: Record<string, unknown>, request: InvokeRequest) => unknown

/** The service behind a real HTTP server and the real wire, with functions, logs and metrics that tests can see. */
export const startGateway = async (
  options: Pick<ApiGatewayDependencies, 'sampler' | 'onRequest' | 'usageReportingDelay'> & {
    /** Where state is kept; in memory without it. */
    readonly directory?: string
    /** The clock's time. Default: {@link NOW}, for ever. */
    readonly now?: () => number
  } = {},
) => {
  const store = createStore(options.directory)
  const clock = { ...createClock(), now: options.now ?? (() => NOW) }
  const logs: Array<{ group: string; stream: string; account: string; events: readonly LogEvent[] }> = []
  const metrics: MetricSample[] = []
  const exchanges: Exchange[] = []
  const invocations: InvokeRequest[] = []
  const faults = createFaults()
  let handler: FakeFunction = () => ({ statusCode: 200 })

  const service = createApiGateway({
    store,
    clock,
    faults,
    functions: {
      invoke: async request => {
        invocations.push(request)
        const returned = await handler(JSON.parse(Buffer.from(request.payload).toString()), request)
        return isResult(returned) ? returned : result(returned)
      },
    },
    logs: {
      write: (scope, group, stream, events) => logs.push({ account: scope.account, group, stream, events }),
    },
    metrics: { record: (_scope, samples) => metrics.push(...samples) },
    ...options,
    onRequest: exchange => {
      exchanges.push(exchange)
      options.onRequest?.(exchange)
    },
  })

  const wire = createWireServer({
    apis: [
      {
        api: 'apigateway',
        signingName: 'apigateway',
        protocols: ['restJson1'],
        load: () => import('@aws-sdk/client-api-gateway'),
      },
    ],
    handlers: Object.fromEntries(service.apis.map(({ api, operations }) => [api, operations])) as never,
    contextOf: () => ({ scope: SCOPE }),
    onDefect: error => {
      throw error
    },
  })

  const server = createServer(async (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
    const match = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path)
    if (match) {
      const [, apiId = '', stage = '', rest = '/'] = match
      service.handle(request, response, { apiId, stage, path: rest, query }).catch(error => {
        if (!(error instanceof DroppedConnection)) throw error
        request.socket.destroy()
      })
      return
    }
    const { response: answer } = await wire.handle({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: request,
    })
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`

  return {
    service,
    store,
    port,
    logs,
    metrics,
    exchanges,
    invocations,
    faults,
    client: new APIGatewayClient({
      endpoint,
      region: SCOPE.region,
      credentials: { accessKeyId: SCOPE.account, secretAccessKey: 'x' },
      maxAttempts: 1,
    }),
    onInvoke: (next: FakeFunction): void => {
      handler = next
    },
    /** The event of the last invocation. */
    lastEvent: () => JSON.parse(Buffer.from(invocations.at(-1)?.payload ?? []).toString()),
    call: (apiId: string, path: string, options: CallOptions = {}): Promise<Answer> =>
      call(port, `/_aws/execute-api/${apiId}/prod${path}`, options),
    callUrl: (url: string, options: CallOptions = {}): Promise<Answer> => call(port, url, options),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await service.stop?.()
      store.close()
    },
  }
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>

export const result = (value: unknown, functionError?: 'Unhandled'): InvokeResult => ({
  status: 200,
  payload: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  executedVersion: '$LATEST',
  ...(functionError && { functionError }),
})

const isResult = (value: unknown): value is InvokeResult =>
  typeof value === 'object' && value !== null && 'executedVersion' in value

const call = (port: number, path: string, options: CallOptions): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = [...(options.headers ?? [])]
    if (!headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')) {
      headers.push('Host', `127.0.0.1:${port}`)
    }
    if (options.chunked) headers.push('Transfer-Encoding', 'chunked')
    else if (options.body !== undefined) {
      headers.push('Content-Length', String(Buffer.byteLength(options.body)))
    }
    const request = httpRequest(
      { port, host: '127.0.0.1', path, method: options.method ?? 'GET', headers, agent: false },
      response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            body: bytes.toString(),
            bytes,
          })
        })
      },
    )
    request.once('error', reject)
    request.end(options.body)
  })
