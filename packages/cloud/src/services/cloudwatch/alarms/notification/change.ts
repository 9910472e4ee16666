import type { Scope } from '../../../../kernel/scope.ts'
import type { Alarm, AlarmState, PastState } from '../alarm.ts'

/** A change of an alarm's state, as its actions and events tell it. */
export interface StateChange {
  readonly scope: Scope
  readonly alarm: Alarm
  readonly state: AlarmState
  readonly previous: PastState
  /** Whether the actions were held back by a mute rule that has ended. */
  readonly afterMuteWindow: boolean
}
