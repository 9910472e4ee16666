import { createHash } from 'node:crypto'

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
export const DEFAULT_RETRY_ATTEMPTS = 185
/** Seconds. */
export const DEFAULT_EVENT_AGE = 86_400

/** Milliseconds before the first retry. */
const FIRST_WAIT = 1_000
/** Milliseconds: AWS publishes none of the waits; with these, 185 attempts take most of the 24 hours. */
export const LONGEST_WAIT = 480_000

/**
 * How long to wait before a retry, in ms: exponential with jitter between a half and the whole. The jitter follows
 * from `seed`, so that what happens on a stepped clock happens again the same way.
 *
 * @param attempts made so far, at least 1
 */
export const retryWait = (attempts: number, seed: string): number => {
  const longest = Math.min(FIRST_WAIT * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT)
  const random = createHash('sha256').update(`${seed}/${attempts}`).digest().readUInt32BE(0) / 2 ** 32
  return Math.round(longest * (0.5 + random / 2))
}
