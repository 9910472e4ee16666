/** Days are counted from 1970-01-01, UTC: API Gateway's days are UTC's. */

export type QuotaPeriod = 'DAY' | 'WEEK' | 'MONTH'

export const QUOTA_PERIODS: readonly QuotaPeriod[] = ['DAY', 'WEEK', 'MONTH']

export interface Quota {
  readonly limit: number
  readonly offset: number
  readonly period: QuotaPeriod
}

const DAY = 86_400_000
/** 1970-01-01 was a Thursday; weeks begin on Sunday. */
const DAYS_FROM_SUNDAY_TO_EPOCH = 4

/** The number of the UTC day of a time in ms since the epoch. */
export const dayOf = (time: number): number => Math.floor(time / DAY)

/** `2030-01-31` */
export const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10)

/** The day of a date such as `2030-01-31`; `undefined` for what is none. */
export const parseDate = (text: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const time = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(time)) return undefined
  const day = dayOf(time)
  return dateOf(day) === text ? day : undefined
}

const startOfMonth = (day: number): number => {
  const date = new Date(day * DAY)
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1))
}

/** The first day of the period that a day is in. */
export const periodStart = (period: QuotaPeriod, day: number): number => {
  if (period === 'DAY') return day
  return period === 'WEEK' ? day - ((day + DAYS_FROM_SUNDAY_TO_EPOCH) % 7) : startOfMonth(day)
}

/**
 * Requests that a quota allows in the period that begins on `start`. The offset is taken off the first one, which the
 * plan begins in the middle of.
 *
 * @param since the day on which the plan was made
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
 */
export const allowedIn = ({ limit, offset, period }: Quota, start: number, since: number): number =>
  start === periodStart(period, since) ? Math.max(0, limit - offset) : limit
