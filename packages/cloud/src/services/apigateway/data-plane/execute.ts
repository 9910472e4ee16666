import type { CompiledMethod } from './compiled.ts'
import type { Exchange } from './exchange.ts'
import { createExecutionLog } from './execution-log.ts'
import { replyFailure } from './gateway-failure.ts'
import { type Backends, invokeFunction } from './lambda-integration.ts'
import { answerMock } from './mock-integration.ts'
import { validateRequest } from './request-validation.ts'

/** Finds the method for an exchange. `false` where API Gateway answers itself, which it then has. */
export const route = (exchange: Exchange): boolean => {
  const match = exchange.stage.router.match(exchange.path, exchange.httpMethod)
  if (!match) {
    replyFailure(exchange, { type: 'MISSING_AUTHENTICATION_TOKEN' })
    return false
  }
  exchange.method = match.target
  exchange.pathParameters = match.pathParameters
  if (match.target.loggingLevel !== 'OFF') {
    exchange.log = createExecutionLog(match.target.loggingLevel, match.target.dataTrace)
  }
  return true
}

/**
 * Carries out a routed exchange, whose body has been read, up to its response.
 *
 * @throws DroppedConnection where a fault asks for it, and nothing else
 */
export const execute = async (exchange: Exchange, backends: Backends): Promise<void> => {
  const { method, log } = exchange
  if (!method) return
  log?.methodRequest(exchange, method)
  const failure = validateRequest(exchange, method) ?? (await integrate(exchange, method, backends))
  if (failure) replyFailure(exchange, failure)
  log?.methodResponse(exchange)
}

const integrate = (exchange: Exchange, method: CompiledMethod, backends: Backends) => {
  const { integration } = method
  return integration.type === 'AWS_PROXY'
    ? invokeFunction(exchange, method, integration, backends)
    : answerMock(exchange, integration)
}
