import { createHash } from 'node:crypto'
import { arn } from '../../kernel/arn.ts'
import { nextOccurrence, parseScheduleExpression, rateOrigin } from '../../kernel/schedule-expression.ts'
import type { Scope } from '../../kernel/scope.ts'
import { timeZone } from '../../kernel/time-zone.ts'
import type { ScheduleRecord } from './records.ts'

export const scheduleArn = (scope: Scope, { group, name }: { group: string; name: string }): string =>
  arn(scope, 'scheduler', `schedule/${group}/${name}`)

/** How a schedule occurs: times in ms since the epoch. */
export interface Occurrences {
  /** How long after its scheduled time each invocation is made. */
  readonly delay: number
  /** The first scheduled time after `after`. */
  next(after: number): number | undefined
}

/**
 * When a schedule occurs. A one-time schedule has no regard to start and end date, as on AWS.
 *
 * Where in its flexible window a schedule is invoked is told by its ARN, so that it is the same on every run; AWS chooses
 * anew each time.
 */
export const occurrencesOf = (scope: Scope, schedule: ScheduleRecord, now: number): Occurrences => {
  const expression = parseScheduleExpression(schedule.expression, 'scheduler')
  const zone = timeZone(schedule.timezone)
  if (!expression || !zone) throw new TypeError(`the schedule ${schedule.name} was stored unchecked`)
  const isOnce = expression.kind === 'at'
  const start = isOnce ? undefined : schedule.startDate
  const end = (isOnce ? undefined : schedule.endDate) ?? Number.POSITIVE_INFINITY
  const first = start ?? rateOrigin(expression, schedule.expressedAt, now)
  const seconds = createHash('sha256').update(scheduleArn(scope, schedule)).digest().readUInt32BE(0)
  return {
    delay: schedule.window === 0 ? 0 : (seconds % (schedule.window * 60)) * 1000,
    next: after => {
      const from = start === undefined ? after : Math.max(after, start - 1)
      const time = nextOccurrence(expression, from, { first, zone })
      return time !== undefined && time <= end ? time : undefined
    },
  }
}
