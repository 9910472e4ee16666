import { describe, expect, it } from 'vitest'
import { SPAN_KIND } from '../model.ts'
import { attributes, documentOf, documentsOf, exportOf, NOW, testSpan, type Values } from '../testing.ts'
import { translate } from './document.ts'

const { client, consumer, internal, producer, server, unspecified } = SPAN_KIND

describe('the structure of documents', () => {
  it('is a subsegment for a span within a service', () => {
    expect(documentOf(testSpan())).toEqual({
      id: '53995c3f42cd8ad8',
      name: 'do it',
      start_time: 1_577_836_800.123456,
      end_time: 1_577_836_801,
      trace_id: '1-5e0be100-a006649127e371903a2de979',
      parent_id: '70de5b6f19ff9a0a',
      type: 'subsegment',
      aws: { xray: { auto_instrumentation: false } },
    })
  })

  it.each([
    ['a server', { kind: server }, true],
    ['a server without a parent', { kind: server, parentSpanId: '' }, true],
    ['any span without a parent', { kind: client, parentSpanId: '' }, true],
    ['a parent of zeros', { parentSpanId: '0000000000000000' }, true],
    ['a client with a parent', { kind: client }, false],
    ['a producer with a parent', { kind: producer }, false],
    ['a consumer with a parent', { kind: consumer }, false],
    ['a span of no kind with a parent', { kind: unspecified }, false],
  ])('is a segment for %s: %#', (_, members, isSegment) => {
    const document = documentOf(testSpan(members))
    expect(document.type).toBe(isSegment ? undefined : 'subsegment')
  })

  it('is in progress while the span has no end', () => {
    const document = documentOf(testSpan({ endTime: 0n }))
    expect(document.in_progress).toBe(true)
    expect(document).not.toHaveProperty('end_time')
  })

  it('is one segment for a local root that serves or works within', () => {
    for (const kind of [server, internal]) {
      const documents = documentsOf(
        testSpan({ kind }, { 'aws.span.kind': 'LOCAL_ROOT', 'aws.local.service': 'flights' }),
      )
      expect(documents.length).toBe(1)
      expect(documents[0]).toMatchObject({ name: 'flights', parent_id: '70de5b6f19ff9a0a' })
      expect(documents[0]).not.toHaveProperty('type')
    }
  })

  it('is a segment of the service and a subsegment of the call for a local root that calls', () => {
    const span = testSpan(
      {
        kind: client,
        links: [
          {
            traceId: '5e0be100a006649127e371903a2de970',
            spanId: '1111111111111111',
            attributes: attributes(),
          },
        ],
      },
      {
        'aws.span.kind': 'LOCAL_ROOT',
        'aws.local.service': 'flights',
        'aws.remote.service': 'AWS.SDK.DynamoDB',
        'aws.remote.operation': 'GetItem',
        'rpc.system': 'aws-api',
        'rpc.method': 'GetItem',
        'aws.table_name': 'airports',
        'http.method': 'POST',
        'http.url': 'https://dynamodb.eu-west-1.amazonaws.com/',
      },
    )
    const [call, service] = documentsOf(span, { 'service.name': 'flights' })
    expect(call).toMatchObject({
      id: '53995c3f42cd8ad8',
      type: 'subsegment',
      name: 'DynamoDB',
      namespace: 'aws',
      parent_id: service?.id,
      aws: { operation: 'GetItem', table_name: 'airports' },
      http: { request: { method: 'POST' } },
      links: [{ trace_id: '1-5e0be100-a006649127e371903a2de970', id: '1111111111111111' }],
    })
    expect(service).toMatchObject({ name: 'flights', parent_id: '70de5b6f19ff9a0a' })
    for (const member of ['type', 'namespace', 'http', 'links']) expect(service).not.toHaveProperty(member)
    expect(service?.aws).toEqual({ xray: { auto_instrumentation: false } })
    expect(service?.metadata).toBeUndefined()
  })

  it('is the same again for a span that is sent again', () => {
    const span = testSpan({ kind: client }, { 'aws.span.kind': 'LOCAL_ROOT' })
    expect(documentsOf(span)).toEqual(documentsOf(span))
    expect(new Set(documentsOf(span).map(({ id }) => id)).size).toBe(2)
  })

  it('gives the links of a local consumer to the service', () => {
    const links = [
      {
        traceId: '5e0be100a006649127e371903a2de970',
        spanId: '1111111111111111',
        attributes: attributes({ why: 'queue' }),
      },
    ]
    const [call, service] = documentsOf(
      testSpan({ kind: consumer, links }, { 'aws.span.kind': 'LOCAL_ROOT' }),
    )
    expect(call).toMatchObject({ type: 'subsegment', namespace: 'remote' })
    expect(call).not.toHaveProperty('links')
    expect(service?.links).toEqual([
      {
        trace_id: '1-5e0be100-a006649127e371903a2de970',
        id: '1111111111111111',
        attributes: { why: 'queue' },
      },
    ])
  })

  it.each([
    ['no id', { spanId: '' }],
    ['an id of zeros', { spanId: '0000000000000000' }],
    ['no trace id', { traceId: '' }],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }],
  ])('is none for a span with %s, which harms no other', (_, members) => {
    const request = [{ resource: attributes(), spans: [testSpan(members), testSpan()] }]
    const { documents, rejected, reason } = translate(request, NOW)
    expect([documents.length, rejected]).toEqual([1, 1])
    expect(reason).toMatch(/^a span without an?/)
  })

  it.each([
    ['of 28 days ago', -28 * 86_400, 0],
    ['of more than 28 days ago', -28 * 86_400 - 1, 1],
    ['5 minutes ahead', 300, 0],
    ['more than 5 minutes ahead', 301, 1],
  ])('takes trace ids by their time only where that is asked for: %s', (_, offset, rejected) => {
    const time = (NOW / 1_000 + offset).toString(16).padStart(8, '0')
    const span = testSpan({ traceId: `${time}a006649127e371903a2de979` })
    expect(translate(exportOf(span), NOW, { validateTraceIdTime: true }).rejected).toBe(rejected)
    expect(translate(exportOf(span), NOW).rejected).toBe(0)
  })
})

