import { ServiceError } from '@sonde/wire'

/** Why a delivery did not succeed. */
export interface Failure {
  /** EventBridge's code, which a dead letter carries. */
  readonly code: string
  /** The target's own code. */
  readonly cause: string
  readonly message: string
  /** Whether another attempt may succeed. */
  readonly isRetryable: boolean
}

/**
 * EventBridge's codes for what targets answer, and whether it tries again: it does not where a target is missing or
 * forbidden.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const CODES: ReadonlyArray<readonly [cause: RegExp, code: string, isRetryable: boolean]> = [
  [/Throttl|TooManyRequests|LimitExceeded|RequestLimit/, 'THROTTLING', true],
  [/NotFound|NonExistentQueue|QueueDoesNotExist/, 'NO_RESOURCE', false],
  [/AccessDenied|AuthorizationError|NotAuthorized/, 'NO_PERMISSIONS', false],
  [/^ThirdAccountHop/, 'THIRD_ACCOUNT_HOP_DETECTED', false],
  [/^InvalidJson/, 'INVALID_JSON', false],
  [/Validation|InvalidParameter|InvalidRequest|RequestTooLarge/, 'INVALID_PARAMETER', false],
]

/** What a target's error means to whoever delivers. */
export const failureOf = (error: unknown): Failure => {
  const cause = error instanceof ServiceError ? error.code : 'InternalFailure'
  const message = error instanceof Error ? error.message : String(error)
  const [, code, isRetryable] = CODES.find(([pattern]) => pattern.test(cause)) ?? [
    undefined,
    'ERROR_FROM_TARGET',
    true,
  ]
  return { code, cause, message, isRetryable }
}
