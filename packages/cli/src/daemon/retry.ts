import { setTimeout as sleep } from 'node:timers/promises'

export interface RetryOptions {
  /** Attempts in all. Default 12, which spans about a minute and a half. */
  readonly attempts?: number
  /** Longest wait before the second attempt in real milliseconds; it doubles from there. Default 200. */
  readonly base?: number
  /** Longest wait of all. Default 20,000. */
  readonly cap?: number
  /** Uniform in [0, 1). */
  readonly random?: () => number
  /** Once aborted, no wait is begun, and the attempt that runs is the last. */
  readonly signal?: AbortSignal
  readonly isRetryable: (error: unknown) => boolean
  /** Called before each wait. */
  readonly onRetry?: (error: unknown) => void
}

const ATTEMPTS = 12
const BASE = 200
const CAP = 20_000

/** Milliseconds to wait after the nth attempt: a random share of a time that doubles with each, up to a cap. */
export const backOff = (attempt: number, base: number, cap: number, random: () => number): number =>
  random() * Math.min(cap, base * 2 ** (attempt - 1))

/**
 * Calls `task` until it succeeds, with exponential back-off and full jitter, so that many daemons that lost their
 * endpoint at once do not come back at once.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @throws what the last attempt threw
 */
export const retry = async <T>(task: () => Promise<T>, options: RetryOptions): Promise<T> => {
  const { attempts = ATTEMPTS, base = BASE, cap = CAP, random = Math.random, signal } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await task()
    } catch (error) {
      if (attempt >= attempts || signal?.aborted || !options.isRetryable(error)) throw error
      options.onRetry?.(error)
      const wait = backOff(attempt, base, cap, random)
      // Cut short by the end of the daemon, after which there is one more attempt.
      await sleep(wait, undefined, signal && { signal }).catch(() => {})
    }
  }
}
