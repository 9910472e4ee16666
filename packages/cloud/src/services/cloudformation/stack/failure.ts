import { ServiceError } from '@sonde/wire'
import { uuid } from '../../../kernel/ids.ts'

/**
 * The handler error codes of CloudFormation's resource providers, by the service's own error code.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
 */
const HANDLER_ERROR_CODES: ReadonlyArray<readonly [pattern: RegExp, code: string]> = [
  [/AlreadyExists|ResourceInUse|EntityAlreadyExists/, 'AlreadyExists'],
  [/Conflict/, 'ResourceConflict'],
  [/NotFound|NoSuch/, 'NotFound'],
  [/AccessDenied|Unauthorized/, 'AccessDenied'],
  [/Throttl|TooManyRequests/, 'Throttling'],
  [/LimitExceeded|Quota/, 'ServiceLimitExceeded'],
  [/Validation|Invalid|BadRequest|NotImplemented|Malformed/, 'InvalidRequest'],
]

const handlerErrorCode = (error: unknown): string => {
  if (!(error instanceof ServiceError)) return 'InternalFailure'
  const known = HANDLER_ERROR_CODES.find(([pattern]) => pattern.test(error.code))
  return known?.[1] ?? ((error.status ?? 400) >= 500 ? 'ServiceInternalError' : 'GeneralServiceException')
}

/** A resource operation's failure as the reason of its event. */
export const handlerReason = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return `Resource handler returned message: "${message}" (RequestToken: ${uuid()}, HandlerErrorCode: ${handlerErrorCode(error)})`
}

/** A failed step of a resource whose record and event are written already. */
export class ResourceFailure extends Error {
  override readonly name = 'ResourceFailure' as const
}

/** The operation's stack is gone (reset) or the cloud stops: nothing may be written any more. */
export class OperationAbandoned extends Error {
  override readonly name = 'OperationAbandoned' as const
}

/** `The following resource(s) failed to create: [A, B]. ` */
export const failedResources = (
  action: 'create' | 'update' | 'delete',
  logicalIds: readonly string[],
): string => `The following resource(s) failed to ${action}: [${logicalIds.join(', ')}]. `
