import type { Scope } from '../../../../kernel/scope.ts'
import type { CompositeAlarm } from '../alarm.ts'
import { alarmKey } from '../alarm-store.ts'
import { childrenOf, parseRule, type Rule, referencedName } from './rule.ts'

/** Who refers to whom: composite alarms to their children and suppressors. */
export interface DependencyIndex {
  put(scope: Scope, alarm: CompositeAlarm): void
  delete(scope: Scope, name: string): void
  ruleOf(scope: Scope, name: string): Rule | undefined
  childrenOf(scope: Scope, name: string): ReadonlySet<string>
  parentsOf(scope: Scope, name: string): ReadonlySet<string>
  /** Names of the composite alarms that an alarm suppresses. */
  suppressedBy(scope: Scope, name: string): ReadonlySet<string>
  /** All composite alarms above some alarms, children before their parents. */
  affectedBy(scope: Scope, names: Iterable<string>): string[]
  /** Whether an alarm, or one below it, depends on itself: CloudWatch stops evaluating such an alarm. */
  hasCycle(scope: Scope, name: string): boolean
  clear(): void
}

interface Entry {
  readonly rule: Rule
  readonly children: ReadonlySet<string>
  readonly suppressor: string | undefined
}

const NONE: ReadonlySet<string> = new Set()

export const createDependencyIndex = (): DependencyIndex => {
  const entries = new Map<string, Entry>()
  const parents = new Map<string, Set<string>>()
  const suppressed = new Map<string, Set<string>>()

  const link = (index: Map<string, Set<string>>, key: string, name: string): void => {
    const names = index.get(key)
    if (names) names.add(name)
    else index.set(key, new Set([name]))
  }
  const unlink = (index: Map<string, Set<string>>, key: string, name: string): void => {
    const names = index.get(key)
    names?.delete(name)
    if (names?.size === 0) index.delete(key)
  }

  const remove = (scope: Scope, name: string): void => {
    const entry = entries.get(alarmKey(scope, name))
    if (!entry) return
    entries.delete(alarmKey(scope, name))
    for (const child of entry.children) unlink(parents, alarmKey(scope, child), name)
    if (entry.suppressor !== undefined) unlink(suppressed, alarmKey(scope, entry.suppressor), name)
  }

  const children = (scope: Scope, name: string): ReadonlySet<string> =>
    entries.get(alarmKey(scope, name))?.children ?? NONE
  const parentNames = (scope: Scope, name: string): ReadonlySet<string> =>
    parents.get(alarmKey(scope, name)) ?? NONE

  /** Calls `leave` for each alarm reached after all that it leads to. @returns whether a cycle was met */
  const walk = (
    starts: Iterable<string>,
    next: (name: string) => ReadonlySet<string>,
    leave: (name: string) => void,
  ): boolean => {
    const entered = new Set<string>()
    const left = new Set<string>()
    let cycle = false
    // A stack of our own: a chain of composite alarms may be longer than that of calls.
    const stack: Array<{ readonly name: string; readonly rest: Iterator<string> }> = []
    const enter = (name: string): void => {
      entered.add(name)
      stack.push({ name, rest: next(name).values() })
    }
    for (const start of starts) {
      if (!entered.has(start)) enter(start)
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        const { done, value } = top.rest.next()
        if (done) {
          stack.pop()
          left.add(top.name)
          leave(top.name)
        } else if (!entered.has(value)) enter(value)
        else if (!left.has(value)) cycle = true
      }
    }
    return cycle
  }

  return {
    put: (scope, alarm) => {
      remove(scope, alarm.name)
      const rule = parseRule(alarm.rule)
      const suppressor = alarm.suppressor === undefined ? undefined : referencedName(alarm.suppressor)
      const entry = { rule, children: childrenOf(rule), suppressor }
      entries.set(alarmKey(scope, alarm.name), entry)
      for (const child of entry.children) link(parents, alarmKey(scope, child), alarm.name)
      if (suppressor !== undefined) link(suppressed, alarmKey(scope, suppressor), alarm.name)
    },
    delete: remove,
    ruleOf: (scope, name) => entries.get(alarmKey(scope, name))?.rule,
    childrenOf: children,
    parentsOf: parentNames,
    suppressedBy: (scope, name) => suppressed.get(alarmKey(scope, name)) ?? NONE,
    affectedBy: (scope, names) => {
      const order: string[] = []
      const starts = new Set(names)
      walk(
        starts,
        name => parentNames(scope, name),
        name => order.push(name),
      )
      return order.reverse().filter(name => entries.has(alarmKey(scope, name)))
    },
    hasCycle: (scope, name) =>
      walk(
        [name],
        child => children(scope, child),
        () => {},
      ),
    clear: () => {
      entries.clear()
      parents.clear()
      suppressed.clear()
    },
  }
}
