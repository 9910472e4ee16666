import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Attributes } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { MalformedRequest } from './model.ts'

describe('the two forms of an export', () => {
  const bodies = new Map<string, Buffer>()
  let server: Server
  let json: SpanExporter
  let protobuf: SpanExporter
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      bodies.set(request.headers['content-type'] ?? '', Buffer.concat(parts))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
    json = new JsonExporter({ url })
    protobuf = new ProtobufExporter({ url })
  })
  afterAll(async () => {
    await Promise.all([json.shutdown(), protobuf.shutdown()])
    server.close()
  })

  const text = fc.string({ unit: 'grapheme' })
  const values: fc.Arbitrary<Attributes[string]> = fc.oneof(
    text,
    fc.integer(),
    fc.maxSafeInteger(),
    // Whole numbers past 2^53 are int64 in protobuf and, in the SDK's JSON, numbers that have lost their last digits.
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter(value => !Number.isInteger(value) || Number.isSafeInteger(value)),
    fc.boolean(),
    fc.array(text, { maxLength: 3 }),
    fc.array(fc.integer(), { maxLength: 3 }),
  )
  // The SDK itself loses an attribute of this name: it assigns to an object.
  const key = fc.string({ minLength: 1 }).filter(name => name !== '__proto__')
  const attributes = fc.dictionary(key, values, { maxKeys: 6, noNullPrototype: true })

  it('of the same spans, written by the official exporters, are read alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        attributes,
        attributes,
        fc.integer({ min: 0, max: 4 }),
        async (name, own, event, kind) => {
          const memory = new InMemorySpanExporter()
          const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] })
          const tracer = provider.getTracer('test')
          const span = tracer.startSpan(name, { kind, attributes: own })
          span.addEvent('event', event)
          span.addLink({ context: { ...span.spanContext(), spanId: '1111111111111111' }, attributes: event })
          span.setStatus({ code: 2, message: name })
          span.end()
          const spans = memory.getFinishedSpans()
          for (const exporter of [json, protobuf]) {
            await new Promise(resolve => exporter.export(spans, resolve))
          }
          const fromJson = decodeJson((bodies.get('application/json') ?? Buffer.alloc(0)).toString())
          const fromProtobuf = decodeProtobuf(bodies.get('application/x-protobuf') ?? Buffer.alloc(0))
          expect(fromProtobuf).toEqual(fromJson)
          const [read] = fromProtobuf[0]?.spans ?? []
          expect(read?.kind).toBe(kind + 1)
          expect(read?.attributes.size).toBe(Object.keys(own).length)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ['an empty field number', [0x00]],
    ['a group', [0x0b]],
    ['a length beyond the end', [0x0a, 0x05, 0x00]],
    ['a varint without an end', [0x0a, ...Array.from({ length: 12 }, () => 0xff)]],
    ['a list where bytes are meant', [0x08, 0x01]],
    ['an id of 3 bytes', [0x0a, 9, 0x12, 7, 0x12, 5, 0x0a, 3, 1, 2, 3]],
  ])('with %s are malformed', (_, bytes) => {
    expect(() => decodeProtobuf(Buffer.from(bytes))).toThrow(MalformedRequest)
  })

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['no list of resources', '{"resourceSpans":{}}'],
    ['a text for a list', '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}'],
    ['a negative time', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":"-1"}]}]}]}'],
    [
      'a time beyond 64 bits',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":"99999999999999999999"}]}]}]}',
    ],
    ['a time without an end', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":1e999}]}]}]}'],
    ['a kind that is none', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SERVER"}]}]}]}'],
    [
      'half an integer',
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"intValue":0.5}}]}}]}',
    ],
  ])('with %s are malformed: JSON', (_, body) => {
    expect(() => decodeJson(body)).toThrow(MalformedRequest)
  })

  it('may have integers as texts or numbers, and enumerations by name', () => {
    const [request] = decodeJson(
      JSON.stringify({
        resourceSpans: [
          {
            resource: {
              attributes: [
                { key: 'a', value: { intValue: '9007199254740993' } },
                { key: 'b', value: { intValue: 7 } },
                { key: 'c', value: { bytesValue: 'AQI=' } },
                { key: 'd', value: { doubleValue: 'NaN' } },
                { key: 'e', value: {} },
                { key: 'f', value: { stringValue: '' } },
              ],
            },
            scopeSpans: [{ spans: [{ kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } }] }],
          },
        ],
      }),
    )
    expect([...(request?.resource ?? [])]).toEqual([
      ['a', 9_007_199_254_740_993n],
      ['b', 7],
      ['c', Buffer.from([1, 2])],
      ['d', Number.NaN],
      ['e', null],
      ['f', ''],
    ])
    expect(request?.spans[0]).toMatchObject({ kind: 3, status: { code: 2, message: '' } })
  })
})
