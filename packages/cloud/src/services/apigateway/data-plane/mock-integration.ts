import type { CompiledMock, CompiledMockResponse } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayFailure } from './gateway-failure.ts'
import { firstMediaType } from './media-types.ts'

/**
 * Answers a MOCK integration: the request template names a status code, that chooses the integration response, and
 * its texts are the answer.
 */
export const answerMock = (exchange: Exchange, integration: CompiledMock): GatewayFailure | undefined => {
  const template = requestTemplate(exchange, integration)
  if (template === undefined) return { type: 'UNSUPPORTED_MEDIA_TYPE' }
  const status = mockStatus(template)
  const response = status === undefined ? undefined : responseFor(integration.responses, status)
  if (status === undefined || !response) {
    exchange.log?.error(
      status === undefined
        ? 'Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template'
        : 'Execution failed due to configuration error: No match for output mapping and no default output mapping configured',
    )
    exchange.integrationError = 'Invalid MOCK configuration'
    return { type: 'API_CONFIGURATION_ERROR' }
  }
  exchange.integrationStatus = status
  const [contentType, body] = responseTemplate(response)
  const headers = response.headers.slice()
  if (!hasContentType(headers)) headers.unshift('Content-Type', contentType)
  exchange.reply(response.status, headers, body)
  return undefined
}

/** The template for the request's content type; the body itself where it passes through. */
const requestTemplate = (exchange: Exchange, integration: CompiledMock): string | undefined => {
  const { requestTemplates, passthroughBehavior } = integration
  const contentType = firstMediaType(exchange.header('content-type') ?? 'application/json')
  const template = requestTemplates[contentType]
  if (template !== undefined) return template
  const defined = Object.keys(requestTemplates).length > 0
  if (passthroughBehavior === 'NEVER' || (passthroughBehavior === 'WHEN_NO_TEMPLATES' && defined)) {
    return undefined
  }
  return exchange.body.toString('utf8')
}

/**
 * The `statusCode` of a mock's request, which need not be good JSON: CDK's CORS preflight says `{ statusCode: 204 }`.
 */
export const mockStatus = (template: string): number | undefined => {
  try {
    const { statusCode } = JSON.parse(template)
    return Number.isInteger(statusCode) ? statusCode : undefined
  } catch {
    const match = /^\s*\{(?:[^{}]*,)?\s*(["']?)statusCode\1\s*:\s*(\d{3})\s*(?:,[^{}]*)?\}\s*$/.exec(template)
    return match ? Number(match[2]) : undefined
  }
}

/** The first response whose pattern matches the whole status, else the one without a pattern. */
const responseFor = (
  responses: readonly CompiledMockResponse[],
  status: number,
): CompiledMockResponse | undefined =>
  responses.find(({ pattern }) => pattern?.test(String(status))) ??
  responses.find(({ pattern }) => pattern === undefined)

const responseTemplate = ({ templates }: CompiledMockResponse): readonly [string, string] => {
  const json = templates['application/json']
  if (json !== undefined) return ['application/json', json]
  return Object.entries(templates)[0] ?? ['application/json', '']
}

const hasContentType = (headers: readonly string[]): boolean =>
  headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')
