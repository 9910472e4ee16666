import { notImplemented } from '@sonde/wire'
import type { Scope } from '../../kernel/scope.ts'
import type { ObjectRecord } from './buckets.ts'
import { CHECKSUM_MEMBERS, type ChecksumMember, checksumsOf } from './checksums.ts'
import { checkRead, checkWrite, type ReadConditions, readRange } from './conditions.ts'
import {
  checkDigests,
  checkKey,
  HEADER_MEMBERS,
  headersOf,
  quoted,
  type S3Operations,
  type S3State,
  text,
} from './context.ts'
import { invalidArgument, noSuchKey, notFound } from './errors.ts'
import { refuseUnknownMembers } from './members.ts'

const READ_MEMBERS = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince', 'Range'] as const
const RESPONSE_MEMBERS = {
  ResponseCacheControl: 'CacheControl',
  ResponseContentDisposition: 'ContentDisposition',
  ResponseContentEncoding: 'ContentEncoding',
  ResponseContentLanguage: 'ContentLanguage',
  ResponseContentType: 'ContentType',
} as const

interface ReadInput
  extends ReadConditions,
    Partial<Record<keyof typeof RESPONSE_MEMBERS, string | undefined>> {
  readonly Range?: string | undefined
  readonly ChecksumMode?: string | undefined
}

/** What GetObject and HeadObject have in common: the answer's headers, and the part that was asked for. */
const describeObject = (object: ObjectRecord, input: ReadInput) => {
  checkRead(input, object.etag, object.lastModified)
  const { size } = object.blob
  const range = readRange(input.Range, size)
  const overrides = Object.entries(RESPONSE_MEMBERS).flatMap(([member, name]) => {
    const value = input[member as keyof typeof RESPONSE_MEMBERS]
    return value === undefined ? [] : [[name, value]]
  })
  const { Expires, ...headers } = object.headers
  return {
    range,
    output: {
      ContentType: 'binary/octet-stream',
      ...headers,
      ...(Expires !== undefined && {
        Expires: new Date(Expires),
        ExpiresString: new Date(Expires).toUTCString(),
      }),
      ...Object.fromEntries(overrides),
      AcceptRanges: 'bytes',
      LastModified: new Date(object.lastModified),
      ContentLength: range ? range.end - range.start + 1 : size,
      ETag: quoted(object.etag),
      ServerSideEncryption: 'AES256' as const,
      ...(range && { ContentRange: `bytes ${range.start}-${range.end}/${size}` }),
      // They are of the whole object: a client could not verify a part with them.
      ...(input.ChecksumMode === 'ENABLED' && !range && object.checksums),
    },
  }
}

/** `bucket/key` of a copy's source, percent-encoded, with or without a slash before it. */
const readCopySource = (source: string): { bucket: string; key: string } => {
  let decoded: string
  const [path = '', query] = source.split('?')
  if (query) throw notImplemented(`s3:CopyObject with a CopySource of ${query.split('=')[0]}`)
  try {
    decoded = decodeURIComponent(path).replace(/^\//, '')
  } catch {
    throw invalidArgument('Invalid copy source encoding')
  }
  const slash = decoded.indexOf('/')
  if (slash < 1 || slash === decoded.length - 1) throw invalidArgument('Invalid copy source object key')
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) }
}

type ObjectOperation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'CopyObject'

/** DeleteObjects takes up to 1,000 keys. */
const MAX_DELETED = 1_000

