import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createWireServer } from '@sonde/wire'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { APIS } from '../../apis.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { ResourceRequest, ResourceType } from '../../kernel/resource-type.ts'
import { createStore } from '../../kernel/store.ts'
import { createS3 } from './index.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const BOOTSTRAP = 'cdk-hnb659fds-assets-123456789012-us-east-1'

const start = async (directory?: string) => {
  const store = createStore(directory)
  const service = createS3({ store })
  await service.start?.()
  const defects: unknown[] = []
  const wire = createWireServer<RequestContext>({
    apis: APIS.filter(({ api }) => api === 's3'),
    handlers: { s3: service.apis[0]?.operations as never },
    contextOf: ({ requestId }) => ({
      scope: SCOPE,
      identity: { account: SCOPE.account, arn: '', userId: '' },
      requestId,
      endpoint: 'http://127.0.0.1:4566',
    }),
    onDefect: error => defects.push(error),
  })
  const server = createServer(async (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?')
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const { response: answer } = await wire.handle({
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers,
      body: request,
    })
    response.writeHead(answer.status, answer.headers)
    if (answer.body instanceof Readable) answer.body.pipe(response)
    else response.end(answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  const stop = async (): Promise<void> => {
    client.destroy()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    store.close()
  }
  return { client, service, defects, stop }
}

let running: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  running = await start()
  return () => running.stop()
})

let number = 0
const bucket = async (): Promise<string> => {
  const Bucket = `bucket-${++number}`
  await running.client.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-s3-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const put = async (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) => {
  const Bucket = more.Bucket ?? (await bucket())
  const output = await running.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
  return { Bucket, Key, output }
}

const read = async (Bucket: string, Key: string, more = {}) => {
  const output = await running.client.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return { text: await output.Body?.transformToString(), output }
}

describe('objects', () => {
  it('come back as they were put, with type and metadata', async () => {
    const { Bucket, Key, output } = await put('a b/ü+&.json', '{}', {
      ContentType: 'application/json',
      CacheControl: 'no-cache',
      ContentEncoding: 'identity',
      Metadata: { origin: 'test' },
    })
    expect(output.ETag).toBe('"99914b932bd37a50b983c5e7c90ae93b"')
    const { text, output: got } = await read(Bucket, Key)
    expect(text).toBe('{}')
    expect(got).toMatchObject({
      ContentType: 'application/json',
      CacheControl: 'no-cache',
      ContentEncoding: 'identity',
      ContentLength: 2,
      ETag: output.ETag,
      Metadata: { origin: 'test' },
    })
    const head = await running.client.send(new HeadObjectCommand({ Bucket, Key }))
    expect(head).toMatchObject({ ContentLength: 2, ETag: output.ETag, ContentType: 'application/json' })
  })

  it('come back in part for a range', async () => {
    const { Bucket, Key } = await put('digits', '0123456789')
    const { text, output } = await read(Bucket, Key, { Range: 'bytes=2-4' })
    expect(text).toBe('234')
    expect(output).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3 })
    await expect(read(Bucket, Key, { Range: 'bytes=20-' })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    })
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'sent with a %s are checked with it, and returned with it',
    async ChecksumAlgorithm => {
      const { Bucket, Key, output } = await put('checked', Buffer.from('hello'), { ChecksumAlgorithm })
      const member = `Checksum${ChecksumAlgorithm}` as const
      expect(output[member]).toEqual(expect.any(String))
      const { output: got, text } = await read(Bucket, Key, { ChecksumMode: 'ENABLED' })
      expect(text).toBe('hello')
      expect(got[member]).toBe(output[member])
      await expect(
        put('checked', 'hullo', { Bucket, [member]: output[member] as string }),
      ).rejects.toMatchObject({ name: 'BadDigest' })
      expect((await read(Bucket, Key)).text).toBe('hello')
    },
  )

  it('that are missing are an error', async () => {
    const Bucket = await bucket()
    await expect(read(Bucket, 'x')).rejects.toMatchObject({
      name: 'NoSuchKey',
      message: 'The specified key does not exist.',
    })
    await expect(read('no-such-bucket', 'x')).rejects.toMatchObject({
      name: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
    })
    await expect(running.client.send(new HeadObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({
      name: 'NotFound',
    })
  })

  it('are written only where the condition holds', async () => {
    const { Bucket, Key } = await put('once', '1', { IfNoneMatch: '*' })
    await expect(put(Key, '2', { Bucket, IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    })
    expect((await read(Bucket, Key)).text).toBe('1')
  })

  it('are copied, with their metadata or with another', async () => {
    const { Bucket } = await put('from ü', 'text', { ContentType: 'text/plain', Metadata: { a: '1' } })
    const CopySource = `${Bucket}/${encodeURIComponent('from ü')}`
    await running.client.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }))
    const same = await read(Bucket, 'same')
    expect(same).toMatchObject({ text: 'text', output: { ContentType: 'text/plain', Metadata: { a: '1' } } })
    const replace = { MetadataDirective: 'REPLACE', ContentType: 'text/html' } as const
    await running.client.send(new CopyObjectCommand({ Bucket, Key: 'other', CopySource, ...replace }))
    const other = await read(Bucket, 'other')
    expect(other.output).toMatchObject({ ContentType: 'text/html', Metadata: {} })
  })

  it('are deleted, one or many, and deleting what is gone is no error', async () => {
    const { Bucket } = await put('a', '1')
    await put('b', '2', { Bucket })
    await put('c', '3', { Bucket })
    await running.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    await running.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    const { Deleted } = await running.client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b' }, { Key: 'x' }] } }),
    )
    expect(Deleted).toEqual([{ Key: 'b' }, { Key: 'x' }])
    const { Contents } = await running.client.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['c'])
  })

  it.each([
    ['Tagging', { Tagging: 'a=b' }],
    ['ACL', { ACL: 'public-read' }],
    ['ServerSideEncryption', { ServerSideEncryption: 'aws:kms' }],
    ['StorageClass', { StorageClass: 'GLACIER' }],
    ['ObjectLockMode', { ObjectLockMode: 'GOVERNANCE' }],
  ] as const)('with %s that we do not do are refused by name', async (member, more) => {
    await expect(put('x', 'y', more as Partial<PutObjectCommandInput>)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: `s3:PutObject with ${member} is not implemented by Sonde.`,
    })
  })
})

