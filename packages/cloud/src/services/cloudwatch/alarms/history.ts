import type { Scope } from '../../../kernel/scope.ts'
import { scopeKey } from '../../../kernel/scope.ts'
import type { Store } from '../../../kernel/store.ts'
import type { HistoryItem } from './history-item.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
const KEPT = 14 * 86_400_000
/** Of one account and region, some 1 KB each; beyond it the oldest go. Ours. */
const MAX_ITEMS = 20_000

export interface KeptItem {
  /** Counts up from item to item. */
  readonly key: string
  readonly item: HistoryItem
}

/** What happened to alarms, kept for two weeks and after the alarm has gone. */
export interface AlarmHistory {
  add(scope: Scope, item: HistoryItem): void
  /** From old to new. */
  list(scope: Scope): readonly KeptItem[]
  reset(): void
}

/** @param now in ms since the epoch */
export const createHistory = (store: Store, now: () => number): AlarmHistory => {
  const collection = store.collection<HistoryItem>('cloudwatch.alarm-history')
  const items = new Map<string, KeptItem[]>()
  let sequence = 0

  const ofScope = (scope: Scope): KeptItem[] => {
    let kept = items.get(scopeKey(scope))
    if (!kept) {
      kept = []
      items.set(scopeKey(scope), kept)
    }
    return kept
  }
  for (const { scope, key, value } of collection.entries()) {
    ofScope(scope).push({ key, item: value })
    sequence = Math.max(sequence, Number(key) + 1)
  }

  const forget = (scope: Scope, kept: KeptItem[]): void => {
    const oldest = now() - KEPT
    let gone = 0
    while (gone < kept.length) {
      const first = kept[gone]
      if (!first || (kept.length - gone <= MAX_ITEMS && first.item.timestamp >= oldest)) break
      collection.delete(scope, first.key)
      gone++
    }
    if (gone > 0) kept.splice(0, gone)
  }

  return {
    add: (scope, item) => {
      const key = String(sequence++)
      collection.put(scope, key, item)
      const kept = ofScope(scope)
      kept.push({ key, item })
      forget(scope, kept)
    },
    list: scope => {
      const oldest = now() - KEPT
      return ofScope(scope).filter(({ item }) => item.timestamp >= oldest)
    },
    reset: () => items.clear(),
  }
}
