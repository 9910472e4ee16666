import type * as Sdk from '@aws-sdk/client-s3'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../kernel/context.ts'
import type { Blobs, WrittenBlob } from './blobs.ts'
import type { Buckets, ObjectHeaders } from './buckets.ts'
import { CHECKSUM_MEMBERS, type Checksums } from './checksums.ts'
import { badDigest, invalidDigest, keyTooLong, metadataTooLarge } from './errors.ts'

export type S3Operations = Operations<typeof Sdk, RequestContext>

/** What the operations work on. */
export interface S3State {
  readonly buckets: Buckets
  readonly blobs: Blobs
  /** ms since the epoch. S3's times are those of the files, whatever the clock of the cloud says. */
  readonly now: () => number
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2_048

/** Required members are present when a handler is called, though the SDK types them as optional. */
export const text = (value: string | undefined): string => value ?? ''

export const quoted = (etag: string): string => `"${etag}"`

/** @throws ServiceError `KeyTooLongError` */
export const checkKey = (key: string): void => {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw keyTooLong()
}

/** The members that make {@link ObjectHeaders}. */
export const HEADER_MEMBERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
] as const

const TEXT_HEADERS = ['CacheControl', 'ContentDisposition', 'ContentLanguage', 'ContentType'] as const

/** `aws-chunked` is how the body travels; the wire has taken it off. */
const storedEncoding = (encoding: string | undefined): string | undefined =>
  encoding
    ?.split(',')
    .map(part => part.trim())
    .filter(part => part !== '' && part !== 'aws-chunked')
    .join(',') || undefined

interface HeaderInput extends Partial<Record<(typeof TEXT_HEADERS)[number], string | undefined>> {
  readonly ContentEncoding?: string | undefined
  readonly Expires?: Date | undefined
  readonly Metadata?: Record<string, string> | undefined
}

/** @throws ServiceError `MetadataTooLarge` */
export const headersOf = (input: HeaderInput): ObjectHeaders => {
  const metadata = Object.entries(input.Metadata ?? {})
  const bytes = metadata.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0)
  if (bytes > MAX_METADATA_BYTES) throw metadataTooLarge()
  const encoding = storedEncoding(input.ContentEncoding)
  return {
    ...Object.fromEntries(
      TEXT_HEADERS.flatMap(name => (input[name] === undefined ? [] : [[name, input[name]]])),
    ),
    ...(encoding !== undefined && { ContentEncoding: encoding }),
    ...(input.Expires && { Expires: input.Expires.toISOString() }),
    ...(metadata.length > 0 && { Metadata: Object.fromEntries(metadata) }),
  }
}

/**
 * Compares a body with the digests that came with it.
 *
 * @throws ServiceError `BadDigest`, `InvalidDigest`
 */
export const checkDigests = (written: WrittenBlob, md5: string | undefined, given: Checksums): void => {
  if (md5 !== undefined) {
    const bytes = Buffer.from(md5, 'base64')
    if (bytes.length !== 16) throw invalidDigest()
    if (bytes.toString('hex') !== written.md5) throw badDigest('Content-MD5')
  }
  for (const member of CHECKSUM_MEMBERS) {
    const value = given[member]
    if (value !== undefined && value !== written.checksums[member]) {
      throw badDigest(member.replace('Checksum', ''))
    }
  }
}
