import type { SchemaValidator } from '../validation/validate.ts'
import type { CompiledMethod, CompiledValidation } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayFailure } from './gateway-failure.ts'
import { firstMediaType } from './media-types.ts'
import { parseQueryString } from './query-string.ts'

/** Applies a method's request validator; `undefined` where the request passes. */
export const validateRequest = (exchange: Exchange, method: CompiledMethod): GatewayFailure | undefined => {
  const { validation } = method
  if (!validation) return undefined
  return missingParameters(exchange, validation) ?? invalidBody(exchange, validation)
}

const missingParameters = (
  exchange: Exchange,
  { parameters }: CompiledValidation,
): GatewayFailure | undefined => {
  if (parameters.length === 0) return undefined
  const query = parseQueryString(exchange.request.queryString)
  const missing = parameters
    .filter(({ location, name }) => {
      if (location === 'header') return !exchange.header(name.toLowerCase())
      if (location === 'path') return !exchange.pathParameters?.[name]
      return !query.values[query.names.indexOf(name)]?.some(value => value !== '')
    })
    .map(({ name }) => name)
  if (missing.length === 0) return undefined
  return {
    type: 'BAD_REQUEST_PARAMETERS',
    message: `Missing required request parameters: [${missing.join(', ')}]`,
  }
}

const invalidBody = (exchange: Exchange, { bodies }: CompiledValidation): GatewayFailure | undefined => {
  const validate = bodies?.get(firstMediaType(exchange.header('content-type') ?? 'application/json'))
  if (!validate) return undefined
  let value: unknown
  try {
    value = JSON.parse(exchange.body.toString('utf8'))
  } catch {
    return { type: 'BAD_REQUEST_BODY', validationErrorString: '[Request body is not valid JSON]' }
  }
  const errors = complaints(validate, value)
  if (errors.length === 0) return undefined
  return { type: 'BAD_REQUEST_BODY', validationErrorString: `[${errors.join(', ')}]` }
}

/** A body nested so deep that checking it exhausts the stack is none that a model describes. */
const complaints = (validate: SchemaValidator, value: unknown): string[] => {
  try {
    return validate(value)
  } catch (error) {
    if (error instanceof RangeError) return ['instance is nested too deep']
    throw error
  }
}
