import type { SamplingStatisticSummary } from '@aws-sdk/client-xray'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'

/** ms that one summary is over, as the console draws them. */
const WINDOW = 10_000
/** Windows kept of each rule: an hour. How long AWS keeps them is not published. */
const MAX_WINDOWS = 360

export interface SamplingCounts {
  readonly requestCount: number
  readonly sampledCount: number
  readonly borrowCount: number
}

interface Summary extends SamplingCounts {
  readonly ruleName: string
  /** ms since the epoch. */
  readonly windowStart: number
}

/** How many requests matched each rule and were sampled, in windows of ten seconds. In memory. */
export class SamplingStatistics {
  readonly #scopes = new Map<string, Map<string, Map<number, Summary>>>()

  /** @param timestamp ms since the epoch */
  add(scope: Scope, ruleName: string, timestamp: number, counts: SamplingCounts): void {
    const windows = this.#windows(scope, ruleName)
    const windowStart = Math.floor(timestamp / WINDOW) * WINDOW
    const summary = windows.get(windowStart)
    windows.set(windowStart, {
      ruleName,
      windowStart,
      requestCount: (summary?.requestCount ?? 0) + counts.requestCount,
      sampledCount: (summary?.sampledCount ?? 0) + counts.sampledCount,
      borrowCount: (summary?.borrowCount ?? 0) + counts.borrowCount,
    })
    if (windows.size > MAX_WINDOWS) windows.delete(Math.min(...windows.keys()))
  }

  /** By time, and by the rule's name within a window. */
  list(scope: Scope): SamplingStatisticSummary[] {
    const rules = this.#scopes.get(scopeKey(scope))?.values() ?? []
    return [...rules]
      .flatMap(windows => [...windows.values()])
      .sort((a, b) => a.windowStart - b.windowStart || (a.ruleName < b.ruleName ? -1 : 1))
      .map(({ ruleName, windowStart, requestCount, sampledCount, borrowCount }) => ({
        RuleName: ruleName,
        Timestamp: new Date(windowStart),
        RequestCount: requestCount,
        BorrowCount: borrowCount,
        SampledCount: sampledCount,
      }))
  }

  forget(scope: Scope, ruleName: string): void {
    this.#scopes.get(scopeKey(scope))?.delete(ruleName)
  }

  clear(): void {
    this.#scopes.clear()
  }

  #windows(scope: Scope, ruleName: string): Map<number, Summary> {
    const key = scopeKey(scope)
    const rules = this.#scopes.get(key) ?? new Map<string, Map<number, Summary>>()
    this.#scopes.set(key, rules)
    const windows = rules.get(ruleName) ?? new Map<number, Summary>()
    rules.set(ruleName, windows)
    return windows
  }
}
