const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR),
  ...[1, 2, 7, 14, 28, 56, 91, 182, 364].map(count => count * DAY),
]

export interface TimeTick {
  /** ms since the epoch. */
  readonly time: number
  readonly label: string
}

const two = (value: number): string => String(value).padStart(2, '0')

const labelOf = (local: Date, step: number): string => {
  const day = `${two(local.getUTCMonth() + 1)}/${two(local.getUTCDate())}`
  const minute = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`
  if (step < MINUTE) return `${minute}:${two(local.getUTCSeconds())}`
  return step >= DAY || minute === '00:00' ? day : minute
}

/**
 * Round times within a range, by a wall clock: a midnight is labelled with its day.
 *
 * @param offset of the wall clock, in ms
 * @param wanted about how many
 */
export const timeTicks = (
  { start, end }: { readonly start: number; readonly end: number },
  offset: number,
  wanted: number,
): TimeTick[] => {
  const least = (end - start) / Math.max(1, wanted)
  const step = STEPS.find(size => size >= least) ?? Math.ceil(least / (364 * DAY)) * 364 * DAY
  const ticks: TimeTick[] = []
  for (let local = Math.ceil((start + offset) / step) * step; local - offset <= end; local += step) {
    ticks.push({ time: local - offset, label: labelOf(new Date(local), step) })
  }
  return ticks
}
