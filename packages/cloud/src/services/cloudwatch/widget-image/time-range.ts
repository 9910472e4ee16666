import { parseIsoTime } from '../iso-time.ts'

/** `-PT3H`, `-P1D`, `P0D`, `-P1DT12H`, `-P3M`: a distance from now. */
const DURATION =
  /^(-?)P(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/

const MINUTE = 60_000
const DAY = 86_400_000

const shift = (now: number, [, minus, ...parts]: RegExpExecArray): number => {
  const [months, weeks, days, hours, minutes, seconds] = parts.map(part => Number(part ?? 0))
  const sign = minus === '-' ? -1 : 1
  const date = new Date(now)
  date.setUTCMonth(date.getUTCMonth() + sign * (months ?? 0))
  const rest =
    ((weeks ?? 0) * 7 + (days ?? 0)) * DAY +
    (hours ?? 0) * 60 * MINUTE +
    (minutes ?? 0) * MINUTE +
    (seconds ?? 0) * 1_000
  return date.getTime() + sign * rest
}

/**
 * Reads a time that is absolute (ISO 8601, UTC where it names no zone) or relative to now.
 *
 * @param now in ms since the epoch
 * @returns ms since the epoch; `undefined` where the text is neither
 */
export const readTime = (text: string, now: number): number | undefined => {
  const duration = DURATION.exec(text)
  // `P` and `PT` alone name no time.
  if (duration && /\d/.test(text)) return shift(now, duration)
  return parseIsoTime(text)?.time
}

/** `+0130` in ms. */
export const readOffset = (text: string): number => {
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3))
  return (text.startsWith('-') ? -minutes : minutes) * MINUTE
}
