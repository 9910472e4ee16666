import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SPAN_KIND } from '../model.ts'
import { attributes, documentOf, exportOf, NOW, testSpan, type Values } from '../testing.ts'
import { translate } from './document.ts'

const { client, server } = SPAN_KIND

describe('annotations and metadata', () => {
  const values = { 'model.version': 3, ok: true, share: 0.5, tags: ['a'], 'enduser.id': 'ada', none: null }

  it('are metadata, but for the user', () => {
    const document = documentOf(testSpan({}, values))
    expect(document).not.toHaveProperty('annotations')
    expect(document.user).toBe('ada')
    expect(document.metadata).toEqual({
      default: { 'model.version': 3, ok: true, share: 0.5, tags: ['a'] },
    })
  })

  it('are annotations for what the span names', () => {
    const named = { ...values, 'aws.xray.annotations': ['model.version', 'tags', 'ok', 7] }
    const document = documentOf(testSpan({}, named))
    expect(document.annotations).toEqual({ 'model.version': 3, ok: true })
    expect(document.metadata).toEqual({ default: { share: 0.5, tags: ['a'] } })
  })

  it('are annotations for what is indexed, what a block holds too', () => {
    const span = testSpan({ kind: server }, { 'http.method': 'GET', 'a-b c': 'x' })
    const indexedAttributes = ['http.method', 'otel.resource.team', 'a-b c']
    const document = documentOf(span, { team: 'ml' }, { indexedAttributes })
    expect(document.annotations).toEqual({ 'http.method': 'GET', 'otel.resource.team': 'ml', a_b_c: 'x' })
  })

  it('are all annotations where that is asked for', () => {
    const document = documentOf(testSpan({}, values), {}, { indexAllAttributes: true })
    expect(document.annotations).toEqual({ 'model.version': 3, ok: true, share: 0.5 })
  })

  it('repeat the resource on segments alone', () => {
    const resource = { 'service.version': 'v2' }
    expect(documentOf(testSpan({ kind: server }), resource)).toMatchObject({
      metadata: { default: { 'otel.resource.service.version': 'v2' } },
      service: { version: 'v2' },
    })
    const subsegment = documentOf(testSpan(), resource)
    expect(subsegment).not.toHaveProperty('metadata')
    expect(subsegment.service).toEqual({ version: 'v2' })
  })

  it('hold JSON by namespace', () => {
    const document = documentOf(
      testSpan(
        {},
        {
          'aws.xray.metadata.model': '{"a":{"b":[1]}}',
          'aws.xray.metadata.Default': '{"c":1}',
          'aws.xray.metadata.broken': '{"c"',
          d: 2,
        },
      ),
    )
    expect(document.metadata).toEqual({
      model: { a: { b: [1] } },
      default: { c: 1, 'aws.xray.metadata.broken': '{"c"', d: 2 },
    })
  })

  it('keep every digit, every byte and every key', () => {
    const { documents } = translate(
      exportOf(
        testSpan(
          {},
          {
            big: 9_007_199_254_740_993n,
            bytes: Buffer.from([1, 2]),
            list: [1n << 62n, Number.NaN],
            ['__proto__']: 'x',
          },
        ),
      ),
      NOW,
    )
    expect(documents[0]).toContain('"big":9007199254740993')
    expect(documents[0]).toContain('"bytes":"AQI="')
    expect(documents[0]).toContain('"list":[4611686018427387904,"NaN"]')
    expect(documents[0]).toContain('"__proto__":"x"')
  })

  it('that nest without end reject their span alone', () => {
    const deep = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
    const spans = [testSpan({}, { 'aws.xray.metadata.deep': deep }), testSpan()]
    const { documents, rejected, reason } = translate([{ resource: attributes(), spans }], NOW)
    expect([documents.length, rejected, reason]).toEqual([1, 1, 'a span that nests too deep'])
  })

  it('never lose an attribute, whatever it is called', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'))
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(fc.string(), fc.integer(), fc.boolean())), entries => {
        const kept = Object.fromEntries(Object.entries(entries).map(([name, value]) => [`my.${name}`, value]))
        const { metadata } = documentOf(testSpan({}, kept)) as { metadata?: { default: object } }
        expect(metadata?.default ?? {}).toEqual(kept)
      }),
    )
  })
})

