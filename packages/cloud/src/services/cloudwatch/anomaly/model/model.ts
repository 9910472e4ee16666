import { DAY, HOURS, seasons } from './seasons.ts'
import { zoneOffset } from './time-zone.ts'

/** What a model learned of the spikes of one time of the day, relative to what is expected else. */
export interface Spike {
  /** ms since midnight, by the metric's zone. */
  readonly ofDay: number
  readonly residual: number
}

/** What is normal for one series of one period. Plain JSON, about 1 KB. */
export interface Model {
  /** In ms. */
  readonly period: number
  /** The zone of the hours and days. */
  readonly timeZone: string
  /** The first and last period it was trained on, in ms since the epoch. */
  readonly from: number
  readonly to: number
  /** How many points it was trained on. */
  readonly points: number
  /** The level at the middle of each hour of the day, at the time `to`. */
  readonly hours: readonly number[]
  /** What each day of the week adds, from Sunday. */
  readonly days: readonly number[]
  /** Change a day. */
  readonly trend: number
  /** The standard deviation at the middle of each hour of the day. */
  readonly deviations: readonly number[]
  /** The metric was never negative, and is not expected to be. */
  readonly nonNegative: boolean
  readonly spikes: readonly Spike[]
}

/** How far a trend is thought to go on after the last training. */
const TREND_HORIZON = DAY

/** What a model expects of one period. */
export interface Expectation {
  readonly value: number
  readonly deviation: number
  /** What a spike at this time of the day adds; 0 where none is known. */
  readonly spike: number
}

const between = (knots: readonly number[], hour: number, share: number): number =>
  (knots[hour] ?? 0) * (1 - share) + (knots[(hour + 1) % HOURS] ?? 0) * share

/** What a model expects at the starts of periods, in ms since the epoch. */
export const expectations = (model: Model): ((time: number) => Expectation) => {
  const seasonOf = seasons(zoneOffset(model.timeZone), model.period)
  const spikes = new Map(model.spikes.map(({ ofDay, residual }) => [ofDay, residual]))
  return time => {
    const { hour, between: share, day, ofDay } = seasonOf(time)
    const since = Math.min(time - model.to, TREND_HORIZON) / DAY
    return {
      value: between(model.hours, hour, share) + (model.days[day] ?? 0) + model.trend * since,
      deviation: between(model.deviations, hour, share),
      spike: spikes.get(ofDay) ?? 0,
    }
  }
}

/**
 * The band of expected values: `width` standard deviations to both sides.
 *
 * @param timestamps starts of periods, in ms since the epoch
 */
export const bandOf = (
  model: Model,
  timestamps: readonly number[],
  width: number,
): { lower: number[]; upper: number[] } => {
  const expect = expectations(model)
  const band = { lower: [] as number[], upper: [] as number[] }
  for (const time of timestamps) {
    const { value, deviation, spike } = expect(time)
    const lower = value - width * deviation + Math.min(spike, 0)
    const upper = value + width * deviation + Math.max(spike, 0)
    band.lower.push(model.nonNegative ? Math.max(lower, 0) : lower)
    band.upper.push(model.nonNegative ? Math.max(upper, 0) : upper)
  }
  return band
}
