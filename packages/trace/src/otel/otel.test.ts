import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { annotate, capture, currentCapture } from '../core/capture.ts'
import { segment } from '../core/segment.ts'
import { startDaemon } from '../testing/daemon.ts'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { AlreadyRegisteredError, register } from './index.ts'

const ROOT = '1-5759e988-bd862e3fe1be46a994272793'
const OTEL_ROOT = '5759e988bd862e3fe1be46a994272793'
const PARENT = '53995c3f42cd8ad8'
let sampled = true
let unregister: () => void
let daemon: Awaited<ReturnType<typeof startDaemon>>

beforeAll(() => {
  unregister = register({ serviceName: 'flight-delay', sampler: { sample: () => ({ sampled }) } })
})
afterAll(() => unregister())
beforeEach(async () => {
  sampled = true
  daemon = await startDaemon()
})
afterEach(() => daemon.stop())

const tracer = trace.getTracer('library', '1.0.0')

describe('spans', () => {
  it('nest with captures, both ways', async () => {
    await segment('app', () =>
      capture('## handle', () =>
        tracer.startActiveSpan('span', async span => {
          await capture('## inside', async () => {
            await new Promise(resolve => setImmediate(resolve))
            annotate('deep', true)
            tracer.startSpan('deepest').end()
          })
          span.end()
        }),
      ),
    )
    expect(await daemon.documents()).toMatchObject([
      {
        name: 'app',
        subsegments: [
          {
            name: '## handle',
            subsegments: [
              {
                name: 'span',
                subsegments: [
                  { name: '## inside', annotations: { deep: true }, subsegments: [{ name: 'deepest' }] },
                ],
              },
            ],
          },
        ],
      },
    ])
  })

  it('of servers without a parent are segments named after the service', async () => {
    tracer
      .startSpan('GET /', {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': 'GET',
          'url.full': 'http://localhost/p?secret=1',
          'http.response.status_code': 503,
          'user_agent.original': 'curl',
          'client.address': '203.0.113.9',
        },
      })
      .end()
    const [document] = await daemon.documents()
    expect(document).toMatchObject({
      name: 'flight-delay',
      fault: true,
      http: {
        request: { method: 'GET', url: 'http://localhost/p', user_agent: 'curl', client_ip: '203.0.113.9' },
        response: { status: 503 },
      },
    })
    expect(document?.type).toBeUndefined()
  })

  it('of AWS calls are AWS subsegments', async () => {
    tracer.startActiveSpan('root', root => {
      tracer
        .startSpan('DynamoDB.GetItem', {
          kind: SpanKind.CLIENT,
          attributes: {
            'rpc.system': 'aws-api',
            'rpc.service': 'DynamoDB',
            'rpc.method': 'GetItem',
            'aws.region': 'eu-west-1',
            'aws.request.id': 'R1',
            'aws.dynamodb.table_names': ['Flights'],
            'http.status_code': 400,
          },
        })
        .end()
      root.end()
    })
    const [document] = await daemon.documents()
    expect(document?.subsegments).toMatchObject([
      {
        name: 'DynamoDB',
        namespace: 'aws',
        error: true,
        aws: { operation: 'GetItem', region: 'eu-west-1', request_id: 'R1', table_name: 'Flights' },
      },
    ])
  })

  it('of databases have a sql block without the statement, and the database’s name', async () => {
    tracer.startActiveSpan('root', root => {
      const attributes = {
        'db.system': 'postgresql',
        'db.name': 'flights',
        'net.peer.name': 'db',
        'db.statement': 'SELECT 1',
      }
      tracer.startSpan('SELECT', { kind: SpanKind.CLIENT, attributes }).end()
      root.end()
    })
    const [document] = await daemon.documents()
    expect(document?.subsegments).toMatchObject([
      {
        name: 'flights@db',
        namespace: 'remote',
        sql: { database_type: 'postgresql', url: 'postgresql://db/flights' },
      },
    ])
    expect(JSON.stringify(document)).not.toContain('SELECT 1')
  })

  it('have listed attributes as annotations and others as metadata', async () => {
    tracer
      .startSpan('root', {
        attributes: { 'model.version': 'v1', cold: true, 'aws.xray.annotations': ['model.version'] },
      })
      .end()
    expect((await daemon.documents())[0]).toMatchObject({
      annotations: { 'model.version': 'v1' },
      metadata: { default: { cold: true } },
    })
  })

  it('record exceptions and a status of error once', async () => {
    const failure = new Error('broken')
    tracer.startActiveSpan('root', root => {
      expect(() =>
        capture('## inner', () => {
          throw failure
        }),
      ).toThrow(failure)
      root.recordException(failure)
      root.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' })
      root.end()
      root.end()
    })
    const documents = await daemon.documents()
    expect(documents).toHaveLength(1)
    const inner = documents[0]?.subsegments?.[0]
    expect(documents[0]).toMatchObject({ fault: true, cause: expect.stringMatching(/^[0-9a-f]{16}$/) })
    expect(inner?.cause).toMatchObject({ exceptions: [{ id: documents[0]?.cause, message: 'broken' }] })
  })

  it('take times that are given', async () => {
    tracer.startSpan('root', { startTime: new Date(1_795_000_000_000) }).end([1_795_000_001, 500_000_000])
    const [document] = await daemon.documents()
    expect(document?.start_time).toBeCloseTo(1_795_000_000, 3)
    expect(document?.end_time).toBeCloseTo(1_795_000_001.5, 3)
  })

  it('in Lambda are subsegments of Lambda’s segment', async () => {
    const invocation = lambdaInvocation()
    await daemon.stop()
    daemon = await startDaemon(invocation.environment)
    tracer.startSpan('handler', { kind: SpanKind.SERVER }).end()
    expect(await daemon.documents()).toMatchObject([
      { type: 'subsegment', trace_id: invocation.root, parent_id: invocation.parent },
    ])
  })

  it('of requests that are not sampled are not recorded, nor anything below', async () => {
    sampled = false
    tracer.startActiveSpan('root', root => {
      expect(root.isRecording()).toBe(false)
      expect(currentCapture().sampled).toBe(false)
      tracer.startSpan('child').end()
      capture('## inside', () => {})
      root.end()
    })
    expect(await daemon.documents()).toEqual([])
  })
})

