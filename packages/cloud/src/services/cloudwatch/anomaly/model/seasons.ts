import type { ZoneOffset } from './time-zone.ts'

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const HOURS = 24
export const DAYS = 7

/** Where in its day and week a period lies, by the wall clock of the metric's zone. */
export interface Season {
  /** The hour's knot before the middle of the period, 0 to 23; knots lie at the half hours. */
  hour: number
  /** How far the middle is from that knot to the next, 0 to 1. */
  between: number
  /** 0 (Sunday) to 6. */
  day: number
  /** ms since midnight, of the period's start. */
  ofDay: number
}

/** Finds the season of each period. The same object is filled and returned every time: it is asked by the 10,000. */
export const seasons = (offset: ZoneOffset, period: number): ((time: number) => Season) => {
  const season: Season = { hour: 0, between: 0, day: 0, ofDay: 0 }
  return time => {
    const start = time + offset(time)
    const middle = start + period / 2
    const knots = (((middle % DAY) + DAY) % DAY) / HOUR - 0.5 + HOURS
    season.hour = Math.floor(knots) % HOURS
    season.between = knots - Math.floor(knots)
    // 1970-01-01 was a Thursday.
    season.day = (((Math.floor(middle / DAY) + 4) % DAYS) + DAYS) % DAYS
    season.ofDay = ((start % DAY) + DAY) % DAY
    return season
  }
}
