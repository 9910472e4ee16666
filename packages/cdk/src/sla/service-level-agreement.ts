import { Duration } from 'aws-cdk-lib/core'

/** What was promised, and over which time. */
export interface ServiceLevelAgreement {
  /** Share of requests (and of minutes) that succeed, in per cent, such as 99.95. */
  readonly availability: number
  /** How fast the share of requests named by the percentile is answered. */
  readonly latency: { readonly p90: Duration }
  /** The time over which it holds. Default 30 days. */
  readonly period?: Duration
}

/** An agreement with everything said and checked, in plain numbers. */
export interface Objectives {
  /** Such as 0.9995. */
  readonly availability: number
  /** Share of requests that may fail, such as 0.0005. */
  readonly errorBudget: number
  /** ms */
  readonly latency: number
  /** Share of requests that may be slower than that: 0.1 at the 90th percentile. */
  readonly slowBudget: number
  /** Days. */
  readonly days: number
}

/** Share of requests that may be slower than the 90th percentile's bound. */
const SLOW_BUDGET = 0.1
const DEFAULT_DAYS = 30
const MOST_DAYS = 366

/** Rounds what binary fractions left over: 1 - 0.9995 is 0.0005. */
export const rounded = (value: number): number => Number(value.toPrecision(10))

/**
 * Reads an agreement.
 *
 * @throws Error naming the member that cannot be, and what to write
 */
export const objectivesOf = (sla: ServiceLevelAgreement): Objectives => {
  const { availability, latency, period = Duration.days(DEFAULT_DAYS) } = sla
  if (!(availability > 0 && availability < 100)) {
    throw new Error(
      `sla.availability is a percentage between 0 and 100 such as 99.95, not ${availability}: 100 % leaves no budget that an alarm could watch.`,
    )
  }
  if (availability < 1) {
    throw new Error(
      `sla.availability is a percentage: write ${availability * 100} instead of ${availability}.`,
    )
  }
  const bound = latency.p90.toMilliseconds()
  if (bound <= 0) throw new Error('sla.latency.p90 must be longer than 0 ms.')
  const days = period.toDays({ integral: false })
  if (!(days >= 1 && days <= MOST_DAYS)) {
    throw new Error(`sla.period must be from 1 to ${MOST_DAYS} days, not ${days}.`)
  }
  return {
    availability: rounded(availability / 100),
    errorBudget: rounded(1 - availability / 100),
    latency: bound,
    slowBudget: SLOW_BUDGET,
    days,
  }
}