describe('context', () => {
  it('has the running capture as its active span', () => {
    segment('app', one => {
      expect(trace.getActiveSpan()?.spanContext().spanId).toBe(one.id)
      capture('inner', inner => {
        expect(trace.getActiveSpan()?.spanContext().spanId).toBe(inner.id)
        trace.getActiveSpan()?.setAttribute('ignored', undefined as never)
      })
    })
    expect(trace.getActiveSpan()).toBeUndefined()
  })

  it('binds functions to a context', () => {
    const span = tracer.startSpan('root')
    const bound = context.bind(trace.setSpan(context.active(), span), () => currentCapture().id)
    expect(bound()).toBe(span.spanContext().spanId)
    span.end()
  })

  it('carries X-Amzn-Trace-Id in and out', async () => {
    const incoming = propagation.extract(context.active(), {
      'x-amzn-trace-id': `Root=${ROOT};Parent=${PARENT};Sampled=1`,
    })
    context.with(incoming, () => {
      tracer.startActiveSpan('server', { kind: SpanKind.SERVER }, span => {
        const carrier: Record<string, string> = {}
        propagation.inject(context.active(), carrier)
        const { traceId, spanId } = span.spanContext()
        expect(traceId).toBe(OTEL_ROOT)
        expect(carrier).toEqual({ 'x-amzn-trace-id': `Root=${ROOT};Parent=${spanId};Sampled=1` })
        span.end()
      })
    })
    expect(await daemon.documents()).toMatchObject([{ trace_id: ROOT, parent_id: PARENT }])
  })

  it.each(['', 'Root=x', `Root=${ROOT}`, `Root=${ROOT};Parent=${PARENT};Sampled=?`])(
    'ignores the header %j',
    header => {
      const extracted = propagation.extract(context.active(), { 'x-amzn-trace-id': header })
      expect(trace.getSpanContext(extracted)).toBeUndefined()
    },
  )
})

describe('register', () => {
  it('refuses beside another SDK', () => {
    expect(() => register()).toThrow(AlreadyRegisteredError)
  })
})
