import { UsageError } from '../command.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `5m`, `2h`: a span of time in ms. @throws UsageError for anything else */
export const parseSpan = (text: string): number => {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const factor = UNITS[unit]
  if (count === undefined || factor === undefined) {
    throw new UsageError(`--since must be a span such as 90s, 5m, 2h or 1d, not ${text}.`)
  }
  return Number(count) * factor
}
