import { join } from 'node:path'
import type { Store } from '../../../kernel/store.ts'
import { allowedIn, periodStart, type Quota } from './quota.ts'
import { openUsageLog, type UsageEntry, type UsageLog } from './usage-log.ts'

/**
 * Days that counts are kept: GetUsage looks back 90, and what remained of a month then needs the days of that month
 * before them.
 */
const KEPT_DAYS = 90 + 31

interface DayCount {
  used: number
  granted: number
}

/** What one key used of one plan. */
export class KeyUsage {
  readonly plan: string
  readonly key: string
  readonly #days = new Map<number, DayCount>()

  constructor(plan: string, key: string) {
    this.plan = plan
    this.key = key
  }

  used(day: number): number {
    return this.#days.get(day)?.used ?? 0
  }

  /** Requests left at the end of a day in the period that the day is in; never below 0. */
  remaining(quota: Quota, since: number, day: number): number {
    return Math.max(0, this.balance(quota, since, day))
  }

  /** As {@link remaining}, but below 0 where a quota was lowered below what was used. */
  balance(quota: Quota, since: number, day: number): number {
    const start = periodStart(quota.period, day)
    let left = allowedIn(quota, start, since)
    for (let each = start; each <= day; each++) {
      const count = this.#days.get(each)
      if (count) left += count.granted - count.used
    }
    return left
  }

  /** The count of a day, to be changed by the ledger alone. */
  day(day: number): DayCount {
    let count = this.#days.get(day)
    if (!count) {
      count = { used: 0, granted: 0 }
      this.#days.set(day, count)
      for (const old of this.#days.keys()) if (old < day - KEPT_DAYS) this.#days.delete(old)
    }
    return count
  }

  *entries(): IterableIterator<UsageEntry> {
    const { plan, key } = this
    for (const [day, { used, granted }] of this.#days) yield { plan, key, day, used, granted }
  }
}

/**
 * What was used of the usage plans, by key and day. A request is counted at once, so that no two of them take the last
 * one of a quota, and may pass when the count is on disk: those of one turn of the event loop are written in one go.
 */
export class UsageLedger {
  readonly #plans = new Map<string, Map<string, KeyUsage>>()
  readonly #log: UsageLog | undefined
  #dirty = new Map<KeyUsage, Set<number>>()
  #written: Promise<void> | undefined

  constructor(store: Store) {
    if (store.ephemeral) return
    const load = ({ plan, key, day, used, granted }: UsageEntry): void => {
      Object.assign(this.of(plan, key).day(day), { used, granted })
    }
    this.#log = openUsageLog(join(store.folder('apigateway'), 'usage.ndjson'), load, () => this.#entries())
  }

  /** The use of a plan by a key; the same object for the same two until the plan is gone. */
  of(plan: string, key: string): KeyUsage {
    let keys = this.#plans.get(plan)
    if (!keys) {
      keys = new Map()
      this.#plans.set(plan, keys)
    }
    let usage = keys.get(key)
    if (!usage) {
      usage = new KeyUsage(plan, key)
      keys.set(key, usage)
    }
    return usage
  }

  /** Keys that ever used a plan, as far back as counts are kept. */
  keysOf(plan: string): KeyUsage[] {
    return [...(this.#plans.get(plan)?.values() ?? [])]
  }

  /**
   * Counts one request. It may pass when the promise resolves, or at once where there is none.
   *
   * @returns rejects where the count cannot be written; it is taken back then
   */
  count(usage: KeyUsage, day: number): Promise<void> | undefined {
    const count = usage.day(day)
    count.used++
    const written = this.#write(usage, day)
    return written?.catch(error => {
      count.used--
      throw error
    })
  }

  /** Grants a key more of a quota on a day, or less. @throws Error where it cannot be written */
  async grant(usage: KeyUsage, day: number, requests: number): Promise<void> {
    const count = usage.day(day)
    count.granted += requests
    try {
      await this.#write(usage, day)
    } catch (error) {
      count.granted -= requests
      throw error
    }
  }

  /** Forgets a plan that is deleted; its id is never given again. */
  forget(plan: string): void {
    this.#plans.delete(plan)
  }

  /** Forgets all other plans than these: the log still names those deleted. */
  keep(plans: ReadonlySet<string>): void {
    for (const plan of this.#plans.keys()) if (!plans.has(plan)) this.#plans.delete(plan)
  }

  clear(): void {
    this.#plans.clear()
    this.#dirty.clear()
    this.#log?.clear()
  }

  close(): void {
    this.#flush()
    this.#log?.close()
  }

  #write(usage: KeyUsage, day: number): Promise<void> | undefined {
    if (!this.#log) return undefined
    const days = this.#dirty.get(usage)
    if (days) days.add(day)
    else this.#dirty.set(usage, new Set([day]))
    this.#written ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          this.#flush()
          resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
    return this.#written
  }

  #flush(): void {
    const dirty = this.#dirty
    this.#dirty = new Map()
    this.#written = undefined
    if (dirty.size === 0) return
    const entries: UsageEntry[] = []
    for (const [usage, days] of dirty) {
      for (const day of days) {
        const { used, granted } = usage.day(day)
        entries.push({ plan: usage.plan, key: usage.key, day, used, granted })
      }
    }
    this.#log?.append(entries)
  }

  *#entries(): IterableIterator<UsageEntry> {
    for (const keys of this.#plans.values()) for (const usage of keys.values()) yield* usage.entries()
  }
}
