/** What a throttle allows. */
export interface Throttle {
  /** Requests a second that are let through in the long run. */
  readonly rateLimit: number
  /** Requests that may come at once: the bucket's size. */
  readonly burstLimit: number
}

/** Below this a bucket is short of a token, above it floating point is short of exactness. */
const EPSILON = 1e-9
const SECOND = 1_000

/**
 * A token bucket: full at first, refilled at the rate up to its size, one token a request. What it has let through is
 * counted from the last time that it was full, so that no error adds up: in a time t it admits floor(burst + rate × t).
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export class TokenBucket {
  readonly limits: Throttle
  /** Clock time in ms at which the bucket was last full. */
  #fullAt: number
  /** Tokens taken since. */
  #taken = 0
  #lastSeen: number

  constructor(limits: Throttle, now: number) {
    this.limits = limits
    this.#fullAt = now
    this.#lastSeen = now
  }

  /** Whether there is a token, without taking it. */
  has(now: number): boolean {
    return this.#available(now) >= 1 - EPSILON
  }

  /** To be called where {@link has} said so at the same time. */
  take(): void {
    this.#taken++
  }

  #available(now: number): number {
    const { rateLimit, burstLimit } = this.limits
    // A clock that goes back to the machine's time takes no tokens along.
    if (now < this.#lastSeen) this.#fullAt -= this.#lastSeen - now
    this.#lastSeen = now
    const available = burstLimit - this.#taken + (rateLimit * (now - this.#fullAt)) / SECOND
    if (available < burstLimit) return available
    this.#fullAt = now
    this.#taken = 0
    return burstLimit
  }
}
