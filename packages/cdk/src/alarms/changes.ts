import type { AlarmChange, AlarmDefinition } from './definition.ts'
import type { AlarmSet } from './set/alarm-set.ts'

/** What differs from the default set, by key. */
export interface AlarmChanges {
  readonly change?: Readonly<Record<string, AlarmChange>>
  /** Key to the reason why it is not wanted. */
  readonly drop?: Readonly<Record<string, string>>
}

const withChange = (alarm: AlarmDefinition, change: AlarmChange | undefined): AlarmDefinition => {
  if (!change) return alarm
  const { reason, ...changed } = change
  return { ...alarm, ...changed, derivation: `${reason} (Default: ${alarm.threshold}; ${alarm.derivation})` }
}

/**
 * The set with changes made and alarms dropped.
 *
 * @throws Error naming a key that the set does not have, and those it has
 */
export const applyChanges = (set: AlarmSet, { change = {}, drop = {} }: AlarmChanges): AlarmSet => {
  const known = new Set([...set.alarms, ...set.burn].map(({ key }) => key))
  const unknown = [...Object.keys(change), ...Object.keys(drop)].find(key => !known.has(key))
  if (unknown !== undefined) {
    throw new Error(`The alarm set has no ${unknown}. It has: ${[...known].sort().join(', ')}.`)
  }
  const pair = Object.keys(change).find(key => set.burn.some(burn => burn.key === key))
  if (pair !== undefined) {
    throw new Error(
      `${pair} follows from the agreement: change sla, or drop the alarm and make one of your own.`,
    )
  }
  const kept = ({ key }: { readonly key: string }): boolean => !Object.hasOwn(drop, key)
  return {
    ...set,
    alarms: set.alarms.filter(kept).map(alarm => withChange(alarm, change[alarm.key])),
    burn: set.burn.filter(kept),
  }
}
