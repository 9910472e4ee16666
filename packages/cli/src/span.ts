import { UsageError } from './command.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * `90s`, `5m`, `2h`, `1d`: a span of time in ms.
 *
 * @param what the option or operand it is, for the message
 * @throws UsageError for anything else
 */
export const parseSpan = (text: string, what = '--since'): number => {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const factor = UNITS[unit]
  if (count === undefined || factor === undefined) {
    throw new UsageError(`${what} must be a span such as 90s, 5m, 2h or 1d, not ${text}.`)
  }
  return Number(count) * factor
}

/** A span in the largest unit that it is a whole number of: `5m`, `2h`. */
export const spanText = (milliseconds: number): string => {
  for (const [unit, factor] of Object.entries(UNITS).reverse()) {
    if (milliseconds >= factor && milliseconds % factor === 0) return `${milliseconds / factor}${unit}`
  }
  return `${milliseconds}ms`
}
