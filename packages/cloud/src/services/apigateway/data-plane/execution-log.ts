import { urlSuffixOf } from '../../../kernel/scope.ts'
import type { CompiledMethod } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import { firstMediaType } from './media-types.ts'
import { parseQueryString } from './query-string.ts'
import { integrationTraceHeader } from './stage-trace.ts'

/** One line of the execution log. */
export interface ExecutionLogLine {
  /** ms on the machine's monotonic clock. */
  readonly at: number
  readonly text: string
}

/**
 * What API Gateway does for one request, in the words of its execution log (recorded from AWS's TestInvokeMethod).
 * Level ERROR keeps failures alone; headers and bodies appear with data tracing alone.
 */
export class ExecutionLog {
  readonly lines: ExecutionLogLine[] = []
  readonly #info: boolean
  readonly #data: boolean

  constructor(level: 'ERROR' | 'INFO', dataTrace: boolean) {
    this.#info = level === 'INFO'
    this.#data = this.#info && dataTrace
  }

  verifyingUsagePlan(exchange: Exchange): void {
    const { requestId, stage } = exchange
    this.#line(
      this.#info,
      `Verifying Usage Plan for request: ${requestId}. API Key: ${maskedKey(exchange)} API Stage: ${stage.apiId}/${stage.stageName}`,
    )
  }

  usagePlanChecked(exchange: Exchange): void {
    const { apiId, stageName } = exchange.stage
    this.#line(
      this.#info,
      `Usage Plan check succeeded for API Key ${maskedKey(exchange)} and API Stage ${apiId}/${stageName}`,
    )
  }

  /** @param reason goes on from `API Key ***…` */
  keyRefused(exchange: Exchange, reason: string): void {
    this.error(`API Key ${maskedKey(exchange)} ${reason}`)
  }

  completed(exchange: Exchange): void {
    this.#line(this.#info, `Method completed with status: ${exchange.status}`)
  }

  methodRequest(exchange: Exchange, method: CompiledMethod): void {
    this.#line(this.#info, `Starting execution for request: ${exchange.requestId}`)
    this.#line(this.#info, `HTTP Method: ${exchange.httpMethod}, Resource Path: ${method.resourcePath}`)
    if (exchange.apiKeyId !== undefined) {
      this.#line(this.#info, `API Key: ${maskedKey(exchange)}`)
      this.#line(this.#info, `API Key ID: ${exchange.apiKeyId}`)
    }
    if (!this.#data) return
    const query = parseQueryString(exchange.request.queryString)
    const queryPairs = query.names.map((name, index) => [name, query.values[index]?.at(-1) ?? ''] as const)
    this.#line(true, `Method request path: ${pairs(Object.entries(exchange.pathParameters ?? {}))}`)
    this.#line(true, `Method request query string: ${pairs(queryPairs)}`)
    this.#line(true, `Method request headers: ${pairs(requestHeaders(exchange))}`)
    this.#line(true, `Method request body before transformations: ${exchange.body.toString('utf8')}`)
  }

  endpointRequest(exchange: Exchange, functionArn: string, event: string): void {
    const region = functionArn.split(':')[3] ?? exchange.stage.scope.region
    const uri = `https://lambda.${region}.${urlSuffixOf(region)}/2015-03-31/functions/${functionArn}/invocations`
    this.#line(this.#data, `Endpoint request URI: ${uri}`)
    this.#line(
      this.#data,
      `Endpoint request headers: {x-amzn-lambda-integration-tag=${exchange.requestId}, x-amzn-apigateway-api-id=${exchange.stage.apiId}, Accept=application/json, User-Agent=AmazonAPIGateway_${exchange.stage.apiId}, X-Amzn-Trace-Id=${integrationTraceHeader(exchange)}}`,
    )
    this.#line(this.#data, `Endpoint request body after transformations: ${event}`)
    this.#line(this.#info, `Sending request to ${uri}`)
  }

  endpointResponse(exchange: Exchange, status: number, payload: string): void {
    this.#line(
      this.#info,
      `Received response. Status: ${status}, Integration latency: ${exchange.integrationLatency} ms`,
    )
    this.#line(
      this.#data,
      `Endpoint response headers: {Content-Type=application/json, Content-Length=${Buffer.byteLength(payload)}}`,
    )
    this.#line(this.#data, `Endpoint response body before transformations: ${payload}`)
  }

  methodResponse(exchange: Exchange): void {
    if (!exchange.error) {
      const headers: Array<readonly [string, string]> = []
      for (let index = 0; index + 1 < exchange.responseHeaders.length; index += 2) {
        headers.push([exchange.responseHeaders[index] ?? '', exchange.responseHeaders[index + 1] ?? ''])
      }
      this.#line(this.#data, `Method response body after transformations: ${exchange.responseBody}`)
      this.#line(this.#data, `Method response headers: ${pairs(headers)}`)
      this.#line(this.#info, 'Successfully completed execution')
    } else if (exchange.error.validationErrorString !== undefined) {
      const contentType = firstMediaType(exchange.header('content-type') ?? 'application/json')
      this.error(
        `Request body does not match model schema for content type ${contentType}: ${exchange.error.validationErrorString}`,
      )
    }
    this.completed(exchange)
  }

  error(text: string): void {
    this.#line(true, text)
  }

  #line(wanted: boolean, text: string): void {
    if (wanted) this.lines.push({ at: performance.now(), text })
  }
}

export const createExecutionLog = (level: 'ERROR' | 'INFO', dataTrace: boolean): ExecutionLog =>
  new ExecutionLog(level, dataTrace)

/** `{a=1, b=2}`, Java's way to print a map. */
const pairs = (entries: ReadonlyArray<readonly [string, string]>): string =>
  `{${entries.map(([name, value]) => `${name}=${value}`).join(', ')}}`

const requestHeaders = ({ headerNames, headerValues }: Exchange): Array<readonly [string, string]> =>
  headerNames.flatMap((name, index) =>
    name.dropped ? [] : [[name.shown, mask(name.lower, headerValues[index] ?? '')] as const],
  )

/** Secrets show their last characters alone. */
const masked = (value: string): string => `${'*'.repeat(Math.max(0, value.length - 6))}${value.slice(-6)}`

const mask = (lower: string, value: string): string =>
  lower === 'authorization' || lower === 'x-api-key' ? masked(value) : value

const maskedKey = ({ apiKey = '' }: Exchange): string => masked(apiKey)
