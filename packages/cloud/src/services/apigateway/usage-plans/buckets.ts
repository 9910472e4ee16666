import { type Throttle, TokenBucket } from './token-bucket.ts'

/**
 * Buckets by name. They outlive the recompilation of stages and plans that they belong to; one whose limits have changed
 * begins full. Lost with the process, as they hold seconds.
 */
export class Buckets {
  readonly #buckets = new Map<string, TokenBucket>()

  of(name: string, limits: Throttle, now: number): TokenBucket {
    const known = this.#buckets.get(name)
    if (known?.limits.rateLimit === limits.rateLimit && known.limits.burstLimit === limits.burstLimit) {
      return known
    }
    const bucket = new TokenBucket(limits, now)
    this.#buckets.set(name, bucket)
    return bucket
  }

  clear(): void {
    this.#buckets.clear()
  }
}
