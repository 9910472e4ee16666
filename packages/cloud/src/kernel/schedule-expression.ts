import { type Cron, parseCron } from './cron.ts'
import { type TimeZone, UTC } from './time-zone.ts'

/** A schedule expression, read. */
export type ScheduleExpression =
  /** Period in ms. */
  | { readonly kind: 'rate'; readonly period: number }
  | { readonly kind: 'cron'; readonly cron: Cron }
  /** One local time: ms since the epoch as if it were UTC. */
  | { readonly kind: 'at'; readonly local: number }

/** Rules want `minute` for 1 and `minutes` for more; Scheduler takes either, and knows `at(…)`. */
export type ScheduleGrammar = 'rule' | 'scheduler'

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

const parseRate = (text: string, grammar: ScheduleGrammar): ScheduleExpression | undefined => {
  const [, number = '', unit = '', plural] = /^([1-9]\d{0,8}) (minute|hour|day)(s?)$/.exec(text) ?? []
  const milliseconds = UNITS[unit]
  if (milliseconds === undefined) return undefined
  if (grammar === 'rule' && (number === '1') === (plural === 's')) return undefined
  return { kind: 'rate', period: Number(number) * milliseconds }
}

const parseAt = (text: string): ScheduleExpression | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined
  const local = Date.parse(`${text}Z`)
  // Date.parse takes the 31st of April for the 1st of May.
  const isReal = !Number.isNaN(local) && new Date(local).toISOString().startsWith(text)
  return isReal ? { kind: 'at', local } : undefined
}

/**
 * Reads `rate(value unit)`, `cron(six fields)` and, of Scheduler, `at(yyyy-mm-ddThh:mm:ss)`.
 *
 * @returns `undefined` where the expression is not valid
 */
export const parseScheduleExpression = (
  text: string,
  grammar: ScheduleGrammar,
): ScheduleExpression | undefined => {
  const [, kind, inner = ''] = /^(rate|cron|at)\(([^()]*)\)$/.exec(text) ?? []
  if (kind === 'rate') return parseRate(inner, grammar)
  if (kind === 'at' && grammar === 'scheduler') return parseAt(inner)
  if (kind !== 'cron') return undefined
  const cron = parseCron(inner)
  return cron && { kind: 'cron', cron }
}

export interface OccurrenceOptions {
  /** Of a rate: when it occurs first, in ms since the epoch. */
  readonly first: number
  /** Where local times are read. Default UTC. */
  readonly zone?: TimeZone
}

/**
 * When a rate begins that counts from when it was put. Where the clock was set back to before that, its steps stay the same
 * and begin earlier: otherwise it would not occur until that time came again.
 *
 * @param since when it was put, and `now`, in ms since the epoch
 * @returns `since`, or as many whole periods before it as it takes not to be after `now`
 */
export const rateOrigin = (expression: ScheduleExpression, since: number, now: number): number =>
  expression.kind !== 'rate' || since <= now
    ? since
    : since - Math.ceil((since - now) / expression.period) * expression.period

const nextOfCron = (cron: Cron, after: number, zone: TimeZone): number | undefined => {
  let local = cron.nextLocal(after + zone.offset(after))
  while (local !== undefined) {
    const time = zone.toUtc(local)
    if (time !== undefined && time > after) return time
    local = cron.nextLocal(local)
  }
  return undefined
}

/**
 * When a schedule occurs next, in ms since the epoch; `undefined` where it never does again.
 *
 * A cron or one-time expression that names a local time which daylight saving leaves out does not occur then; of a time
 * that there is twice, only the first counts. Rates count real time: a day is 24 hours.
 *
 * @param after occurrences at this time do not count
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const nextOccurrence = (
  expression: ScheduleExpression,
  after: number,
  { first, zone = UTC }: OccurrenceOptions,
): number | undefined => {
  switch (expression.kind) {
    case 'rate': {
      const { period } = expression
      return after < first ? first : first + (Math.floor((after - first) / period) + 1) * period
    }
    case 'cron':
      return nextOfCron(expression.cron, after, zone)
    case 'at': {
      const time = zone.toUtc(expression.local)
      return time !== undefined && time > after ? time : undefined
    }
  }
}
