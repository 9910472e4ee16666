import type { Clock } from '../../../kernel/clock.ts'
import type { KeyUsage } from './usage-ledger.ts'

/** Requests that were counted in the same minute. */
interface Recent {
  readonly minute: number
  readonly day: number
  requests: number
}

const MINUTE = 60_000

/**
 * What GetUsage does not show yet: AWS's figures lag behind by minutes. Without a delay, which is the default, nothing is
 * held back; with one, requests show as a whole minute of them is older than the delay. Quotas never wait. Held in memory:
 * a restart shows all.
 */
export class UsageReports {
  readonly #clock: Clock
  readonly #delay: number
  readonly #recent = new Map<KeyUsage, Recent[]>()

  /** @param delay ms of the clock */
  constructor(clock: Clock, delay = 0) {
    this.#clock = clock
    this.#delay = delay
  }

  /** Notes a request that was counted. */
  counted(usage: KeyUsage, day: number): void {
    if (this.#delay === 0) return
    const minute = Math.floor(this.#clock.now() / MINUTE)
    const list = this.#pending(usage)
    const last = list.at(-1)
    if (last?.minute === minute && last.day === day) last.requests++
    else list.push({ minute, day, requests: 1 })
  }

  /** Requests of a range of days, both included, that are not to be shown yet. */
  heldBack(usage: KeyUsage, from: number, to: number): number {
    if (this.#delay === 0) return 0
    return this.#pending(usage)
      .filter(({ day }) => day >= from && day <= to)
      .reduce((sum, { requests }) => sum + requests, 0)
  }

  clear(): void {
    this.#recent.clear()
  }

  #pending(usage: KeyUsage): Recent[] {
    const shown = this.#clock.now() - this.#delay
    const list = (this.#recent.get(usage) ?? []).filter(({ minute }) => (minute + 1) * MINUTE > shown)
    this.#recent.set(usage, list)
    return list
  }
}
