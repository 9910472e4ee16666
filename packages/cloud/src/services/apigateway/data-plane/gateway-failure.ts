import type { HeaderSource } from '../gateway-response-template.ts'
import { type GatewayResponseName, gatewayResponseType } from '../gateway-response-types.ts'
import type { CompiledGatewayResponse, CompiledStage } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import { parseQueryString } from './query-string.ts'

/** A failure that API Gateway answers itself. */
export interface GatewayFailure {
  readonly type: GatewayResponseName
  /** Where it differs from the type's own. */
  readonly status?: number
  readonly message?: string
  readonly validationErrorString?: string
}

/**
 * Answers a failure by the API's gateway responses: the type's own if the API customises it, else its default for
 * the class of status, else the built-in one.
 */
export const replyFailure = (exchange: Exchange, failure: GatewayFailure): void => {
  const builtIn = gatewayResponseType(failure.type)
  const message = failure.message ?? builtIn.message
  const status = failure.status ?? builtIn.status ?? 500
  exchange.error = {
    type: failure.type,
    message,
    validationErrorString: failure.validationErrorString,
  }
  const custom = customised(exchange.stage, failure.type, status)
  const headers = ['x-amzn-ErrorType', builtIn.errorType]
  if (!custom) {
    exchange.reply(
      status,
      ['Content-Type', 'application/json', ...headers],
      defaultBody(failure.type, message),
    )
    return
  }
  const [contentType, body] = templateFor(custom, exchange)
  const added = customHeaders(custom, exchange)
  if (!added.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')) {
    headers.unshift('Content-Type', contentType)
  }
  exchange.reply(custom.status ?? status, [...headers, ...added], body?.(exchange) ?? '')
}

/** ACCESS_DENIED alone spells its member with a capital, as seen on AWS. */
const defaultBody = (type: GatewayResponseName, message: string): string =>
  JSON.stringify(type === 'ACCESS_DENIED' ? { Message: message } : { message })

const customised = (
  stage: CompiledStage,
  type: GatewayResponseName,
  status: number,
): CompiledGatewayResponse | undefined => {
  const { gatewayResponses } = stage
  if (gatewayResponses.size === 0) return undefined
  return gatewayResponses.get(type) ?? gatewayResponses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX')
}

/** The template for a type that the client accepts, else the JSON one, else the first. */
const templateFor = ({ templates }: CompiledGatewayResponse, exchange: Exchange) => {
  const accept = exchange.header('accept') ?? ''
  return (
    templates.find(([contentType]) => accept.includes(contentType)) ??
    templates.find(([contentType]) => contentType === 'application/json') ??
    templates[0] ?? ['application/json', undefined]
  )
}

const customHeaders = ({ headers }: CompiledGatewayResponse, exchange: Exchange): string[] =>
  headers.flatMap(([name, source]) => {
    const value = headerValue(source, exchange)
    return value === undefined ? [] : [name, sendable(value)]
  })

const headerValue = (source: HeaderSource, exchange: Exchange): string | undefined => {
  if (source.from === 'literal') return source.value
  if (source.from === 'context') return source.value(exchange)
  if (source.from === 'header') return exchange.header(source.name.toLowerCase())
  if (source.from === 'path') return exchange.pathParameters?.[source.name]
  const { names, values } = parseQueryString(exchange.request.queryString)
  return values[names.indexOf(source.name)]?.at(-1)
}

/** What came in as a parameter may hold what no header may. */
const sendable = (value: string): string => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')