describe('the name', () => {
  it.each<[string, number, Values, string]>([
    [
      'the local service of a server',
      server,
      { 'aws.local.service': 'local', 'peer.service': 'peer' },
      'local',
    ],
    [
      'the remote service of a call',
      client,
      { 'aws.remote.service': 'remote', 'peer.service': 'peer' },
      'remote',
    ],
    [
      'no remote service of a server',
      server,
      { 'aws.remote.service': 'remote', 'peer.service': 'peer' },
      'peer',
    ],
    [
      'an AWS service without its prefix',
      client,
      { 'aws.remote.service': 'AWS::S3', 'rpc.system': 'aws-api' },
      'S3',
    ],
    ['a prefix of no AWS call', client, { 'aws.remote.service': 'AWS::S3' }, 'AWS::S3'],
    ['the peer', client, { 'peer.service': 'peer', 'aws.service': 'S3' }, 'peer'],
    ['the AWS service', client, { 'aws.service': 'S3', 'db.name': 'd' }, 'S3'],
    [
      'the database at its host',
      client,
      { 'db.name': 'flights', 'db.connection_string': 'jdbc:mysql://db.example.com:3306' },
      'flights@db.example.com',
    ],
    ['the database', client, { 'db.name': 'flights', 'db.connection_string': 'none' }, 'flights'],
    ['the service of a server', server, { 'rpc.service': 'rpc' }, 'service'],
    ['the called RPC service', client, { 'rpc.service': 'rpc', 'http.host': 'host' }, 'rpc'],
    ['the HTTP host', client, { 'http.host': 'host', 'net.peer.name': 'peer' }, 'host'],
    ['the peer’s name', client, { 'net.peer.name': 'peer' }, 'peer'],
    ['the server that is called', client, { 'server.address': 'api.example.com' }, 'api.example.com'],
    ['the span’s own', internal, { 'server.address': 'api.example.com' }, 'GET /x'],
  ])('is %s', (_, kind, values, name) => {
    expect(documentOf(testSpan({ kind, name: 'GET /x' }, values), { 'service.name': 'service' }).name).toBe(
      name,
    )
  })

  it.each([
    ['## predict!', '## predict'],
    ['a{b}[c]<d>', 'abcd'],
    ['Zürich 東京', 'Zürich 東京'],
    ['{}', 'span'],
    ['', 'span'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('leaves out what X-Ray does not take: %s', (name, cleaned) => {
    expect(documentOf(testSpan({ name })).name).toBe(cleaned)
  })
})

describe('the namespace', () => {
  it.each<[number, Values, string | undefined]>([
    [client, {}, 'remote'],
    [client, { 'rpc.system': 'aws-api' }, 'aws'],
    [internal, { 'rpc.system': 'aws-api' }, 'aws'],
    [client, { 'aws.service': 'S3' }, 'aws'],
    [client, { 'aws.service': 'S3', 'peer.service': 'peer' }, 'remote'],
    [internal, {}, undefined],
    [producer, {}, undefined],
    [producer, { 'aws.remote.service': 'queue' }, 'remote'],
    [consumer, { 'aws.remote.service': 'queue' }, 'remote'],
  ])('of kind %i with %o is %s', (kind, values, namespace) => {
    expect(documentOf(testSpan({ kind }, values)).namespace).toBe(namespace)
  })
})
