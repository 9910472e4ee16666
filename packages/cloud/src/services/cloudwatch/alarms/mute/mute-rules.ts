import { arn } from '../../../../kernel/arn.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import type { Store } from '../../../../kernel/store.ts'
import { timeZone, UTC } from '../../../../kernel/time-zone.ts'
import { type MuteTimes, mutedUntil, parseMuteDuration, parseMuteExpression } from './schedule.ts'

/** What PutAlarmMuteRule was given. */
export interface MuteRule {
  readonly name: string
  readonly description?: string
  readonly expression: string
  readonly duration: string
  readonly timezone?: string
  /** Absent: it mutes no alarm. */
  readonly alarmNames?: readonly string[]
  /** ms since the epoch. */
  readonly start?: number
  readonly expire?: number
  readonly updated: number
  readonly tags: Readonly<Record<string, string>>
}

export interface MuteRules {
  find(scope: Scope, name: string): MuteRule | undefined
  /** By name. */
  list(scope: Scope): MuteRule[]
  put(scope: Scope, rule: MuteRule): void
  delete(scope: Scope, name: string): boolean
  /** Until when an alarm's actions are muted at least, in ms since the epoch; `undefined` where they are not. */
  mutedUntil(scope: Scope, alarm: string, now: number): number | undefined
}

export const muteRuleArn = (scope: Scope, name: string): string =>
  arn(scope, 'cloudwatch', `alarm-mute-rule:${name}`)

/** @throws TypeError for a rule that PutAlarmMuteRule would have refused */
export const timesOf = ({ expression, duration, timezone = 'UTC', start, expire }: MuteRule): MuteTimes => {
  const schedule = parseMuteExpression(expression)
  const length = parseMuteDuration(duration)
  if (!schedule || length === undefined) throw new TypeError(`no mute schedule: ${expression} ${duration}`)
  return { schedule, duration: length, zone: timeZone(timezone) ?? UTC, start, expire }
}

export const createMuteRules = (store: Store): MuteRules => {
  const rules = store.collection<MuteRule>('cloudwatch.alarm-mute-rules')
  const read = new WeakMap<MuteRule, MuteTimes>()
  const times = (rule: MuteRule): MuteTimes => {
    const known = read.get(rule) ?? timesOf(rule)
    read.set(rule, known)
    return known
  }
  return {
    find: (scope, name) => rules.get(scope, name),
    list: scope => rules.list(scope).sort((a, b) => (a.name < b.name ? -1 : 1)),
    put: (scope, rule) => rules.put(scope, rule.name, rule),
    delete: (scope, name) => rules.delete(scope, name),
    mutedUntil: (scope, alarm, now) => {
      const ends = rules
        .list(scope)
        .filter(({ alarmNames }) => alarmNames?.includes(alarm))
        .flatMap(rule => mutedUntil(times(rule), now) ?? [])
      return ends.length === 0 ? undefined : Math.min(...ends)
    },
  }
}