describe('lists', () => {
  it('come in pages, with common prefixes, and keys that XML cannot hold', async () => {
    const Bucket = await bucket()
    for (const Key of ['a/1', 'a/2', 'b\u0001', 'c d']) await put(Key, Buffer.alloc(0), { Bucket })
    const first = await running.client.send(
      new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 2, EncodingType: 'url' }),
    )
    expect(first).toMatchObject({
      KeyCount: 2,
      IsTruncated: true,
      CommonPrefixes: [{ Prefix: 'a/' }],
      Contents: [{ Key: 'b%01', Size: 0, StorageClass: 'STANDARD' }],
    })
    const { NextContinuationToken: ContinuationToken } = first
    const second = await running.client.send(
      new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 2, ContinuationToken }),
    )
    expect(second).toMatchObject({ KeyCount: 1, IsTruncated: false, Contents: [{ Key: 'c d' }] })
    await expect(
      running.client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '~' })),
    ).rejects.toMatchObject({ name: 'InvalidArgument' })
  })
})

describe('multipart uploads', () => {
  const begin = async () => {
    const Bucket = await bucket()
    const Key = 'big'
    const { UploadId } = await running.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'x/y' }),
    )
    const part = (PartNumber: number, Body: Buffer) =>
      running.client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
    return { Bucket, Key, UploadId, part }
  }

  it('join their parts, with the ETag of ETags', async () => {
    const { Bucket, Key, UploadId, part } = await begin()
    const bytes = Buffer.alloc(5 * 1024 ** 2, 'a')
    const one = await part(1, bytes)
    const two = await part(2, Buffer.from('end'))
    const Parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ]
    const done = await running.client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    )
    expect(done.ETag).toBe('"cc8f6f16b44b75adde6349ab98aee432-2"')
    const { text, output } = await read(Bucket, Key, { Range: 'bytes=-4' })
    expect(text).toBe('aend')
    expect(output).toMatchObject({ ContentType: 'x/y', ContentRange: 'bytes 5242879-5242882/5242883' })
    await expect(part(3, bytes)).rejects.toMatchObject({ name: 'NoSuchUpload' })
  })

  it('refuse small parts, wrong order and unknown parts, and stay as they were', async () => {
    const { Bucket, Key, UploadId, part } = await begin()
    const one = await part(1, Buffer.from('a'))
    const two = await part(2, Buffer.from('b'))
    const complete = (...Parts: Array<{ PartNumber: number; ETag: string | undefined }>) =>
      running.client.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
      )
    const [first, second] = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ]
    await expect(complete(first, second)).rejects.toMatchObject({ name: 'EntityTooSmall' })
    await expect(complete(second, first)).rejects.toMatchObject({ name: 'InvalidPartOrder' })
    await expect(complete({ ...first, ETag: '"x"' })).rejects.toMatchObject({ name: 'InvalidPart' })
    await complete(first)
    expect((await read(Bucket, Key)).text).toBe('a')
  })

  it('that are aborted leave nothing', async () => {
    const { Bucket, Key, UploadId, part } = await begin()
    await part(1, Buffer.from('a'))
    await running.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    await expect(part(2, Buffer.from('b'))).rejects.toMatchObject({ name: 'NoSuchUpload' })
    await expect(read(Bucket, Key)).rejects.toMatchObject({ name: 'NoSuchKey' })
  })
})