describe('errors', () => {
  it.each<[Values, number, object]>([
    [{ 'http.status_code': 404 }, 2, { error: true }],
    [{ 'http.response.status_code': 429 }, 2, { error: true, throttle: true }],
    [{ 'http.status_code': 503 }, 0, { fault: true }],
    [{ 'http.status_code': 200 }, 2, { fault: true }],
    [{}, 2, { fault: true }],
    [{}, 1, {}],
    [{ 'http.status_code': 200 }, 0, {}],
  ])('with %o and status %i are flagged %o', (values, code, flags) => {
    const document = documentOf(testSpan({ status: { code, message: '' } }, values))
    const { error, throttle, fault } = document
    expect(JSON.parse(JSON.stringify({ error, throttle, fault }))).toEqual(flags)
  })

  it('tell the message of the status where nothing was recorded', () => {
    const failed = testSpan({ status: { code: 2, message: 'no model' } })
    expect(documentOf(failed).cause).toEqual({
      exceptions: [{ id: expect.stringMatching(/^[0-9a-f]{16}$/), message: 'no model' }],
    })
    const text = documentOf(
      testSpan({ status: { code: 2, message: '' } }, { 'http.status_text': 'Not Found' }),
    )
    expect(text.cause).toMatchObject({ exceptions: [{ message: 'Not Found' }] })
    expect(documentOf(testSpan({ status: { code: 2, message: '' } }))).not.toHaveProperty('cause')
    expect(documentOf(testSpan({ status: { code: 0, message: 'fine' } }))).not.toHaveProperty('cause')
  })

  const exception = (values: Values) => ({ time: 0n, name: 'exception', attributes: attributes(values) })

  it('hold exceptions and what caused them, whatever the status', () => {
    const stack = [
      'java.lang.IllegalStateException: bad',
      '\tat a.B.c(B.java:626)',
      'Caused by: java.lang.IllegalArgumentException: bad argument',
      '\tat d.E.f(E.java:7)',
    ].join('\n')
    const span = testSpan({
      kind: client,
      events: [
        exception({
          'exception.type': 'java.lang.IllegalStateException',
          'exception.message': 'bad state',
          'exception.stacktrace': stack,
        }),
        exception({ 'exception.type': 'EmptyError' }),
      ],
    })
    const { cause } = documentOf(span, { 'telemetry.sdk.language': 'java' }) as {
      cause: { exceptions: Array<{ id: string; cause?: string }> }
    }
    expect(cause.exceptions).toMatchObject([
      {
        type: 'java.lang.IllegalStateException',
        message: 'bad state',
        remote: true,
        stack: [{ path: 'B.java', line: 626, label: 'a.B.c' }],
      },
      {
        type: 'java.lang.IllegalArgumentException',
        message: 'bad argument',
        remote: true,
        stack: [{ path: 'E.java', line: 7, label: 'd.E.f' }],
      },
      { type: 'EmptyError' },
    ])
    expect(cause.exceptions[0]?.cause).toBe(cause.exceptions[1]?.id)
    expect(new Set(cause.exceptions.map(({ id }) => id)).size).toBe(3)
  })

  it('hold each attempt of an AWS call that failed', () => {
    const attempt = {
      time: 1_577_836_800_123_456_789n,
      name: 'HTTP request failure',
      attributes: attributes({ 'http.response.status_code': 503, 'aws.http.error_message': 'slow down' }),
    }
    const span = (values: Values) => documentOf(testSpan({ kind: client, events: [attempt] }, values))
    expect(span({ 'rpc.system': 'aws-api' }).cause).toEqual({
      exceptions: [
        {
          id: expect.any(String),
          type: 'aws.http.error.event',
          remote: true,
          message: '503@1577836800.123456@slow down',
        },
      ],
    })
    expect(span({})).not.toHaveProperty('cause')
  })
})
