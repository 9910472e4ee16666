import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { NodeTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import { ServiceError } from '@sonde/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Take } from '../doors/take.ts'
import { createOtlpDoor, type OtlpDoor } from './door.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }

type Document = Record<string, unknown> & { name: string; id: string; trace_id: string; parent_id?: string }

describe('OTLP over HTTP', () => {
  let taken: string[] = []
  let take: Take = () => []
  let door: OtlpDoor
  let server: Server
  let url = ''

  beforeAll(async () => {
    door = createOtlpDoor({
      take: (scope, documents) => {
        expect(scope).toEqual(SCOPE)
        expect(documents.length).toBeLessThanOrEqual(50)
        taken.push(...documents)
        return take(scope, documents)
      },
      clock: { now: () => Date.now() },
    })
    server = createServer((request, response) => void door.handle(request, response, SCOPE))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  })
  afterAll(() => server.close())
  beforeEach(() => {
    taken = []
    take = () => []
  })

  const documents = (): Document[] => taken.map(text => JSON.parse(text) as Document)

  const record = async (exporter: SpanExporter, work: (tracer: Tracer) => void): Promise<void> => {
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    work(provider.getTracer('test'))
    await provider.forceFlush()
    await provider.shutdown()
  }

  const start = new Date('2026-11-20T10:00:00.000Z')
  const end = new Date('2026-11-20T10:00:00.250Z')

  const work = (tracer: Tracer): void => {
    const span = tracer.startSpan('POST /predict', {
      kind: SpanKind.SERVER,
      startTime: start,
      attributes: {
        'http.request.method': 'POST',
        'url.full': 'https://api.example.com/predict',
        'http.response.status_code': 500,
        flights: 3,
        share: 0.5,
        'aws.xray.annotations': ['flights'],
      },
    })
    span.recordException(new TypeError('no model'), start)
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(end)
  }

  const exporters = [
    ['protobuf', () => new ProtobufExporter({ url })],
    ['protobuf, packed', () => new ProtobufExporter({ url, compression: 'gzip' as never })],
    ['JSON', () => new JsonExporter({ url })],
    ['JSON, packed', () => new JsonExporter({ url, compression: 'gzip' as never })],
  ] as const

  it.each(exporters)('takes spans of the official exporter for %s as documents', async (_, exporter) => {
    await record(exporter(), work)
    const [document] = documents()
    expect(document).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      trace_id: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      name: expect.stringMatching(/^unknown_service/),
      start_time: 1_795_168_800,
      end_time: 1_795_168_800.25,
      fault: true,
      http: {
        request: { method: 'POST', url: 'https://api.example.com/predict' },
        response: { status: 500, content_length: 0 },
      },
      annotations: { flights: 3 },
      aws: { xray: { sdk: 'opentelemetry for nodejs', auto_instrumentation: false } },
    })
    expect(document?.metadata).toMatchObject({ default: { share: 0.5 } })
    expect(document?.cause).toMatchObject({
      exceptions: [{ type: 'TypeError', message: 'no model', stack: expect.any(Array) }],
    })
    expect(document).not.toHaveProperty('parent_id')
    expect(document).not.toHaveProperty('type')
  })

  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    method = 'POST',
  ) =>
    fetch(url, {
      method,
      ...(method === 'POST' && { body }),
      headers: { 'content-type': 'application/json', ...headers },
    })

  const span = (members: object = {}): object => ({
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'work',
    startTimeUnixNano: '1544712660000000000',
    endTimeUnixNano: 1544712661000000000,
    ...members,
  })
  const exportOf = (...spans: object[]): string =>
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

  it('answers an empty response of the same form', async () => {
    const json = await post(exportOf(span()))
    expect([json.status, json.headers.get('content-type'), await json.text()]).toEqual([
      200,
      'application/json',
      '{}',
    ])
    const protobuf = await post(new Uint8Array(), { 'content-type': 'application/x-protobuf' })
    expect([protobuf.status, protobuf.headers.get('content-type'), await protobuf.text()]).toEqual([
      200,
      'application/x-protobuf',
      '',
    ])
  })

  it('says how many spans were not taken, and why', async () => {
    take = (_, all) => [
      {
        Id: JSON.parse(all[0] ?? '{}').id,
        ErrorCode: 'InvalidTraceId',
        Message: 'Invalid segment. ErrorCode: InvalidTraceId',
      },
    ]
    const response = await post(exportOf(span(), span({ spanId: 'eee19b7ec3c1b175' })))
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'Invalid segment. ErrorCode: InvalidTraceId' },
    })
    take = () => []
    const nameless = await post(exportOf(span(), span({ spanId: '' })))
    expect(await nameless.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'a span without an id' },
    })
    expect(taken.length).toBe(3)
  })

  it('takes thousands of spans in parts, letting others have their turn', async () => {
    let turns = 0
    const count = (): void => {
      turns++
      if (taken.length < 5_000) setImmediate(count)
    }
    const ids = Array.from({ length: 5_000 }, (_, index) => (index + 1).toString(16).padStart(16, '0'))
    setImmediate(count)
    const response = await post(exportOf(...ids.map(spanId => span({ spanId }))))
    expect(response.status).toBe(200)
    expect(documents().map(({ id }) => id)).toEqual(ids)
    expect(turns).toBeGreaterThan(20)
  })

  it('says so in protobuf too', async () => {
    // resource_spans { scope_spans { spans { trace_id: 16 bytes } } }: a span without an id.
    const body = new Uint8Array([10, 22, 18, 20, 18, 18, 10, 16, ...Array.from({ length: 16 }, () => 1)])
    const response = await post(body, { 'content-type': 'application/x-protobuf' })
    const reason = 'a span without an id'
    const message = [16 + 8 - 2 + 2, ...[8, 1], 18, reason.length, ...Buffer.from(reason)]
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([10, ...message])
  })

  it.each([
    ['JSON that ends early', '{"resourceSpans":[', {}, 400],
    ['a list for an object', '{"resourceSpans":[[]]}', {}, 400],
    ['an id of the wrong length', exportOf(span({ traceId: 'abc' })), {}, 400],
    ['a time that is none', exportOf(span({ startTimeUnixNano: 'noon' })), {}, 400],
    [
      'protobuf that ends early',
      new Uint8Array([10, 200]),
      { 'content-type': 'application/x-protobuf' },
      400,
    ],
    ['no gzip data', 'hello', { 'content-encoding': 'gzip' }, 400],
    ['another packing', 'hello', { 'content-encoding': 'zstd' }, 415],
    ['another type', 'hello', { 'content-type': 'text/plain' }, 415],
    ['too much', ' '.repeat(5 * 1024 * 1024 + 1), {}, 413],
    [
      'too much once it is unpacked',
      new Uint8Array(gzipSync(Buffer.alloc(6 * 1024 * 1024))),
      { 'content-encoding': 'gzip' },
      413,
    ],
    ['too many spans', exportOf(...Array.from({ length: 10_001 }, () => ({}))), {}, 413],
  ])('refuses %s with a status message', async (_, body, headers, status) => {
    const response = await post(body, headers as Record<string, string>)
    expect(response.status).toBe(status)
    const text = await response.text()
    if ((headers as Record<string, string>)['content-type'] !== 'application/x-protobuf') {
      expect(JSON.parse(text)).toEqual({ code: expect.any(Number), message: expect.any(String) })
    } else expect(text).toContain('Invalid protobuf')
    expect(taken).toEqual([])
  })

  it('refuses other methods', async () => {
    expect((await post('', {}, 'GET')).status).toBe(405)
  })

  it.each([
    ['ThrottledException', 429],
    ['ServiceUnavailable', 503],
  ])('asks to try again on %s', async (code, status) => {
    take = () => {
      throw new ServiceError(code, 'later')
    }
    const response = await post(exportOf(span()))
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '1'])
  })

  it('passes over members that it does not know', async () => {
    const response = await post(exportOf({ ...span(), entity: { x: 1 }, flags: 257 }))
    expect(response.status).toBe(200)
    expect(documents()[0]).toMatchObject({ name: 'work', start_time: 1_544_712_660, end_time: 1_544_712_661 })
  })
})
