import type { Clock, ClockTimer } from '../../../../kernel/clock.ts'
import type { AlarmRecord } from '../alarm.ts'
import { type AlarmStore, alarmKey } from '../alarm-store.ts'
import type { MuteRules } from './mute-rules.ts'

/** Waits for the end of the windows in which alarms' actions were held back. */
export interface Unmuting {
  /** @param until the earliest time at which its muting may end, in ms since the epoch */
  await(record: AlarmRecord, until: number): void
  /** Ends the muting of those that no rule mutes any more: a rule has changed, or a window has ended. */
  check(): void
  stop(): void
}

export const createUnmuting = (
  clock: Clock,
  alarms: AlarmStore,
  mutes: MuteRules,
  unmute: (record: AlarmRecord) => void,
): Unmuting => {
  const waiting = new Map<string, AlarmRecord>()
  let timer: ClockTimer | undefined
  let due = Number.POSITIVE_INFINITY

  const arm = (until: number): void => {
    if (until >= due) return
    timer?.cancel()
    due = until
    timer = clock.at(until, check)
  }

  const check = (): void => {
    timer?.cancel()
    due = Number.POSITIVE_INFINITY
    for (const [key, { scope, alarm }] of waiting) {
      const record = alarms.find(scope, alarm.name)
      const until = record && mutes.mutedUntil(scope, alarm.name, clock.now())
      if (until !== undefined) {
        arm(until)
        continue
      }
      waiting.delete(key)
      if (record) unmute(record)
    }
  }

  return {
    await: (record, until) => {
      waiting.set(alarmKey(record.scope, record.alarm.name), record)
      arm(until)
    },
    check,
    stop: () => {
      timer?.cancel()
      due = Number.POSITIVE_INFINITY
      waiting.clear()
    },
  }
}
