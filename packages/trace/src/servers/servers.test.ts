import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../core/capture.ts'
import { startDaemon } from '../testing/daemon.ts'
import { tracing as expressTracing, tracingErrors } from './express.ts'
import { tracing as fastifyTracing } from './fastify.ts'
import { tracing as honoTracing } from './hono.ts'
import { traced } from './http.ts'
import type { ServerOptions } from './request.ts'

/** What is used of Express, which brings no types. */
interface ExpressApp extends RequestListener {
  use(...middleware: unknown[]): void
  post(
    path: string,
    handler: (request: { body: string }, response: { send(body: string): void }) => unknown,
  ): void
}
const express: { (): ExpressApp; text(): unknown } = createRequire(import.meta.url)('express')

const ROOT = '1-5759e988-bd862e3fe1be46a994272793'
const PARENT = '53995c3f42cd8ad8'
const HEADER = `Root=${ROOT};Parent=${PARENT};Sampled=1`

const options: ServerOptions = {
  name: 'flight-delay',
  version: '7',
  sampler: { sample: () => ({ sampled: true, rule: 'all' }) },
}

interface Running {
  readonly url: string
  stop(): Promise<void>
}

const listen = async (listener: RequestListener): Promise<Running> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const work = (body: string): Promise<string> => capture('## predict', async () => `got ${body}`)
const FAILURE = new Error('The model failed.')

/** Each server answers `POST /predict` with what `work` makes of the body, and fails on `/fail`. */
const servers: Record<string, () => Promise<Running>> = {
  http: () =>
    listen(
      traced((request, response) => {
        let body = ''
        request.on('data', chunk => {
          body += chunk
        })
        // In an event of the socket: where naive tracers lose the context.
        request.on('end', async () => {
          response.statusCode = request.url?.startsWith('/fail') ? 500 : 200
          response.end(await work(body))
        })
      }, options),
    ),
  express: () => {
    const app = express()
    app.use(expressTracing(options))
    app.use(express.text())
    app.post('/predict', async (request, response) => {
      response.send(await work(request.body))
    })
    app.post('/fail', async request => {
      await work(request.body)
      throw FAILURE
    })
    app.use(tracingErrors())
    app.use((_error: unknown, _request: unknown, response: ServerResponse, _next: unknown) => {
      response.statusCode = 500
      response.end()
    })
    return listen(app)
  },
  fastify: async () => {
    const app = fastify()
    await app.register(fastifyTracing as never, options as never)
    app.post('/predict', async request => work(String(request.body)))
    app.post('/fail', async request => {
      await work(String(request.body))
      throw FAILURE
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url, stop: () => app.close() }
  },
  hono: async () => {
    const app = new Hono()
    app.use(honoTracing(options))
    app.post('/predict', async context => context.text(await work(await context.req.text())))
    app.post('/fail', async context => {
      await work(await context.req.text())
      throw FAILURE
    })
    app.onError((_error, context) => context.text('failed', 500))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      stop: async () => {
        server.close()
        await once(server, 'close')
      },
    }
  },
}

let daemon: Awaited<ReturnType<typeof startDaemon>>

beforeEach(async () => {
  daemon = await startDaemon()
})
afterEach(() => daemon.stop())

describe.each(Object.keys(servers))('%s', name => {
  let server: Running

  beforeEach(async () => {
    const start = servers[name]
    if (!start) throw new Error(name)
    server = await start()
  })
  afterEach(() => server.stop())

  const post = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      body: 'JFK',
      headers: { 'Content-Type': 'text/plain', Connection: 'close', ...headers },
    })
    await response.text()
    return response
  }

  it('writes a segment with the request, the response and the captures of the handler', async () => {
    const response = await post('/predict?secret=1', {
      'User-Agent': 'curl',
      'X-Forwarded-For': '203.0.113.9, 10.0.0.1',
    })
    const [segment] = await daemon.documents()
    expect(segment).toMatchObject({
      name: 'flight-delay',
      service: { runtime: 'nodejs', version: '7' },
      aws: { xray: { sampling_rule_name: 'all' } },
      http: {
        request: {
          method: 'POST',
          url: `${server.url}/predict`,
          user_agent: 'curl',
          client_ip: '203.0.113.9',
          x_forwarded_for: true,
        },
        response: { status: 200 },
      },
      subsegments: [{ name: '## predict' }],
    })
    expect(response.headers.get('x-amzn-trace-id')).toBe(`Root=${segment?.trace_id};Sampled=1`)
  })

  it('joins the trace of the caller and takes its decision', async () => {
    await post('/predict', { 'X-Amzn-Trace-Id': HEADER })
    const refused = await post('/predict', { 'X-Amzn-Trace-Id': HEADER.replace('Sampled=1', 'Sampled=0') })
    const documents = await daemon.documents()
    expect(documents).toHaveLength(1)
    expect(documents[0]).toMatchObject({ trace_id: ROOT, parent_id: PARENT })
    expect(refused.headers.get('x-amzn-trace-id')).toBe(`Root=${ROOT};Sampled=0`)
  })

  it('finds the context in SageMaker’s custom attributes', async () => {
    await post('/predict', { 'X-Amzn-SageMaker-Custom-Attributes': `tenant=7,X-Amzn-Trace-Id=${HEADER}` })
    expect((await daemon.documents())[0]).toMatchObject({ trace_id: ROOT, parent_id: PARENT })
  })

  it('decides where the caller asks for a decision', async () => {
    const response = await post('/predict', { 'X-Amzn-Trace-Id': `Root=${ROOT};Sampled=?` })
    expect(response.headers.get('x-amzn-trace-id')).toBe(`Root=${ROOT};Sampled=1`)
    expect((await daemon.documents())[0]?.trace_id).toBe(ROOT)
  })

  it('flags a failing request as a fault', async () => {
    await post('/fail')
    const [segment] = await daemon.documents()
    expect(segment).toMatchObject({ fault: true, http: { response: { status: 500 } } })
    if (name !== 'http')
      expect(segment?.cause).toMatchObject({ exceptions: [{ message: 'The model failed.' }] })
  })

  it('leaves SageMaker’s health checks out', async () => {
    await fetch(`${server.url}/ping`, { headers: { Connection: 'close' } }).then(response => response.text())
    expect(await daemon.documents()).toEqual([])
  })

  it('keeps concurrent requests apart', async () => {
    await Promise.all(Array.from({ length: 20 }, () => post('/predict')))
    const documents = await daemon.documents()
    expect(documents.map(({ subsegments }) => subsegments?.length)).toEqual(
      Array.from({ length: 20 }, () => 1),
    )
    expect(new Set(documents.map(({ trace_id }) => trace_id)).size).toBe(20)
  })
})
