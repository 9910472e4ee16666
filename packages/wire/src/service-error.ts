/** What an AWS error carries besides its code and message. */
export interface ServiceErrorOptions extends ErrorOptions {
  /** HTTP status of the response. Default: that of the error's shape in the service's model, or 400. */
  readonly status?: number
  /** The awsQuery error code. Default: that of the error's shape in the service's model, or the code. */
  readonly queryCode?: string
  /** Modelled members of the error shape besides the message, by their SDK names. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Additional response headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An error that an AWS client is meant to receive: thrown by an operation, written by the wire in the form of the
 * request's protocol. Anything else that an operation throws reaches the client as `InternalFailure` without a
 * stack trace.
 *
 * @example
 * throw new ServiceError('ResourceNotFoundException', 'Function not found: arn:…', { status: 404 })
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError' as const
  /** The error's shape name, which clients match on, such as `ResourceNotFoundException`. */
  readonly code: string
  /** `undefined`: as the service's model says. */
  readonly status: number | undefined
  /** `undefined`: as the service's model says. */
  readonly queryCode: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(code: string, message: string, options: ServiceErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.status = options.status
    this.queryCode = options.queryCode
    this.fields = options.fields ?? {}
    this.headers = options.headers ?? {}
  }
}

/** 501 for an operation or an option nobody has written yet; names exactly what is missing. */
export const notImplemented = (what: string): ServiceError =>
  new ServiceError('NotImplemented', `${what} is not implemented by Sonde.`, { status: 501 })

/** Thrown where the connection is to be broken instead of answered; the wire passes it to whoever holds the socket. */
export class DroppedConnection extends Error {
  override readonly name = 'DroppedConnection' as const
}
