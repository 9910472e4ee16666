import { randomUUID } from 'node:crypto'
import type { GatewayResponseName } from '../gateway-response-types.ts'
import type { CompiledMethod, CompiledStage } from './compiled.ts'
import type { ExecutionLog } from './execution-log.ts'
import { type HeaderName, headerName } from './header-names.ts'
import { extendedRequestId } from './random.ts'
import { requestTime } from './request-time.ts'
import type { StageTrace } from './stage-trace.ts'
import { type TraceContext, traceContext } from './trace-header.ts'

/** What arrives at a stage, whoever brings it: the HTTP server or TestInvokeMethod. */
export interface IncomingRequest {
  readonly httpMethod: string
  /** After the stage, undecoded, with a leading slash, without the query string. */
  readonly path: string
  /** After the `?`, undecoded. */
  readonly queryString: string
  /** Names and values in turn, as Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  readonly sourceIp: string
  /** Such as `HTTP/1.1`. */
  readonly protocol: string
  /** What the request came by. */
  readonly forwardedProto: string
  readonly forwardedPort: string
}

/** Why API Gateway itself answered. */
export interface ExchangeError {
  readonly type: GatewayResponseName
  readonly message: string
  readonly validationErrorString?: string | undefined
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const NO_BODY = Buffer.alloc(0)

/**
 * One request and what became of it, filled in on the way. Logs, metrics and traces read it when the response has
 * been sent.
 */
export class Exchange {
  readonly stage: CompiledStage
  readonly request: IncomingRequest
  readonly httpMethod: string
  readonly protocol: string
  readonly sourceIp: string
  /** As functions see it: without the stage, and with one leading slash where there were several. */
  readonly path: string
  readonly requestId: string
  readonly extendedRequestId: string
  readonly trace: TraceContext
  /** When it arrived, ms since the epoch. */
  readonly time: number
  /** When it arrived, on the machine's monotonic clock. */
  readonly started: number
  readonly headerNames: HeaderName[] = []
  readonly headerValues: string[] = []
  body: Buffer = NO_BODY
  method: CompiledMethod | undefined = undefined
  pathParameters: Readonly<Record<string, string>> | undefined = undefined
  log: ExecutionLog | undefined = undefined
  /** What the client sent as its key, where the method requires one. */
  apiKey: string | undefined = undefined
  /** Of the key that was let in, or refused for one of its limits. */
  apiKeyId: string | undefined = undefined
  /** Where the stage traces actively. */
  stageTrace: StageTrace | undefined = undefined

  error: ExchangeError | undefined = undefined
  /** Status of the call of the integration's service: Lambda's 200 even where the function failed. */
  invokeStatus: number | undefined = undefined
  /** What the function or backend answered. */
  integrationStatus: number | undefined = undefined
  /** When the integration was called and when it had answered, on the machine's monotonic clock. */
  integrationStarted: number | undefined = undefined
  integrationEnded: number | undefined = undefined
  /** Milliseconds. */
  integrationLatency: number | undefined = undefined
  integrationError: string | undefined = undefined

  status = 0
  /** Names and values in turn. */
  responseHeaders: string[] = []
  responseBody: string | Buffer = ''
  /** Bytes of the body. */
  responseLength = 0
  /** When the response was complete, on the machine's monotonic clock. */
  ended = 0
  /** Milliseconds from arrival to the response's end. */
  latency: number | undefined = undefined

  constructor(stage: CompiledStage, request: IncomingRequest, time: number) {
    this.stage = stage
    this.request = request
    this.httpMethod = request.httpMethod
    this.protocol = request.protocol
    this.sourceIp = request.sourceIp
    this.path = request.path.startsWith('//') ? request.path.replace(/^\/+/, '/') : request.path
    this.time = time
    this.started = performance.now()
    const { rawHeaders } = request
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      this.headerNames.push(headerName(rawHeaders[index] as string))
      this.headerValues.push(rawHeaders[index + 1] as string)
    }
    const requestId = this.header('x-amzn-requestid')
    this.requestId = requestId !== undefined && UUID.test(requestId) ? requestId : randomUUID()
    this.extendedRequestId = extendedRequestId()
    this.trace = traceContext(this.header('x-amzn-trace-id'), time)
  }

  /** The last value of a header, by its name in lower case. */
  header(lower: string): string | undefined {
    const names = this.headerNames
    for (let index = names.length - 1; index >= 0; index--) {
      if (names[index]?.lower === lower) return this.headerValues[index]
    }
    return undefined
  }

  get requestTime(): string {
    return requestTime(this.time)
  }

  /** `requestContext.path`: with the stage, and as it was sent. */
  get contextPath(): string {
    return `/${this.stage.stageName}${this.request.path}`
  }

  /** Sets the response; `headers` are names and values in turn. */
  reply(status: number, headers: string[], body: string | Buffer): void {
    this.status = status
    this.responseHeaders = headers
    this.responseBody = body
    this.responseLength = Buffer.byteLength(body)
  }
}
