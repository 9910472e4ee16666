import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../kernel/scope.ts'

/** API Gateway's errors, with the texts that AWS answers. */

export const badRequest = (message: string): ServiceError => new ServiceError('BadRequestException', message)

export const notFound = (message: string): ServiceError =>
  new ServiceError('NotFoundException', message, { status: 404 })

export const conflict = (message: string): ServiceError =>
  new ServiceError('ConflictException', message, { status: 409 })

export const limitExceeded = (message: string): ServiceError =>
  new ServiceError('LimitExceededException', message, { status: 429 })

/** The request validation in front of the service: `constraints` are complete phrases. */
export const validation = (constraints: readonly string[]): ServiceError => {
  const noun = constraints.length === 1 ? 'error' : 'errors'
  return new ServiceError(
    'ValidationException',
    `${constraints.length} validation ${noun} detected: ${constraints.join('; ')}`,
  )
}

/** @throws ServiceError `ValidationException` unless `value` is one of `allowed` or absent */
export const requireEnum = (path: string, value: string | undefined, allowed: readonly string[]): void => {
  if (value === undefined || allowed.includes(value)) return
  throw validation([
    `Value '${value}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  ])
}

/** @throws ServiceError `ValidationException` unless `statusCode` has three digits, the first from 1 to 5 */
export const requireStatusCode = (statusCode: string | undefined): string => {
  if (statusCode !== undefined && /^[1-5]\d\d$/.test(statusCode)) return statusCode
  throw validation([
    `Value '${statusCode}' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d`,
  ])
}

export const invalidApi = (scope: Scope, apiId: string | undefined): ServiceError =>
  notFound(`Invalid API identifier specified ${scope.account}:${apiId}`)
export const invalidResource = (): ServiceError => notFound('Invalid Resource identifier specified')
export const invalidMethod = (): ServiceError => notFound('Invalid Method identifier specified')
export const invalidIntegration = (): ServiceError => notFound('Invalid Integration identifier specified')
export const invalidStatusCode = (): ServiceError => notFound('Invalid Response status code specified')
export const invalidStage = (): ServiceError => notFound('Invalid stage identifier specified')
export const invalidDeployment = (): ServiceError => notFound('Invalid Deployment identifier specified')
export const invalidValidator = (): ServiceError => notFound('Invalid Request Validator identifier specified')
export const invalidModel = (name: string | undefined): ServiceError =>
  notFound(`Invalid model name specified: ${name}`)
export const invalidApiKey = (): ServiceError => notFound('Invalid API Key identifier specified')
export const invalidUsagePlan = (): ServiceError => notFound('Invalid Usage Plan ID specified')
export const apiStageNotFound = (apiId: string | undefined, stage: string | undefined): ServiceError =>
  notFound(`API Stage not found: ${apiId}:${stage}`)
