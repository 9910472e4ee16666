import type { Clock, ClockTimer } from '../../../../kernel/clock.ts'
import { type Scope, scopeKey } from '../../../../kernel/scope.ts'
import type { AlarmRecord, CompositeAlarm } from '../alarm.ts'
import { type AlarmStore, alarmKey } from '../alarm-store.ts'
import type { Transitions, Verdict } from '../transitions.ts'
import { compositeReason, compositeReasonData } from './composite-reason.ts'
import type { DependencyIndex } from './dependencies.ts'
import { referencedName, ruleHolds } from './rule.ts'
import {
  compositeChanged,
  periodEnded,
  type SuppressionStep,
  type Suppressor,
  suppressorChanged,
  suppressorReplaced,
} from './suppression.ts'

export interface CompositesDependencies {
  readonly clock: Clock
  readonly alarms: AlarmStore
  readonly transitions: Transitions
  readonly dependencies: DependencyIndex
}

/** Evaluates composite alarms when the alarms change that they refer to, and holds their actions back. */
export interface Composites {
  /** An alarm has changed its state; {@link settle} follows it up. */
  noteChange(scope: Scope, name: string): void
  /** Evaluates what depends on the alarms that have changed, each composite alarm once, children first. */
  settle(): void
  /** Evaluates an alarm that was just written. `former` is what it replaces. */
  configured(record: AlarmRecord, former: CompositeAlarm | undefined): void
  /** Changes the state of a composite alarm from outside of evaluation. */
  setState(record: AlarmRecord, verdict: Verdict): void
  /** Takes up waits and extensions that were running. */
  resume(): void
  forget(scope: Scope, name: string): void
  stop(): void
}

const isComposite = (record: AlarmRecord | undefined): record is AlarmRecord & { alarm: CompositeAlarm } =>
  record?.alarm.type === 'CompositeAlarm'

export const createComposites = ({
  clock,
  alarms,
  transitions,
  dependencies,
}: CompositesDependencies): Composites => {
  const timers = new Map<string, ClockTimer>()
  /** In the order of their changes, by scope. */
  let changed = new Map<string, { readonly scope: Scope; readonly names: Set<string> }>()

  const suppressorOf = ({ scope, alarm }: AlarmRecord & { alarm: CompositeAlarm }): Suppressor | undefined =>
    alarm.suppressor === undefined
      ? undefined
      : {
          state: alarms.find(scope, referencedName(alarm.suppressor))?.state.value,
          waitPeriod: (alarm.suppressorWaitPeriod ?? 0) * 1_000,
          extensionPeriod: (alarm.suppressorExtensionPeriod ?? 0) * 1_000,
        }

  const arm = ({ scope, alarm, state }: AlarmRecord): void => {
    const key = alarmKey(scope, alarm.name)
    timers.get(key)?.cancel()
    timers.delete(key)
    const { suppression } = state
    if (!suppression || !('until' in suppression)) return
    const { until } = suppression
    timers.set(
      key,
      clock.at(until, () => {
        const record = alarms.find(scope, alarm.name)
        if (record) takeStep(record, periodEnded())
      }),
    )
  }

  const takeStep = (record: AlarmRecord, { suppression, act }: SuppressionStep): void => {
    const { suppression: _, ...state } = record.state
    const held = alarms.putState(record, { ...state, ...(suppression && { suppression }) })
    arm(held)
    if (act) transitions.deliver(held)
  }

  const setState = (record: AlarmRecord, verdict: Verdict): void => {
    if (!isComposite(record)) return
    const suppressor = suppressorOf(record)
    const isChange = verdict.value !== record.state.value
    const hold = suppressor && isChange ? compositeChanged(suppressor, clock.now()) : undefined
    const updated = transitions.apply(record, verdict, hold)
    if (!isChange) return
    if (hold) arm(updated)
    noteChange(record.scope, record.alarm.name)
  }

  /** @param triggers the children whose changes have led here; none for an alarm that was written */
  const evaluate = (
    record: AlarmRecord,
    triggers: readonly string[],
    written?: 'created' | 'updated',
  ): void => {
    const { scope, alarm, state } = record
    const rule = dependencies.ruleOf(scope, alarm.name)
    if (!rule || dependencies.hasCycle(scope, alarm.name)) return
    const holds = ruleHolds(rule, name => alarms.find(scope, name)?.state.value)
    const value = holds ? 'ALARM' : 'OK'
    if (value === state.value) return
    const children = (written ? [...dependencies.childrenOf(scope, alarm.name)] : triggers).flatMap(
      name => alarms.find(scope, name) ?? [],
    )
    setState(record, {
      value,
      reason: compositeReason(record, value, children, written),
      reasonData: compositeReasonData(children, written),
    })
  }

  const settleScope = (scope: Scope, names: Set<string>): void => {
    for (const name of dependencies.affectedBy(scope, names)) {
      const known = changed.get(scopeKey(scope))?.names
      const record = alarms.find(scope, name)
      const children = dependencies.childrenOf(scope, name)
      const triggers = [...names, ...(known ?? [])].filter(child => children.has(child))
      if (record && triggers.length > 0) evaluate(record, [...new Set(triggers)])
    }
    // Composite alarms that were evaluated just now have been noted, and may be suppressors as well.
    for (const name of new Set([...names, ...(changed.get(scopeKey(scope))?.names ?? [])])) {
      for (const suppressed of dependencies.suppressedBy(scope, name)) {
        const record = alarms.find(scope, suppressed)
        const suppressor = isComposite(record) && suppressorOf(record)
        if (!record || !suppressor || !record.state.suppression) continue
        takeStep(record, suppressorChanged(record.state.suppression, suppressor, clock.now()))
      }
    }
    changed.delete(scopeKey(scope))
  }

  const noteChange = (scope: Scope, name: string): void => {
    const noted = changed.get(scopeKey(scope))
    if (noted) noted.names.add(name)
    else changed.set(scopeKey(scope), { scope, names: new Set([name]) })
  }

  const settle = (): void => {
    const noted = changed
    changed = new Map()
    for (const { scope, names } of noted.values()) settleScope(scope, names)
  }

  return {
    noteChange,
    settle,
    setState,
    configured: (record, former) => {
      if (!isComposite(record)) return
      const { suppression } = record.state
      if (former && suppression && former.suppressor !== record.alarm.suppressor) {
        takeStep(record, suppressorReplaced(suppression, suppressorOf(record), clock.now()))
      }
      const present = alarms.find(record.scope, record.alarm.name) ?? record
      evaluate(present, [], former ? 'updated' : 'created')
      settle()
    },
    resume: () => {
      for (const record of alarms.all()) {
        const { suppression } = record.state
        const suppressor = isComposite(record) ? suppressorOf(record) : undefined
        if (!suppression || !('until' in suppression) || !suppressor) continue
        // The clock went ahead before the restart: no period is longer than its length.
        const latest = clock.now() + Math.max(suppressor.waitPeriod, suppressor.extensionPeriod)
        const until = Math.min(suppression.until, latest)
        arm(
          until === suppression.until
            ? record
            : alarms.putState(record, { ...record.state, suppression: { ...suppression, until } }),
        )
      }
    },
    forget: (scope, name) => {
      timers.get(alarmKey(scope, name))?.cancel()
      timers.delete(alarmKey(scope, name))
    },
    stop: () => {
      for (const timer of timers.values()) timer.cancel()
      timers.clear()
      changed.clear()
    },
  }
}
