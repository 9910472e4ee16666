import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ApiDescription } from './api.ts'
import { createWireServer, type Handlers } from './server.ts'
import { ServiceError } from './service-error.ts'

const CLOUDWATCH: ApiDescription = {
  api: 'cloudwatch',
  signingName: 'monitoring',
  protocols: ['rpcv2Cbor', 'awsJson1_0', 'awsQuery'],
  targetPrefix: 'GraniteServiceVersion20100801',
  version: '2010-08-01',
  xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  namespace: 'com.amazonaws.cloudwatch',
  queryCompatible: true,
  maxBody: 1_000_000,
  load: () => import('@aws-sdk/client-cloudwatch'),
}

const S3: ApiDescription = {
  api: 's3',
  signingName: 's3',
  protocols: ['restXml'],
  pathPrefixMember: 'Bucket',
  load: () => import('@aws-sdk/client-s3'),
}

const serverWith = (handlers: Record<string, Handlers<undefined>>, onDefect = (_: unknown) => {}) =>
  createWireServer<undefined>({ apis: [CLOUDWATCH, S3], handlers, contextOf: () => undefined, onDefect })

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: Uint8Array | string
}

const send = async (server: ReturnType<typeof serverWith>, sent: Sent) => {
  const [path = '/', query = ''] = (sent.path ?? '/').split('?')
  const { response } = await server.handle({
    method: sent.method ?? 'POST',
    path,
    query: new URLSearchParams(query),
    headers: sent.headers ?? {},
    body: Readable.from(sent.body === undefined ? [] : [Buffer.from(sent.body)]),
  })
  const { body } = response
  return { ...response, text: Buffer.from(body as Uint8Array).toString() }
}

const json = (operation: string, body: unknown): Sent => ({
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
  },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

const form = (parameters: Record<string, string>): Sent => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: new URLSearchParams({ Version: '2010-08-01', ...parameters }).toString(),
})

const s3 = (method: string, path: string, more: Sent = {}): Sent => ({
  ...more,
  method,
  path,
  headers: {
    ...more.headers,
    authorization: 'AWS4-HMAC-SHA256 Credential=AK/20300101/us-east-1/s3/aws4_request',
  },
})

describe('an operation nobody has written', () => {
  it.each([
    ['JSON', json('PutDashboard', {}), '"message":"cloudwatch: PutDashboard is not implemented by Sonde."'],
    ['a form', form({ Action: 'PutDashboard' }), '<Code>NotImplemented</Code>'],
    ['REST', s3('GET', '/bucket?acl'), '<Code>NotImplemented</Code>'],
  ])('answers 501 that names it, in %s', async (_protocol, request, expected) => {
    const response = await send(serverWith({}), request)
    expect(response.status).toBe(501)
    expect(response.text).toContain(expected)
  })

  it('is told from one that AWS does not have', async () => {
    const response = await send(serverWith({}), json('MakeCoffee', {}))
    expect(response.status).toBe(400)
    expect(JSON.parse(response.text)).toMatchObject({ __type: 'UnknownOperationException' })
  })
})

describe('input that is not what the schema says', () => {
  const server = serverWith({ cloudwatch: { PutMetricData: () => ({}) } })

  it.each([
    ['text that is not JSON', '{"Namespace":'],
    ['an array', '[]'],
    ['a number for a string', { Namespace: 3 }],
    ['a string for a list', { Namespace: 'A', MetricData: 'x' }],
    ['a string for a structure', { Namespace: 'A', MetricData: ['x'] }],
    ['a word for a number', { Namespace: 'A', MetricData: [{ MetricName: 'm', Value: 'many' }] }],
    ['a list for a map of numbers', { Namespace: 'A', MetricData: [{ MetricName: 'm', Values: [[1]] }] }],
  ])('is refused as SerializationException: %s', async (_case, body) => {
    const response = await send(server, json('PutMetricData', body))
    expect(response.status).toBe(400)
    expect(JSON.parse(response.text).__type).toBe('SerializationException')
  })

  it('names every missing member in the words of Coral', async () => {
    const response = await send(server, json('PutMetricData', { MetricData: [{ Value: 1 }] }))
    expect(JSON.parse(response.text)).toEqual({
      __type: 'ValidationException',
      message:
        "2 validation errors detected: Value null at 'namespace' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'metricData.1.member.metricName' failed to satisfy constraint: Member must not be null",
    })
    expect(response.headers['x-amzn-query-error']).toBe('ValidationError;Sender')
  })

  it('is refused in a form as well', async () => {
    const wrong = { Action: 'PutMetricData', Namespace: 'A', 'MetricData.member.1.MetricName': 'm' }
    const response = await send(server, form({ ...wrong, 'MetricData.member.1.Value': 'many' }))
    expect(response.status).toBe(400)
    expect(response.text).toContain('<Code>SerializationException</Code>')
  })
})

