import type { Clock } from '../../../kernel/clock.ts'
import type { EventBus } from '../../../kernel/ports.ts'
import type { AlarmActions } from './actions.ts'
import type { AlarmRecord, AlarmState, PastState, StateValue, Suppression } from './alarm.ts'
import type { AlarmStore } from './alarm-store.ts'
import type { AlarmHistory } from './history.ts'
import { stateUpdate } from './history-item.ts'
import type { MuteRules } from './mute/mute-rules.ts'
import { stateChangeEvent } from './notification/events.ts'

/** A state as evaluation, or SetAlarmState, finds it. */
export interface Verdict {
  readonly value: StateValue
  readonly reason: string
  readonly reasonData?: string | undefined
  readonly evaluationState?: AlarmState['evaluationState']
}

/** What suppression says of a composite alarm's actions. */
export interface Hold {
  readonly suppression: Suppression | undefined
  readonly act: boolean
}

/** Changes alarms' states, with all that follows from a change: history, event and actions. */
export interface Transitions {
  /** The record in its new state. Nothing but its reason changes where the value is the same. */
  apply(record: AlarmRecord, verdict: Verdict, hold?: Hold): AlarmRecord
  /** Runs the actions of the present state, unless a mute rule holds them back. */
  deliver(record: AlarmRecord): AlarmRecord
  /** Ends the muting of an alarm: its actions run where it is in another state than before. */
  unmute(record: AlarmRecord): void
}

export interface TransitionsDependencies {
  readonly clock: Clock
  readonly alarms: AlarmStore
  readonly history: AlarmHistory
  readonly events: EventBus
  readonly actions: AlarmActions
  readonly mutes: MuteRules
  /** Told of an alarm whose actions are held back by a mute rule. */
  readonly onMuted: (record: AlarmRecord, until: number) => void
}

const past = ({ value, reason, reasonData, updated }: AlarmState): PastState => ({
  value,
  reason,
  ...(reasonData !== undefined && { reasonData }),
  updated,
})

export const createTransitions = (dependencies: TransitionsDependencies): Transitions => {
  const { clock, alarms, history, events, actions, mutes, onMuted } = dependencies

  const changeOf = ({ scope, alarm, state }: AlarmRecord, afterMuteWindow: boolean) => ({
    scope,
    alarm,
    state,
    previous: state.previous ?? past(state),
    afterMuteWindow,
  })

  const deliver = (record: AlarmRecord): AlarmRecord => {
    const { scope, alarm, state } = record
    const until = mutes.mutedUntil(scope, alarm.name, clock.now())
    if (until === undefined) {
      actions.run(changeOf(record, false))
      return record
    }
    onMuted(record, until)
    if (state.mutedFrom !== undefined) return record
    return alarms.putState(record, { ...state, mutedFrom: state.previous?.value ?? state.value })
  }

  const apply = (record: AlarmRecord, verdict: Verdict, hold?: Hold): AlarmRecord => {
    const { scope, alarm, state: former } = record
    const now = clock.now()
    const changed = verdict.value !== former.value
    const previous = changed ? past(former) : former.previous
    const suppression = hold ? hold.suppression : former.suppression
    const next: AlarmState = {
      value: verdict.value,
      reason: verdict.reason,
      ...(verdict.reasonData !== undefined && { reasonData: verdict.reasonData }),
      updated: now,
      transitioned: changed ? now : former.transitioned,
      ...(verdict.evaluationState && { evaluationState: verdict.evaluationState }),
      ...(previous && { previous }),
      ...(suppression && { suppression }),
      ...(former.mutedFrom && { mutedFrom: former.mutedFrom }),
    }
    const updated = alarms.putState(record, next)
    if (!changed) return updated
    history.add(scope, stateUpdate(alarm, former, next, now))
    events.put(scope, stateChangeEvent(changeOf(updated, false)))
    return hold && !hold.act ? updated : deliver(updated)
  }

  return {
    apply,
    deliver,
    unmute: record => {
      const { mutedFrom, ...state } = record.state
      if (mutedFrom === undefined) return
      const unmuted = alarms.putState(record, state)
      if (state.value !== mutedFrom) actions.run(changeOf(unmuted, true))
    },
  }
}
