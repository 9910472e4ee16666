import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ServiceError } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { MAX_BATCH, type Take } from '../doors/take.ts'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { MalformedRequest, type ResourceSpans } from './model.ts'
import { type Encoding, encodeResponse, encodeStatus, type PartialSuccess } from './response.ts'
import { translate } from './translate/document.ts'
import type { TranslateOptions } from './translate/segment.ts'

/**
 * Of X-Ray's OTLP endpoint: bytes before packing, and spans in one request.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
 */
const MAX_BODY = 5 * 1024 * 1024
const MAX_SPANS = 10_000

/** Spans that are translated in one turn of the event loop, which takes a few milliseconds. */
const SLICE = 200

/** `google.rpc.Code`, by HTTP status. */
const RPC_CODES: Readonly<Record<number, number>> = { 400: 3, 405: 12, 413: 3, 415: 3, 429: 8, 503: 14 }
const RPC_INTERNAL = 13
/** After which clients are asked to try again, in seconds. */
const RETRY_AFTER = '1'

export interface OtlpCounters {
  requests: number
  /** Spans read, those that X-Ray took no document of, and requests that were refused whole. */
  spans: number
  rejectedSpans: number
  refusedRequests: number
}

export interface OtlpDoor {
  /** Serves `/v1/traces`, whatever the method. Every failure is an answer. */
  handle(request: IncomingMessage, response: ServerResponse, scope: Scope): Promise<void>
  counters(): Readonly<OtlpCounters>
}

export interface OtlpDoorDependencies {
  readonly take: Take
  readonly clock: Pick<Clock, 'now'>
  readonly translation?: TranslateOptions
}

const unpack = promisify(gunzip)

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const tooLarge = (): Refusal => new Refusal(413, `The request exceeds ${MAX_BODY} bytes.`)

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) throw tooLarge()
  const parts: Buffer[] = []
  let length = 0
  // Ending the loop early must leave the connection, which carries the answer.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_BODY) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding !== 'gzip' && encoding !== 'identity') {
    throw new Refusal(415, `Content-Encoding ${encoding} is not supported: send gzip, or none.`)
  }
  const body = await readAll(request)
  if (encoding === 'identity') return body
  try {
    return await unpack(body, { maxOutputLength: MAX_BODY })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new Refusal(400, 'The request body is not valid gzip data.')
  }
}

const encodingOf = (request: IncomingMessage): Encoding | undefined => {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  const name = type.trim()
  return name === 'application/x-protobuf' || name === 'application/json' ? name : undefined
}

const decode = (encoding: Encoding, body: Buffer): ResourceSpans[] =>
  encoding === 'application/json' ? decodeJson(body.toString('utf8')) : decodeProtobuf(body)

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error
  if (error instanceof MalformedRequest) return new Refusal(400, error.message)
  if (error instanceof ServiceError) {
    // A store that is full, or a limit: what OTLP clients may send again.
    return new Refusal(error.code.startsWith('Throttl') ? 429 : 503, error.message)
  }
  throw error
}

const answer = (response: ServerResponse, status: number, encoding: Encoding, body: Buffer): void => {
  response.writeHead(status, {
    'content-type': encoding,
    'content-length': body.length,
    ...((status === 429 || status === 503) && { 'retry-after': RETRY_AFTER }),
  })
  response.end(body)
}

const nextTurn = promisify(setImmediate)

/** An export in parts, between which others have their turn: ten thousand spans at once would hold them up. */
function* slicesOf(request: readonly ResourceSpans[]): Generator<ResourceSpans> {
  for (const { resource, spans } of request) {
    for (let start = 0; start < spans.length; start += SLICE) {
      yield { resource, spans: spans.slice(start, start + SLICE) }
    }
  }
}

const countSpans = (request: readonly ResourceSpans[]): number =>
  request.reduce((sum, { spans }) => sum + spans.length, 0)

/**
 * OTLP over HTTP: takes spans in protobuf or JSON, packed or not, as segment documents.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export const createOtlpDoor = ({ take, clock, translation }: OtlpDoorDependencies): OtlpDoor => {
  const counters: OtlpCounters = { requests: 0, spans: 0, rejectedSpans: 0, refusedRequests: 0 }

  const takeSpans = async (
    request: readonly ResourceSpans[],
    scope: Scope,
  ): Promise<PartialSuccess | undefined> => {
    const count = countSpans(request)
    if (count > MAX_SPANS) throw new Refusal(413, `The request has more than ${MAX_SPANS} spans.`)
    const reasons: string[] = []
    let rejected = 0
    /** By id, for two documents of one span are one rejection; those without an id count each. */
    const unprocessed = new Set<unknown>()
    for (const slice of slicesOf(request)) {
      const translated = translate([slice], clock.now(), translation)
      rejected += translated.rejected
      if (translated.reason !== undefined) reasons.push(translated.reason)
      for (let start = 0; start < translated.documents.length; start += MAX_BATCH) {
        for (const item of await take(scope, translated.documents.slice(start, start + MAX_BATCH))) {
          unprocessed.add(item.Id ?? Symbol())
          reasons.push(item.Message ?? item.ErrorCode ?? 'Invalid segment.')
        }
      }
      await nextTurn()
    }
    const rejectedSpans = Math.min(count, rejected + unprocessed.size)
    counters.spans += count
    counters.rejectedSpans += rejectedSpans
    return rejectedSpans === 0 ? undefined : { rejectedSpans, errorMessage: reasons[0] ?? '' }
  }

  const serve = async (request: IncomingMessage, encoding: Encoding | undefined, scope: Scope) => {
    if (request.method !== 'POST') throw new Refusal(405, `${request.method} is not POST.`)
    if (!encoding) {
      const type = request.headers['content-type'] ?? '(none)'
      throw new Refusal(
        415,
        `Content-Type ${type} is not supported: send application/x-protobuf or application/json.`,
      )
    }
    return takeSpans(decode(encoding, await readBody(request)), scope)
  }

  return {
    handle: async (request, response, scope) => {
      counters.requests++
      const encoding = encodingOf(request)
      try {
        const partial = await serve(request, encoding, scope)
        const form = encoding ?? 'application/json'
        answer(response, 200, form, encodeResponse(form, partial))
      } catch (error) {
        if (response.destroyed || request.errored) return
        counters.refusedRequests++
        const { status, message } = refusalOf(error)
        const form = encoding ?? 'application/json'
        answer(response, status, form, encodeStatus(form, RPC_CODES[status] ?? RPC_INTERNAL, message))
        // What was left unread would hold the connection.
        request.resume()
      }
    },
    counters: () => ({ ...counters }),
  }
}