describe('buckets', () => {
  it('are listed, and the bootstrap bucket with them', async () => {
    const Bucket = await bucket()
    const { Buckets } = await running.client.send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual(expect.arrayContaining([Bucket, BOOTSTRAP]))
    await running.client.send(new HeadBucketCommand({ Bucket: BOOTSTRAP }))
    await put('asset.zip', 'zip', { Bucket: BOOTSTRAP })
    await expect(
      running.client.send(new HeadBucketCommand({ Bucket: 'missing-bucket' })),
    ).rejects.toMatchObject({
      name: 'NotFound',
    })
  })

  it('answer what the CDK asks about them', async () => {
    const Bucket = BOOTSTRAP
    const location = await running.client.send(new GetBucketLocationCommand({ Bucket }))
    expect(location.LocationConstraint).toBeUndefined()
    const encryption = await running.client.send(new GetBucketEncryptionCommand({ Bucket }))
    expect(encryption.ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ])
    const versioning = await running.client.send(new GetBucketVersioningCommand({ Bucket }))
    expect(versioning.Status).toBeUndefined()
  })

  it('are made once, with a name that S3 allows, and deleted when empty', async () => {
    const Bucket = await bucket()
    await expect(running.client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    })
    await expect(running.client.send(new CreateBucketCommand({ Bucket: 'Not_Valid' }))).rejects.toMatchObject(
      {
        name: 'InvalidBucketName',
      },
    )
    await put('x', 'y', { Bucket })
    await expect(running.client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    })
    await running.client.send(new DeleteObjectCommand({ Bucket, Key: 'x' }))
    await running.client.send(new DeleteBucketCommand({ Bucket }))
    await expect(running.client.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NotFound',
    })
  })
})

describe('the files', () => {
  it('keep objects over a restart, whatever their keys, and drop what no record names', async () => {
    const directory = folder()
    const first = await start(directory)
    const Key = '../../../etc/passwd\u0000'
    await first.client.send(new PutObjectCommand({ Bucket: BOOTSTRAP, Key, Body: 'kept' }))
    await first.stop()
    const blobs = join(directory, 's3', 'blobs')
    expect(readdirSync(blobs)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
    writeFileSync(join(blobs, 'torn.part'), 'half')

    const second = await start(directory)
    const { Body } = await second.client.send(new GetObjectCommand({ Bucket: BOOTSTRAP, Key }))
    expect(await Body?.transformToString()).toBe('kept')
    expect(readdirSync(blobs)).toHaveLength(1)
    await second.stop()
  })

  it('give up the bytes of an object that is replaced', async () => {
    const directory = folder()
    const { client, stop } = await start(directory)
    for (const Body of ['1', '2', '3'])
      await client.send(new PutObjectCommand({ Bucket: BOOTSTRAP, Key: 'k', Body }))
    await expect.poll(() => readdirSync(join(directory, 's3', 'blobs'))).toHaveLength(1)
    await stop()
  })
})

describe('the port', () => {
  it('reads objects and lists keys', async () => {
    await put('port/b', 'text', { Bucket: BOOTSTRAP })
    await put('port/a', 'text', { Bucket: BOOTSTRAP })
    const { service } = running
    expect(Buffer.from((await service.getObject(SCOPE, BOOTSTRAP, 'port/a')) ?? []).toString()).toBe('text')
    expect(await service.getObject(SCOPE, BOOTSTRAP, 'none')).toBeUndefined()
    expect(await service.listObjects(SCOPE, BOOTSTRAP, 'port/')).toEqual(['port/a', 'port/b'])
    expect(await service.listObjects(SCOPE, 'none', '')).toEqual([])
    expect(running.defects).toEqual([])
  })
})

describe('AWS::S3::Bucket', () => {
  it('makes a bucket under a generated name, and deletes it', async () => {
    const type = (running.service.resources as Record<string, ResourceType>)[
      'AWS::S3::Bucket'
    ] as ResourceType
    const request: ResourceRequest = {
      scope: SCOPE,
      stackName: 'app',
      stackId: 'arn',
      logicalId: 'Data',
      properties: {},
      metadata: {},
      generateName: () => 'app-Data-ABC',
      progress: () => {},
    }
    const state = await type.create(request)
    expect(state).toEqual({
      physicalId: 'app-data-abc',
      attributes: {
        Arn: 'arn:aws:s3:::app-data-abc',
        DomainName: 'app-data-abc.s3.amazonaws.com',
        RegionalDomainName: 'app-data-abc.s3.us-east-1.amazonaws.com',
        DualStackDomainName: 'app-data-abc.s3.dualstack.us-east-1.amazonaws.com',
        WebsiteURL: 'http://app-data-abc.s3-website-us-east-1.amazonaws.com',
      },
    })
    await running.client.send(new HeadBucketCommand({ Bucket: 'app-data-abc' }))
    await type.delete(SCOPE, state, {})
    await type.delete(SCOPE, state, {})
    await expect(
      running.client.send(new HeadBucketCommand({ Bucket: 'app-data-abc' })),
    ).rejects.toMatchObject({
      name: 'NotFound',
    })
  })
})
