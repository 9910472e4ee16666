/** CloudWatch's resolutions, and how long each can be asked for. */

export const SECOND = 1_000
/** Standard resolution (ms): timestamps are truncated to it. */
export const MINUTE = 60_000
const HOUR = 3_600_000
export const DAY = 86_400_000

interface Tier {
  /** In ms. */
  readonly grain: number
  /** In ms. */
  readonly kept: number
}

/**
 * From fine to coarse. What is older than a tier keeps lives on in the next one alone.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const TIERS: readonly Tier[] = [
  { grain: SECOND, kept: 3 * HOUR },
  { grain: MINUTE, kept: 15 * DAY },
  { grain: 5 * MINUTE, kept: 63 * DAY },
  { grain: HOUR, kept: 455 * DAY },
]

/** How long anything is kept, in ms. */
export const LONGEST_KEPT = 455 * DAY

/** Behind every bucket, so that arithmetic with it stays in whole numbers. */
const NEVER = Number.MAX_SAFE_INTEGER

/**
 * The oldest bucket that a period sees, in ms since the epoch: a period finer than a tier has nothing of that tier.
 *
 * @param period in ms
 */
export const oldestOf = (period: number, now: number): number => {
  const tier = TIERS.findLast(({ grain }) => period % grain === 0)
  return tier ? Math.floor((now - tier.kept) / tier.grain) * tier.grain : NEVER
}

/** The grain (ms) in which a bucket of a grain is still kept; `undefined` for one that is not kept any more. */
export const grainAt = (time: number, grain: number, now: number): number | undefined =>
  TIERS.find(tier => tier.grain >= grain && time >= Math.floor((now - tier.kept) / tier.grain) * tier.grain)
    ?.grain

/** When buckets of a grain leave it, in ms after their time. */
export const keptFor = (grain: number): number => TIERS.find(tier => tier.grain === grain)?.kept ?? 0

/** To what a request's start is rounded down, by its age: minutes, five minutes or hours. */
export const startGrain = (start: number, now: number): number =>
  TIERS.find(({ grain, kept }) => grain >= MINUTE && start >= now - kept)?.grain ?? HOUR
