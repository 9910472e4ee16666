/** A date and time of day as the clock on the wall shows it, without a zone. */
export interface LocalTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
  /** 0 to 23. */
  readonly hour: number
  /** 0 to 59. */
  readonly minute: number
  /** 0 is Sunday, as in `Date.prototype.getUTCDay` and DuckDB's `dayofweek`. */
  readonly dayOfWeek: number
}

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/

/**
 * Reads `2001-06-15T17:30` or `2001-06-15T17:30:00`. A zone is not accepted: histories are kept by the local hour of
 * the origin, and a zone would make it a guess which clock was meant.
 *
 * @returns `undefined` where the text has another form or names no real date, such as 30 February
 */
export const parseLocalTime = (text: string): LocalTime | undefined => {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  if (hour > 23 || minute > 59 || !(second <= 59 || match[6] === undefined)) return undefined
  const date = new Date(Date.UTC(2000, 0, 1))
  date.setUTCFullYear(year, month - 1, day)
  // A day that does not exist rolls over into another month.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return { year, month, day, hour, minute, dayOfWeek: date.getUTCDay() }
}
