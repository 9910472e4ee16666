import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../../kernel/clock.ts'
import type { TraceSampler } from '../../../kernel/ports.ts'
import { MAX_PAYLOAD } from '../limits.ts'
import type { Admission } from '../usage-plans/admission.ts'
import { Exchange, type IncomingRequest } from './exchange.ts'
import { execute, route } from './execute.ts'
import { replyFailure } from './gateway-failure.ts'
import type { Backends } from './lambda-integration.ts'
import { extendedRequestId } from './random.ts'
import { readBody, TOO_LARGE } from './read-body.ts'
import type { Reporter } from './reporter.ts'
import { beginTrace } from './stage-trace.ts'
import type { CompiledStages } from './stages.ts'

/** Where a request of the data plane is addressed to, whichever form its URL has. */
export interface InvocationTarget {
  readonly apiId: string
  /** Empty where the URL names none. */
  readonly stage: string
  /** After the stage, undecoded, with a leading slash. */
  readonly path: string
  /** After the `?`, undecoded; empty where there is none. */
  readonly query: string
}

export interface DataPlane {
  readonly stages: CompiledStages
  readonly clock: Clock
  readonly backends: Backends
  readonly reporter: Reporter
  readonly admission: Admission
  /** Without it, stages trace what the client has decided to trace and nothing else. */
  readonly sampler: TraceSampler | undefined
}

/**
 * Serves one request of an API's data plane; resolves when the response has been handed to Node.
 *
 * @throws DroppedConnection where a fault asks for the connection to be dropped
 */
export const handleRequest = async (
  { stages, clock, backends, reporter, admission, sampler }: DataPlane,
  request: IncomingMessage,
  response: ServerResponse,
  target: InvocationTarget,
): Promise<void> => {
  const stage = stages.get(target.apiId, target.stage)
  if (!stage || stage.disabled) return refuse(request, response)
  const exchange = new Exchange(stage, incoming(request, target), clock.now())
  if (stage.tracingEnabled) exchange.stageTrace = beginTrace(exchange, sampler)
  if (route(exchange)) {
    const checked = admission.check(exchange)
    // Most have nothing to wait for.
    const failure = checked instanceof Promise ? await checked : checked
    if (failure) {
      request.resume()
      replyFailure(exchange, failure)
      exchange.log?.completed(exchange)
    } else {
      const body = hasBody(exchange) ? await bodyOf(request, exchange) : exchange.body
      if (body === undefined) return
      if (body === TOO_LARGE) {
        replyFailure(exchange, { type: 'REQUEST_TOO_LARGE' })
        exchange.responseHeaders.push('Connection', 'close')
      } else {
        exchange.body = body
        await execute(exchange, backends)
      }
    }
  }
  exchange.ended = performance.now()
  exchange.latency = Math.round(exchange.ended - exchange.started)
  send(response, exchange)
  reporter.report(exchange)
}

const incoming = (request: IncomingMessage, target: InvocationTarget): IncomingRequest => {
  const socket: Socket & { readonly encrypted?: boolean } = request.socket
  return {
    httpMethod: request.method ?? 'GET',
    path: target.path,
    queryString: target.query,
    rawHeaders: request.rawHeaders,
    sourceIp: plainAddress(socket.remoteAddress ?? '127.0.0.1'),
    protocol: request.httpVersionMinor === 1 ? 'HTTP/1.1' : `HTTP/${request.httpVersion}`,
    forwardedProto: socket.encrypted ? 'https' : 'http',
    forwardedPort: String(socket.localPort ?? 0),
  }
}

/** An IPv4 client on a dual-stack socket shows as `::ffff:127.0.0.1`. */
const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address

const hasBody = (exchange: Exchange): boolean => {
  const length = exchange.header('content-length')
  return length === undefined ? exchange.header('transfer-encoding') !== undefined : length !== '0'
}

const bodyOf = (request: IncomingMessage, exchange: Exchange) => {
  if (Number(exchange.header('content-length') ?? 0) > MAX_PAYLOAD) {
    request.resume()
    return TOO_LARGE
  }
  return readBody(request, MAX_PAYLOAD)
}

/** Answers by which HTTP knows no body. */
const hasNoBody = (status: number): boolean => status === 204 || status === 304

const send = (response: ServerResponse, exchange: Exchange): void => {
  const { responseHeaders: headers, status } = exchange
  headers.push('x-amzn-RequestId', exchange.requestId, 'x-amz-apigw-id', exchange.extendedRequestId)
  if (hasNoBody(status)) {
    exchange.responseLength = 0
    response.writeHead(status, headers)
    response.end()
    return
  }
  headers.push('Content-Length', String(exchange.responseLength))
  response.writeHead(status, headers)
  if (exchange.httpMethod === 'HEAD') response.end()
  else response.end(exchange.responseBody)
}

/** An API or a stage that is not there, or whose endpoint is disabled. */
const refuse = (request: IncomingMessage, response: ServerResponse): void => {
  const body = '{"message":"Forbidden"}'
  request.resume()
  response.writeHead(403, [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'x-amzn-ErrorType',
    'ForbiddenException',
    'x-amzn-RequestId',
    crypto.randomUUID(),
    'x-amz-apigw-id',
    extendedRequestId(),
  ])
  response.end(request.method === 'HEAD' ? undefined : body)
}
