import { DroppedConnection, ServiceError } from '@sonde/wire'
import type { FaultPoints, FunctionInvoker, InvokeResult } from '../../../kernel/ports.ts'
import type { CompiledLambda, CompiledMethod } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayFailure } from './gateway-failure.ts'
import { parseProxyResponse } from './proxy-response.ts'
import { requestEvent } from './request-event.ts'
import { integrationTraceHeader, responseTraceHeader } from './stage-trace.ts'
import { TIMED_OUT, within } from './within.ts'

/** What integrations call. */
export interface Backends {
  readonly functions: FunctionInvoker
  readonly faults: FaultPoints
}

/** The point at which `sonde fault` may delay or fail a call of an integration; its target is the API's name. */
const FAULT_POINT = 'apigateway.integration'

const MALFORMED: GatewayFailure = { type: 'DEFAULT_5XX', status: 502 }
const MISCONFIGURED: GatewayFailure = { type: 'API_CONFIGURATION_ERROR' }
const UNAVAILABLE: GatewayFailure = { type: 'INTEGRATION_FAILURE', status: 502 }
const TIMEOUT: GatewayFailure = { type: 'INTEGRATION_TIMEOUT' }

/** Codes by which Lambda refuses an invocation for good: permission, and a function that is not there. */
const REFUSALS = new Set(['AccessDeniedException', 'ResourceNotFoundException'])

/**
 * Invokes the function and turns its answer into the response, or says why there is none.
 *
 * @throws DroppedConnection where a fault asks for it
 */
export const invokeFunction = async (
  exchange: Exchange,
  method: CompiledMethod,
  integration: CompiledLambda,
  backends: Backends,
): Promise<GatewayFailure | undefined> => {
  if (integration.httpMethod !== 'POST') {
    exchange.integrationError = `Lambda functions are invoked with POST, not ${integration.httpMethod}`
    exchange.log?.error(`Execution failed due to configuration error: ${exchange.integrationError}`)
    return MISCONFIGURED
  }
  const event = requestEvent(exchange, method)
  exchange.log?.endpointRequest(exchange, integration.functionArn, event)
  const started = performance.now()
  exchange.integrationStarted = started
  let result: InvokeResult | typeof TIMED_OUT
  try {
    result = await within(call(exchange, method, integration, event, backends), integration.timeout)
  } catch (error) {
    if (error instanceof DroppedConnection) throw error
    endIntegration(exchange, started)
    return refused(exchange, error)
  }
  endIntegration(exchange, started)
  if (result === TIMED_OUT) return timedOut(exchange, integration)
  exchange.invokeStatus = result.status
  return answer(exchange, result)
}

const endIntegration = (exchange: Exchange, started: number): void => {
  exchange.integrationEnded = performance.now()
  exchange.integrationLatency = Math.round(exchange.integrationEnded - started)
}

const call = (
  exchange: Exchange,
  method: CompiledMethod,
  integration: CompiledLambda,
  event: string,
  { functions, faults }: Backends,
): Promise<InvokeResult> => {
  const { stage } = exchange
  const invoke = () =>
    functions.invoke({
      functionArn: integration.functionArn,
      payload: Buffer.from(event),
      invocationType: 'RequestResponse',
      traceHeader: integrationTraceHeader(exchange),
      caller: {
        service: 'apigateway.amazonaws.com',
        sourceArn: `${stage.executeArn}${exchange.httpMethod}${method.resourcePath}`,
      },
    })
  const fault = faults.pass(FAULT_POINT, stage.apiName)
  return fault ? fault.then(invoke) : invoke()
}

const refused = (exchange: Exchange, error: unknown): GatewayFailure => {
  const known = error instanceof ServiceError
  const message = error instanceof Error ? error.message : String(error)
  exchange.integrationError = message
  exchange.invokeStatus = known ? error.status : 500
  exchange.integrationStatus = exchange.invokeStatus
  if (known && REFUSALS.has(error.code)) {
    exchange.log?.error(
      error.code === 'AccessDeniedException'
        ? 'Execution failed due to configuration error: Invalid permissions on Lambda function'
        : `Execution failed due to configuration error: ${message}`,
    )
    return MISCONFIGURED
  }
  exchange.log?.error(`Execution failed due to an internal error: ${message}`)
  return UNAVAILABLE
}

const timedOut = (exchange: Exchange, integration: CompiledLambda): GatewayFailure => {
  exchange.integrationStatus = 504
  exchange.integrationError = `Timed out after ${integration.timeout} ms`
  exchange.log?.error(`Execution failed due to a timeout error`)
  return TIMEOUT
}

const answer = (exchange: Exchange, result: InvokeResult): GatewayFailure | undefined => {
  const { buffer, byteOffset, byteLength } = result.payload
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('utf8')
  exchange.log?.endpointResponse(exchange, result.status, text)
  if (result.functionError !== undefined) {
    exchange.integrationStatus = 502
    exchange.integrationError = `The function failed: ${errorMessageOf(text)}`
    exchange.log?.error(
      `Lambda execution failed with status ${result.status} due to customer function error: ${errorMessageOf(text)}`,
    )
    return MALFORMED
  }
  const response = parseProxyResponse(text)
  if (!response) {
    exchange.integrationStatus = 502
    exchange.integrationError = 'Malformed Lambda proxy response'
    exchange.log?.error('Execution failed due to configuration error: Malformed Lambda proxy response')
    return MALFORMED
  }
  exchange.integrationStatus = response.status
  const { headers, contentType } = response
  if (contentType === undefined) headers.push('Content-Type', 'application/json')
  headers.push('X-Amzn-Trace-Id', responseTraceHeader(exchange))
  const { isBinary } = exchange.stage
  const binary =
    response.isBase64Encoded &&
    (isBinary(contentType ?? 'application/json') || isBinary(exchange.header('accept')))
  exchange.reply(response.status, headers, binary ? Buffer.from(response.body, 'base64') : response.body)
  return undefined
}

/** The `errorMessage` of Lambda's error document. */
const errorMessageOf = (document: string): string => {
  try {
    const { errorMessage } = JSON.parse(document)
    return typeof errorMessage === 'string' ? errorMessage : document
  } catch {
    return document
  }
}
