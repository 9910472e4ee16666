/** What a usage plan allows. */
export interface Quota {
  readonly limit: number
  readonly period: 'DAY' | 'WEEK' | 'MONTH'
}

/** What one API key used of a plan. */
export interface KeyUsage {
  readonly keyId: string
  /** Requests of the day reported. */
  readonly used: number
  /** Requests left in the plan's period at the end of that day. */
  readonly remaining: number
}

export interface UsageFigures {
  /** Requests of the day reported, over all keys. */
  readonly used: number
  /** Of the plan's period, per key; absent where the plan has no quota. */
  readonly limit?: number
  /** Share of the quota that the key nearest to it has used in the period, in per cent. */
  readonly usedPercent?: number
  readonly keys: ReadonlyArray<{
    readonly keyId: string
    readonly used: number
    readonly usedPercent?: number
  }>
}

/** The share of a quota that is gone, in per cent, to two decimals. */
const percentOf = (remaining: number, limit: number): number =>
  limit <= 0 ? 100 : Math.round((1 - remaining / limit) * 10_000) / 100

/**
 * What a plan's report says. A quota is per key and period: the day's requests of a monthly quota say little, what remains of
 * it says how near the limit is.
 */
export const usageFigures = (quota: Quota | undefined, usage: readonly KeyUsage[]): UsageFigures => {
  const keys = usage.map(({ keyId, used, remaining }) => ({
    keyId,
    used,
    ...(quota && { usedPercent: percentOf(remaining, quota.limit) }),
  }))
  const used = keys.reduce((sum, key) => sum + key.used, 0)
  if (!quota) return { used, keys }
  const usedPercent = Math.max(0, ...keys.map(key => key.usedPercent ?? 0))
  return { used, limit: quota.limit, usedPercent, keys }
}

/** The day before a time, in UTC: `2030-01-31`. */
export const dayBefore = (time: Date): string =>
  new Date(time.getTime() - 86_400_000).toISOString().slice(0, 10)
