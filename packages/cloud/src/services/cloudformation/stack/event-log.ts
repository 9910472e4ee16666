import type { Scope } from '../../../kernel/scope.ts'
import type { Store } from '../../../kernel/store.ts'
import type { EventRecord } from './records.ts'

/** Events kept of one stack; the oldest go first. */
export const MAX_EVENTS_PER_STACK = 1000

/** The events of stacks, one record each. */
export interface EventLog {
  append(scope: Scope, stackId: string, event: EventRecord): void
  /** Newest first. */
  list(scope: Scope, stackId: string): EventRecord[]
  deleteAll(scope: Scope, stackId: string): void
  reset(): void
}

export const createEventLog = (store: Store): EventLog => {
  const events = store.collection<EventRecord>('cloudformation.events')
  /** Sequence numbers of a stack's events, oldest first, as they are in the collection. */
  let sequences = new Map<string, number[]>()
  for (const { key } of events.entries()) {
    const at = key.lastIndexOf('#')
    const stackId = key.slice(0, at)
    const list = sequences.get(stackId) ?? []
    list.push(Number(key.slice(at + 1)))
    sequences.set(stackId, list)
  }

  return {
    append: (scope, stackId, event) => {
      const list = sequences.get(stackId) ?? []
      sequences.set(stackId, list)
      const sequence = (list.at(-1) ?? 0) + 1
      list.push(sequence)
      events.put(scope, `${stackId}#${sequence}`, event)
      if (list.length > MAX_EVENTS_PER_STACK) events.delete(scope, `${stackId}#${list.shift()}`)
    },
    list: (scope, stackId) =>
      (sequences.get(stackId) ?? []).flatMap(n => events.get(scope, `${stackId}#${n}`) ?? []).reverse(),
    deleteAll: (scope, stackId) => {
      for (const sequence of sequences.get(stackId) ?? []) events.delete(scope, `${stackId}#${sequence}`)
      sequences.delete(stackId)
    },
    reset: () => {
      sequences = new Map()
    },
  }
}
