import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import type { Alarm, AlarmRecord, AlarmState } from './alarm.ts'

/** Alarms by name, in memory and journaled: configurations and states apart, so that a change of state is small. */
export interface AlarmStore {
  find(scope: Scope, name: string): AlarmRecord | undefined
  /** By name, in the order of code units, as DescribeAlarms lists them. */
  list(scope: Scope): AlarmRecord[]
  all(): Iterable<AlarmRecord>
  put(scope: Scope, alarm: Alarm, state: AlarmState): AlarmRecord
  /** The record with its new configuration. */
  putAlarm(record: AlarmRecord, alarm: Alarm): AlarmRecord
  /** The record with its new state. */
  putState(record: AlarmRecord, state: AlarmState): AlarmRecord
  delete(scope: Scope, name: string): void
  /** Forgets what is in memory; the collections are the kernel's to clear. */
  reset(): void
}

/** A key that is equal exactly for the same alarm of the same scope. */
export const alarmKey = (scope: Scope, name: string): string => `${scopeKey(scope)}/${name}`

export const createAlarmStore = (store: Store): AlarmStore => {
  const alarms: Collection<Alarm> = store.collection('cloudwatch.alarms')
  const states: Collection<AlarmState> = store.collection('cloudwatch.alarm-states')
  const records = new Map<string, Map<string, AlarmRecord>>()

  const ofScope = (scope: Scope): Map<string, AlarmRecord> => {
    let named = records.get(scopeKey(scope))
    if (!named) {
      named = new Map()
      records.set(scopeKey(scope), named)
    }
    return named
  }
  const remember = (record: AlarmRecord): AlarmRecord => {
    ofScope(record.scope).set(record.alarm.name, record)
    return record
  }

  for (const { scope, key, value } of alarms.entries()) {
    const state = states.get(scope, key)
    // The state is written first: a configuration without one is of a version that wrote none.
    if (state) remember({ scope, alarm: value, state })
  }

  return {
    find: (scope, name) => records.get(scopeKey(scope))?.get(name),
    list: scope =>
      [...(records.get(scopeKey(scope))?.values() ?? [])].sort((a, b) =>
        a.alarm.name < b.alarm.name ? -1 : 1,
      ),
    *all() {
      for (const named of records.values()) yield* named.values()
    },
    put: (scope, alarm, state) => {
      states.put(scope, alarm.name, state)
      alarms.put(scope, alarm.name, alarm)
      return remember({ scope, alarm, state })
    },
    putAlarm: ({ scope, state }, alarm) => {
      alarms.put(scope, alarm.name, alarm)
      return remember({ scope, alarm, state })
    },
    putState: ({ scope, alarm }, state) => {
      states.put(scope, alarm.name, state)
      return remember({ scope, alarm, state })
    },
    delete: (scope, name) => {
      alarms.delete(scope, name)
      states.delete(scope, name)
      ofScope(scope).delete(name)
    },
    reset: () => records.clear(),
  }
}
