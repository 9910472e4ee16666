import { pipeline, type Readable, Transform } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { WireRequest } from './http.ts'
import { ServiceError } from './service-error.ts'

const gunzipBounded = promisify(gunzip)

const tooLarge = (limit: number): ServiceError =>
  new ServiceError('RequestEntityTooLargeException', `The request body exceeds ${limit} bytes.`, {
    status: 413,
  })

/**
 * Decodes the `aws-chunked` content encoding that S3 clients upload with: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n`,
 * ended by a chunk of size 0 and optional trailers, which are dropped.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
const awsChunkedDecoder = (): Transform => {
  let pending: Buffer = Buffer.alloc(0)
  let remaining = -1
  let ended = false
  const take = (transform: Transform): boolean => {
    if (ended) {
      pending = Buffer.alloc(0)
      return false
    }
    if (remaining > 0) {
      const part = pending.subarray(0, remaining)
      if (part.length === 0) return false
      transform.push(part)
      pending = pending.subarray(part.length)
      remaining -= part.length
      return true
    }
    const start = remaining === 0 ? 2 : 0
    const end = pending.indexOf('\r\n', start)
    if (end < 0) return false
    const size = Number.parseInt(pending.toString('latin1', start, end), 16)
    if (!Number.isInteger(size) || size < 0) {
      throw new ServiceError('IncompleteBody', 'The request body is not valid aws-chunked data.')
    }
    pending = pending.subarray(end + 2)
    if (size === 0) ended = true
    else remaining = size
    return true
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      try {
        while (take(this));
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    flush(done) {
      done(
        ended
          ? null
          : new ServiceError('IncompleteBody', 'The request body ended before its last aws-chunked chunk.'),
      )
    },
  })
}

/** The body with `aws-chunked` removed; the stream itself where it is not so encoded. */
export const decodedStream = (request: WireRequest): Readable => {
  const encodings = request.headers['content-encoding'] ?? ''
  const signed = request.headers['x-amz-content-sha256'] ?? ''
  if (!/\baws-chunked\b/i.test(encodings) && !signed.startsWith('STREAMING-')) return request.body
  // An error of either end reaches the reader as an error of the decoder.
  return pipeline(request.body, awsChunkedDecoder(), () => {})
}

/** Checks a body that was read before its operation was known. */
export const checkReceived = (request: WireRequest, body: Buffer, limit: number): void => {
  if (Number(request.headers['content-length'] ?? body.length) > limit) throw tooLarge(limit)
}

/**
 * Reads a whole body and unpacks gzip.
 *
 * @param limit in bytes, unpacked
 * @param received in bytes as received, packed or not; `limit` where that is less
 * @throws ServiceError `RequestEntityTooLargeException`, or `SerializationException` for a body that is not gzip
 */
export const readBody = async (
  request: WireRequest,
  limit: number,
  received: number = limit,
): Promise<Buffer> => {
  const most = Math.min(limit, received)
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most)
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request.body as AsyncIterable<Buffer>) {
    length += part.length
    if (length > most) throw tooLarge(most)
    parts.push(part)
  }
  const body = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length)
  if ((request.headers['content-encoding'] ?? '').toLowerCase() !== 'gzip') return body
  try {
    return await gunzipBounded(body, { maxOutputLength: limit })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
    throw new ServiceError('SerializationException', 'The request body is not valid gzip data.', {
      cause: error,
    })
  }
}