/** The operations on single objects. */
export const createObjectOperations = ({
  buckets,
  blobs,
  now,
}: S3State): Pick<S3Operations, ObjectOperation> => {
  const put = (scope: Scope, object: ObjectRecord): void => {
    const replaced = buckets.object(scope, object.bucket, object.key)
    buckets.putObject(scope, object)
    if (replaced) blobs.remove(replaced.blob)
  }

  const remove = (scope: Scope, bucket: string, key: string): void => {
    const removed = buckets.removeObject(scope, bucket, key)
    if (removed) blobs.remove(removed.blob)
  }

  const require = (scope: Scope, bucket: string, key: string, owner: string | undefined): ObjectRecord => {
    buckets.require(scope, bucket, owner)
    const object = buckets.object(scope, bucket, key)
    if (!object) throw noSuchKey(key)
    return object
  }

  return {
    PutObject: async (input, { scope }) => {
      refuseUnknownMembers('PutObject', input, [
        ...HEADER_MEMBERS,
        ...CHECKSUM_MEMBERS,
        'Body',
        'ContentMD5',
        'IfMatch',
        'IfNoneMatch',
      ])
      const [bucket, key] = [text(input.Bucket), text(input.Key)]
      checkKey(key)
      buckets.require(scope, bucket, input.ExpectedBucketOwner)
      const headers = headersOf(input)
      const given = checksumsOf(input)
      const written = await blobs.write(input.Body, Object.keys(given) as ChecksumMember[])
      try {
        checkDigests(written, input.ContentMD5, given)
        // After the body: of two writers at once, one finds what the other has written.
        buckets.require(scope, bucket)
        checkWrite(input, buckets.object(scope, bucket, key)?.etag)
      } catch (error) {
        blobs.remove(written)
        throw error
      }
      put(scope, {
        bucket,
        key,
        blob: { id: written.id, size: written.size },
        etag: written.md5,
        lastModified: now(),
        headers,
        checksums: given,
      })
      return {
        ETag: quoted(written.md5),
        ServerSideEncryption: 'AES256',
        ...given,
        ...(Object.keys(given).length > 0 && { ChecksumType: 'FULL_OBJECT' as const }),
      }
    },

    GetObject: (input, { scope }) => {
      refuseUnknownMembers('GetObject', input, [...READ_MEMBERS, ...Object.keys(RESPONSE_MEMBERS)])
      const object = require(scope, text(input.Bucket), text(input.Key), input.ExpectedBucketOwner)
      const { range, output } = describeObject(object, input)
      return { ...output, Body: blobs.stream(object.blob, range?.start, range?.end) }
    },

    HeadObject: (input, { scope }) => {
      refuseUnknownMembers('HeadObject', input, [...READ_MEMBERS, ...Object.keys(RESPONSE_MEMBERS)])
      const object =
        buckets.find(scope, text(input.Bucket)) && buckets.object(scope, text(input.Bucket), text(input.Key))
      if (!object) throw notFound()
      buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
      return describeObject(object, input).output
    },

    DeleteObject: (input, { scope }) => {
      refuseUnknownMembers('DeleteObject', input, [])
      buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
      remove(scope, text(input.Bucket), text(input.Key))
      return {}
    },

    DeleteObjects: (input, { scope }) => {
      refuseUnknownMembers('DeleteObjects', input, ['Delete'])
      buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
      const objects = input.Delete?.Objects ?? []
      if (objects.length === 0 || objects.length > MAX_DELETED) {
        throw invalidArgument(`DeleteObjects takes 1 to ${MAX_DELETED} keys.`)
      }
      for (const object of objects) refuseUnknownMembers('DeleteObjects', object, [])
      const deleted = objects.map(({ Key }) => {
        remove(scope, text(input.Bucket), text(Key))
        return { Key: text(Key) }
      })
      return input.Delete?.Quiet ? {} : { Deleted: deleted }
    },

    CopyObject: async (input, { scope }) => {
      refuseUnknownMembers('CopyObject', input, [
        ...HEADER_MEMBERS,
        'CopySource',
        'CopySourceIfMatch',
        'CopySourceIfNoneMatch',
        'CopySourceIfModifiedSince',
        'CopySourceIfUnmodifiedSince',
        'ExpectedSourceBucketOwner',
        'IfMatch',
        'IfNoneMatch',
        'MetadataDirective',
      ])
      const [bucket, key] = [text(input.Bucket), text(input.Key)]
      checkKey(key)
      buckets.require(scope, bucket, input.ExpectedBucketOwner)
      const from = readCopySource(text(input.CopySource))
      const source = require(scope, from.bucket, from.key, input.ExpectedSourceBucketOwner)
      checkRead(
        {
          IfMatch: input.CopySourceIfMatch,
          // A copy that is not to be made fails, since there is nothing to be "not modified".
          IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
        },
        source.etag,
        source.lastModified,
      )
      if (input.CopySourceIfNoneMatch !== undefined) {
        checkWrite({ IfNoneMatch: input.CopySourceIfNoneMatch }, source.etag)
      }
      if (input.CopySourceIfModifiedSince)
        throw notImplemented('s3:CopyObject with CopySourceIfModifiedSince')
      const replacing = input.MetadataDirective === 'REPLACE'
      if (!replacing && from.bucket === bucket && from.key === key) {
        throw invalidArgument(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        )
      }
      const headers = replacing ? headersOf(input) : source.headers
      const blob = await blobs.copy(source.blob)
      try {
        checkWrite(input, buckets.object(scope, bucket, key)?.etag)
      } catch (error) {
        blobs.remove(blob)
        throw error
      }
      const copied = { ...source, bucket, key, blob, headers, lastModified: now() }
      put(scope, copied)
      return {
        CopyObjectResult: { ETag: quoted(copied.etag), LastModified: new Date(copied.lastModified) },
        ServerSideEncryption: 'AES256',
      }
    },
  }
}
