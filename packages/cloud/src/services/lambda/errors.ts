import { ServiceError } from '@sonde/wire'
import { MAXIMUM_SYNC_PAYLOAD_BYTES } from './limits.ts'

/** Lambda's errors, with AWS's codes and texts. */

const lambdaError = (
  code: string,
  message: string,
  status: number,
  fields: Readonly<Record<string, unknown>> = {},
): ServiceError =>
  new ServiceError(code, message, { status, fields: { Type: status < 500 ? 'User' : 'Service', ...fields } })

export const functionNotFound = (arn: string): ServiceError =>
  lambdaError('ResourceNotFoundException', `Function not found: ${arn}`, 404)

export const notFound = (message: string): ServiceError =>
  lambdaError('ResourceNotFoundException', message, 404)

export const conflict = (message: string): ServiceError =>
  lambdaError('ResourceConflictException', message, 409)

export const invalidParameter = (message: string): ServiceError =>
  lambdaError('InvalidParameterValueException', message, 400)

export const tracesDenied = (): ServiceError =>
  invalidParameter('The provided execution role does not have permissions to call PutTraceSegments on XRAY')

export const unpublishedVersion = (): ServiceError =>
  invalidParameter('Provisioned Concurrency Configs cannot be applied to unpublished function versions.')

export const noProvisionedConcurrency = (): ServiceError =>
  lambdaError(
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
    404,
  )

export const preconditionFailed = (): ServiceError =>
  lambdaError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    412,
  )

/** A member that breaks its modelled constraint. */
export const constraintViolation = (value: unknown, member: string, constraint: string): ServiceError =>
  new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  )

export type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'

export const throttled = (reason: ThrottleReason): ServiceError =>
  lambdaError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason })

export const invalidRequestContent = (message: string): ServiceError =>
  lambdaError('InvalidRequestContentException', message, 400)

export const payloadTooLarge = (size: number, limit = MAXIMUM_SYNC_PAYLOAD_BYTES): ServiceError =>
  lambdaError(
    'RequestTooLargeException',
    `${size} byte payload is too large for the RequestResponse invocation type (limit ${limit} bytes)`.replace(
      'RequestResponse',
      limit === MAXIMUM_SYNC_PAYLOAD_BYTES ? 'RequestResponse' : 'Event',
    ),
    413,
  )

/** The caller may not invoke: its resource policy names him not. */
export const accessDenied = (caller: string, functionArn: string): ServiceError =>
  new ServiceError(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn}`,
    { status: 403 },
  )

/** The environment went away while the invocation was on its way: the cloud stops, or its state was reset. */
export const interrupted = (): ServiceError =>
  lambdaError(
    'ServiceException',
    'The invocation was interrupted: the function is being removed or Sonde stops.',
    500,
  )

/** No environment could be started, for a reason of this machine: it refuses ports or files. */
export const notStarted = (reason: unknown): ServiceError =>
  lambdaError(
    'ServiceException',
    `The function could not be started: ${reason instanceof Error ? reason.message : String(reason)}`,
    500,
  )

/** Operations on a function as a whole refuse names of one of its versions. */
export const functionsOnly = (): ServiceError =>
  invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  )

export const policyTooLong = (limit: number): ServiceError =>
  lambdaError(
    'PolicyLengthExceededException',
    `The final policy size is bigger than the limit (${limit}).`,
    400,
  )
