const SECOND = 1_000
const MINUTE = 60 * SECOND
/** What CloudWatch shows where there is no value. */
export const NOTHING = '--'

/** Digits that a label's numbers are rounded to. CloudWatch documents no form of them; see the tests for ours. */
const DIGITS = 6

export const formatNumber = (value: number): string => String(Number(value.toPrecision(DIGITS)))

const UNITS: ReadonlyArray<readonly [letter: string, length: number]> = [
  ['d', 86_400 * SECOND],
  ['h', 3_600 * SECOND],
  ['m', MINUTE],
  ['s', SECOND],
]

/** `1d 2h`, `5m 30s`: the two largest units that are not zero. */
export const formatDuration = (milliseconds: number): string => {
  const parts: string[] = []
  let rest = milliseconds
  for (const [letter, length] of UNITS) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0) parts.push(`${count}${letter}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

/**
 * `2026-11-23 15:58:00 UTC`, or with the offset instead of `UTC`.
 *
 * @param time in ms since the epoch
 * @param timezone `+HHMM` or `-HHMM`
 */
export const formatTime = (time: number, timezone: string): string => {
  const minutes = Number(timezone.slice(1, 3)) * 60 + Number(timezone.slice(3, 5))
  const shifted = new Date(time + (timezone.startsWith('-') ? -1 : 1) * minutes * MINUTE)
  if (Number.isNaN(shifted.getTime())) return NOTHING
  const [day = '', clock = ''] = shifted.toISOString().split('T')
  return `${day} ${clock.slice(0, 8)} ${minutes === 0 ? 'UTC' : timezone}`
}
