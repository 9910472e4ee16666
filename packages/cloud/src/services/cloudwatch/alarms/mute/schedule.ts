import { type Cron, parseCron } from '../../../../kernel/cron.ts'
import { nextOccurrence } from '../../../../kernel/schedule-expression.ts'
import type { TimeZone } from '../../../../kernel/time-zone.ts'

/** When a mute rule begins to mute: again and again, or once. */
export type MuteSchedule =
  | { readonly kind: 'cron'; readonly crons: readonly Cron[] }
  /** A local time: ms since the epoch as if it were UTC. */
  | { readonly kind: 'at'; readonly local: number }

/** Numbers, in some fields also names, with `*`, `,` and `-` alone: what else EventBridge knows is not taken here. */
const NUMBERS = /^[\d*,-]+$/
const NAMES = /^(?:(?:\d+|[A-Za-z]{3}|\*)(?:[,-](?!$)|$))+$/
const MINUTE = 60_000
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html */
const LONGEST = 15 * 1_440 * MINUTE

/** Days of the week count from Sunday, which is 0 and 7 here, and 1 in EventBridge's expressions. */
const weekdays = (field: string): string | undefined => {
  const digits = field.replace(/\d+/g, text => (Number(text) > 7 ? '?' : String((Number(text) % 7) + 1)))
  return digits.includes('?') ? undefined : digits
}

/** Minutes, hours, day of month, month and day of week. Where both days are given, either suffices, as cron has it. */
const parseFields = (text: string): readonly Cron[] | undefined => {
  const fields = text.trim().split(/\s+/)
  const isRead = fields.every((field, place) => (place < 3 ? NUMBERS : NAMES).test(field))
  if (fields.length !== 5 || !isRead) return undefined
  const [minute = '', hour = '', dayOfMonth = '', month = '', weekday = ''] = fields
  const days = weekdays(weekday)
  if (days === undefined) return undefined
  const texts = [
    ...(weekday === '*' || dayOfMonth !== '*' ? [`${dayOfMonth} ${month} ?`] : []),
    ...(weekday === '*' ? [] : [`? ${month} ${days}`]),
  ]
  const crons = texts.map(rest => parseCron(`${minute} ${hour} ${rest} *`))
  return crons.every(cron => cron !== undefined) ? crons : undefined
}

/** Reads `cron(Minutes Hours Day-of-month Month Day-of-week)` or `at(yyyy-MM-ddThh:mm)`; `undefined` for neither. */
export const parseMuteExpression = (text: string): MuteSchedule | undefined => {
  const [, kind, inner = ''] = /^(cron|at)\(([^()]*)\)$/.exec(text) ?? []
  if (kind === 'cron') {
    const crons = parseFields(inner)
    return crons && { kind, crons }
  }
  if (kind !== 'at' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(inner)) return undefined
  const local = Date.parse(`${inner}:00Z`)
  // Date.parse takes the 31st of April for the 1st of May.
  const isReal = !Number.isNaN(local) && new Date(local).toISOString().startsWith(inner)
  return isReal ? { kind, local } : undefined
}

/** Reads an ISO 8601 duration of 1 minute to 15 days, in ms; `undefined` for any other. */
export const parseMuteDuration = (text: string): number | undefined => {
  const match = /^P(?=\d|T\d)(?:(\d{1,3})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?)?$/.exec(text)
  if (!match) return undefined
  const [, days = 0, hours = 0, minutes = 0] = match
  const duration = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE
  return duration >= MINUTE && duration <= LONGEST ? duration : undefined
}

/** What a mute rule's times are, all in ms since the epoch. */
export interface MuteTimes {
  readonly schedule: MuteSchedule
  /** ms. */
  readonly duration: number
  readonly zone: TimeZone
  /** From when on it has effect. */
  readonly start: number | undefined
  /** Until when. */
  readonly expire: number | undefined
}

/** When a window begins next after a time. */
const nextStart = ({ schedule, zone }: MuteTimes, after: number): number | undefined => {
  if (schedule.kind === 'at') return nextOccurrence(schedule, after, { first: 0, zone })
  const starts = schedule.crons.flatMap(
    cron => nextOccurrence({ kind: 'cron', cron }, after, { first: 0, zone }) ?? [],
  )
  return starts.length === 0 ? undefined : Math.min(...starts)
}

/** Until when a rule mutes that does so at a time, as far as its present window goes; `undefined` where it does not. */
export const mutedUntil = (times: MuteTimes, now: number): number | undefined => {
  const { duration, start = Number.NEGATIVE_INFINITY, expire = Number.POSITIVE_INFINITY } = times
  if (now < start || now >= expire) return undefined
  const began = nextStart(times, now - duration)
  return began !== undefined && began <= now ? Math.min(began + duration, expire) : undefined
}

export const muteStatus = (times: MuteTimes, now: number): 'ACTIVE' | 'EXPIRED' | 'SCHEDULED' => {
  if (mutedUntil(times, now) !== undefined) return 'ACTIVE'
  const { expire = Number.POSITIVE_INFINITY, start = now } = times
  const next = now >= expire ? undefined : nextStart(times, Math.max(now, start - times.duration))
  return next === undefined || next >= expire ? 'EXPIRED' : 'SCHEDULED'
}
