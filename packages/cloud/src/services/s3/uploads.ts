import { createHash } from 'node:crypto'
import { notImplemented, ServiceError } from '@sonde/wire'
import { hex } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection, Store } from '../../kernel/store.ts'
import type { Blob } from './blobs.ts'
import type { ObjectHeaders } from './buckets.ts'
import { CHECKSUM_MEMBERS, type ChecksumMember, type Checksums, checksumsOf } from './checksums.ts'
import { checkWrite } from './conditions.ts'
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
import { entityTooSmall, invalidArgument, noSuchUpload } from './errors.ts'
import { refuseUnknownMembers } from './members.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000
const MIN_PART_BYTES = 5 * 1024 ** 2

interface UploadRecord {
  readonly id: string
  readonly bucket: string
  readonly key: string
  readonly headers: ObjectHeaders
}

interface PartRecord {
  readonly uploadId: string
  readonly number: number
  readonly blob: Blob
  readonly md5: string
  readonly checksums: Checksums
}

/** Uploads that are neither complete nor aborted. */
export interface Uploads {
  readonly uploads: Collection<UploadRecord>
  readonly parts: Collection<PartRecord>
  /** Every blob that a part is kept in. */
  blobs(): Iterable<Blob>
}

export const createUploads = (store: Store): Uploads => {
  const parts: Collection<PartRecord> = store.collection('s3.parts')
  return {
    uploads: store.collection('s3.uploads'),
    parts,
    blobs: function* () {
      for (const { value } of parts.entries()) yield value.blob
    },
  }
}

const partKey = (uploadId: string, number: number): string => `${uploadId}/${number}`

const invalidPart = (): ServiceError =>
  new ServiceError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  )

const invalidPartOrder = (): ServiceError =>
  new ServiceError(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
  )

type UploadOperation =
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'

interface UploadInput {
  readonly Bucket: string | undefined
  readonly Key: string | undefined
  readonly UploadId: string | undefined
  readonly ExpectedBucketOwner?: string | undefined
}

