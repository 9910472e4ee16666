import { invalidRange, notModified, preconditionFailed } from './errors.ts'

/** A part of an object: both ends inclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const RANGE = /^bytes=(\d*)-(\d*)$/

/**
 * Reads a `Range` header. A header of several ranges, or one that is none, is answered with the whole object, as S3
 * does.
 *
 * @param size of the object in bytes
 * @throws ServiceError `InvalidRange` (416) where the range lies behind the object
 */
export const readRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const match = header === undefined ? undefined : RANGE.exec(header.trim())
  if (!match || header === undefined) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    if (length === 0) throw invalidRange(header, size)
    return { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  if (start >= size) throw invalidRange(header, size)
  return { start, end }
}

/** The conditional headers of a read. */
export interface ReadConditions {
  readonly IfMatch?: string | undefined
  readonly IfNoneMatch?: string | undefined
  readonly IfModifiedSince?: Date | undefined
  readonly IfUnmodifiedSince?: Date | undefined
}

const unquoted = (etag: string): string => etag.trim().replace(/^W\//, '').replace(/^"|"$/g, '')

const matches = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some(candidate => unquoted(candidate) === etag)

/** HTTP dates have whole seconds. */
const seconds = (time: number): number => Math.floor(time / 1_000)

/**
 * Checks the conditions of GetObject and HeadObject in the order of RFC 9110, 13.2.2.
 *
 * @param etag without quotes
 * @param lastModified in milliseconds since the epoch
 * @throws ServiceError `PreconditionFailed` (412) or `NotModified` (304)
 */
export const checkRead = (conditions: ReadConditions, etag: string, lastModified: number): void => {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  const modified = seconds(lastModified)
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, etag)) throw preconditionFailed('If-Match')
  } else if (IfUnmodifiedSince && modified > seconds(IfUnmodifiedSince.getTime())) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, etag)) throw notModified()
  } else if (IfModifiedSince && modified <= seconds(IfModifiedSince.getTime())) {
    throw notModified()
  }
}

/**
 * Checks the conditions of a write against the object that is there.
 *
 * @param etag of that object without quotes, or `undefined` where there is none
 * @throws ServiceError `PreconditionFailed` (412)
 */
export const checkWrite = (
  conditions: Pick<ReadConditions, 'IfMatch' | 'IfNoneMatch'>,
  etag: string | undefined,
): void => {
  const { IfMatch, IfNoneMatch } = conditions
  if (IfMatch !== undefined && (etag === undefined || !matches(IfMatch, etag))) {
    throw preconditionFailed('If-Match')
  }
  if (IfNoneMatch !== undefined && etag !== undefined && matches(IfNoneMatch, etag)) {
    throw preconditionFailed('If-None-Match')
  }
}