describe('a body', () => {
  const server = serverWith({ cloudwatch: { PutMetricData: () => ({}) } })
  const request = json('PutMetricData', { Namespace: 'A' })
  const gzipped = (body: Uint8Array): Sent => ({
    ...request,
    headers: { ...request.headers, 'content-encoding': 'gzip' },
    body,
  })

  it('is unpacked where it is gzip', async () => {
    expect((await send(server, gzipped(gzipSync(request.body as string)))).status).toBe(200)
  })

  it('is refused where it says gzip and is not', async () => {
    const response = await send(server, gzipped(Buffer.from('plain')))
    expect(JSON.parse(response.text).__type).toBe('SerializationException')
  })

  it('is refused where it unpacks beyond the limit', async () => {
    const response = await send(server, gzipped(gzipSync(Buffer.alloc(2_000_000))))
    expect(response.status).toBe(413)
  })
})

describe('an error', () => {
  const failing = (error: unknown, defects: unknown[] = []) =>
    serverWith(
      {
        cloudwatch: {
          GetDashboard: () => {
            throw error
          },
        },
      },
      defect => defects.push(defect),
    )

  it('takes status and query code from the shape that the model has', async () => {
    const server = failing(new ServiceError('DashboardNotFoundError', 'Dashboard x does not exist'))
    const response = await send(server, json('GetDashboard', { DashboardName: 'x' }))
    expect(response.status).toBe(404)
    expect(JSON.parse(response.text)).toEqual({
      __type: 'DashboardNotFoundError',
      message: 'Dashboard x does not exist',
    })
    expect(response.headers['x-amzn-query-error']).toBe('ResourceNotFound;Sender')
  })

  it('is XML for a client that sends forms', async () => {
    const server = failing(new ServiceError('DashboardNotFoundError', 'Dashboard <x> does not exist'))
    const response = await send(server, form({ Action: 'GetDashboard', DashboardName: 'x' }))
    expect(response.text).toContain(
      '<Error><Type>Sender</Type><Code>ResourceNotFound</Code><Message>Dashboard &lt;x&gt; does not exist</Message></Error>',
    )
  })

  it('of ours reaches the client without its text, and whoever watches with it', async () => {
    const defects: unknown[] = []
    const server = failing(new TypeError('secret detail'), defects)
    const response = await send(server, json('GetDashboard', { DashboardName: 'x' }))
    expect(response.status).toBe(500)
    expect(response.text).not.toContain('secret')
    expect(defects).toEqual([new TypeError('secret detail')])
  })
})

describe('S3', () => {
  const named = (name: string) => [name, () => ({ ETag: name })] as const
  const seen: unknown[] = []
  const server = serverWith({
    s3: {
      ...Object.fromEntries(
        [
          'ListObjectsV2',
          'GetBucketLocation',
          'UploadPart',
          'CreateMultipartUpload',
          'CopyObject',
          'HeadObject',
        ].map(named),
      ),
      PutObject: async (input: { Body: Readable; Bucket: string; Key: string }) => {
        seen.push([input.Bucket, input.Key, Buffer.concat(await input.Body.toArray()).toString()])
        return { ETag: 'PutObject' }
      },
      ListBuckets: () => ({ Buckets: [{ Name: 'b' }] }),
    } as Handlers<undefined>,
  })

  it.each([
    ['HEAD', '/bucket/key', 'HeadObject'],
    ['PUT', '/bucket/key?x-id=PutObject', 'PutObject'],
    ['PUT', '/bucket/a/b%20c', 'PutObject'],
    ['PUT', '/bucket/key?partNumber=1&uploadId=u', 'UploadPart'],
  ])('%s %s is %s', async (method, path, operation) => {
    expect((await send(server, s3(method, path))).headers.etag).toBe(operation)
  })

  it.each([
    ['GET', '/bucket?list-type=2', '<ListBucketResult'],
    ['GET', '/bucket/?list-type=2&prefix=x', '<ListBucketResult'],
    ['GET', '/', '<ListAllMyBucketsResult'],
    ['POST', '/bucket/key?uploads', '<InitiateMultipartUploadResult'],
  ])('%s %s answers %s', async (method, path, expected) => {
    expect((await send(server, s3(method, path))).text).toContain(expected)
  })

  it('takes bodies in the aws-chunked encoding, and keys with slashes and spaces', async () => {
    const chunked =
      '5;chunk-signature=x\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
    await send(server, s3('PUT', '/bucket/a/b%20c', { headers, body: chunked }))
    expect(seen.at(-1)).toEqual(['bucket', 'a/b c', 'hello world'])
  })
})