/** Multipart upload, which the AWS CLI uses from 8 MB on. */
export const createUploadOperations = (
  { buckets, blobs, now }: S3State,
  { uploads, parts }: Uploads,
): Pick<S3Operations, UploadOperation> => {
  const require = (scope: Scope, input: UploadInput): UploadRecord => {
    buckets.require(scope, text(input.Bucket), input.ExpectedBucketOwner)
    const upload = uploads.get(scope, text(input.UploadId))
    if (!upload || upload.bucket !== input.Bucket || upload.key !== input.Key) throw noSuchUpload()
    return upload
  }

  const partsOf = (scope: Scope, upload: UploadRecord): PartRecord[] =>
    parts.list(scope).filter(part => part.uploadId === upload.id)

  const forget = (scope: Scope, upload: UploadRecord): void => {
    const kept = partsOf(scope, upload)
    uploads.delete(scope, upload.id)
    for (const part of kept) {
      parts.delete(scope, partKey(upload.id, part.number))
      blobs.remove(part.blob)
    }
  }

  return {
    CreateMultipartUpload: (input, { scope }) => {
      refuseUnknownMembers('CreateMultipartUpload', input, HEADER_MEMBERS)
      const [bucket, key] = [text(input.Bucket), text(input.Key)]
      checkKey(key)
      buckets.require(scope, bucket, input.ExpectedBucketOwner)
      const id = hex(64)
      uploads.put(scope, id, { id, bucket, key, headers: headersOf(input) })
      return {
        Bucket: bucket,
        Key: key,
        UploadId: id,
        ServerSideEncryption: 'AES256',
        ...(input.ChecksumAlgorithm && { ChecksumAlgorithm: input.ChecksumAlgorithm }),
        ...(input.ChecksumType && { ChecksumType: input.ChecksumType }),
      }
    },

    UploadPart: async (input, { scope }) => {
      refuseUnknownMembers('UploadPart', input, [
        ...CHECKSUM_MEMBERS,
        'Body',
        'ContentMD5',
        'PartNumber',
        'UploadId',
      ])
      const upload = require(scope, input)
      const number = input.PartNumber ?? 0
      if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
        throw invalidArgument(`Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`)
      }
      const given = checksumsOf(input)
      const written = await blobs.write(input.Body, Object.keys(given) as ChecksumMember[])
      try {
        checkDigests(written, input.ContentMD5, given)
        // It may have been completed or aborted while the body came in.
        require(scope, input)
      } catch (error) {
        blobs.remove(written)
        throw error
      }
      const key = partKey(upload.id, number)
      const replaced = parts.get(scope, key)
      parts.put(scope, key, {
        uploadId: upload.id,
        number,
        blob: { id: written.id, size: written.size },
        md5: written.md5,
        checksums: given,
      })
      if (replaced) blobs.remove(replaced.blob)
      return { ETag: quoted(written.md5), ServerSideEncryption: 'AES256', ...given }
    },

    CompleteMultipartUpload: async (input, { scope, endpoint }) => {
      refuseUnknownMembers('CompleteMultipartUpload', input, [
        ...CHECKSUM_MEMBERS,
        'MultipartUpload',
        'UploadId',
        'MpuObjectSize',
        'IfMatch',
        'IfNoneMatch',
      ])
      const upload = require(scope, input)
      const kept = new Map(partsOf(scope, upload).map(part => [part.number, part]))
      const chosen: PartRecord[] = []
      for (const wanted of input.MultipartUpload?.Parts ?? []) {
        const part = kept.get(wanted.PartNumber ?? 0)
        if (!part || text(wanted.ETag).replaceAll('"', '') !== part.md5) throw invalidPart()
        const checksums = checksumsOf(wanted)
        for (const member of CHECKSUM_MEMBERS) {
          if (checksums[member] !== undefined && checksums[member] !== part.checksums[member])
            throw invalidPart()
        }
        if (chosen.length > 0 && part.number <= (chosen.at(-1)?.number ?? 0)) throw invalidPartOrder()
        chosen.push(part)
      }
      if (chosen.length === 0) throw invalidPart()
      if (chosen.slice(0, -1).some(part => part.blob.size < MIN_PART_BYTES)) throw entityTooSmall()
      const given = checksumsOf(input)
      if (Object.keys(given).length > 0 && input.ChecksumType === 'COMPOSITE') {
        throw notImplemented('s3:CompleteMultipartUpload with a composite checksum')
      }
      const written = await blobs.join(
        chosen.map(part => part.blob),
        Object.keys(given) as ChecksumMember[],
      )
      try {
        if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== written.size) {
          throw new ServiceError('InvalidRequest', 'The object size does not match the size that was given.')
        }
        checkDigests(written, undefined, given)
        require(scope, input)
        checkWrite(input, buckets.object(scope, upload.bucket, upload.key)?.etag)
      } catch (error) {
        blobs.remove(written)
        throw error
      }
      const md5s = Buffer.concat(chosen.map(part => Buffer.from(part.md5, 'hex')))
      const etag = `${createHash('md5').update(md5s).digest('hex')}-${chosen.length}`
      const replaced = buckets.object(scope, upload.bucket, upload.key)
      buckets.putObject(scope, {
        bucket: upload.bucket,
        key: upload.key,
        blob: { id: written.id, size: written.size },
        etag,
        lastModified: now(),
        headers: upload.headers,
        checksums: given,
      })
      if (replaced) blobs.remove(replaced.blob)
      forget(scope, upload)
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        Location: `${endpoint}/${upload.bucket}/${encodeURIComponent(upload.key).replaceAll('%2F', '/')}`,
        ETag: quoted(etag),
        ServerSideEncryption: 'AES256',
        ...given,
      }
    },

    AbortMultipartUpload: (input, { scope }) => {
      refuseUnknownMembers('AbortMultipartUpload', input, ['UploadId'])
      forget(scope, require(scope, input))
      return {}
    },
  }
}
