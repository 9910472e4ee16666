/** One thing wrong with a request. */
export interface FieldError {
  /** A field of the body, or `body` for the body as a whole. */
  readonly field: string
  readonly message: string
}

/** Answered with 400: the client can put it right. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError' as const
  readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[]) {
    super('The request is invalid.')
    this.errors = errors
  }
}

/**
 * Answered with 503: the reference data or the model cannot be reached just now, trying again may help. `message` is
 * for the client; what happened is the `cause`.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError' as const
}

/** Answered with 502: the model or the reference data answered, but not as they should. */
export class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError' as const
}
