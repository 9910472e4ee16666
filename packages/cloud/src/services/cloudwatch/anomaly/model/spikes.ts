import type { Spike } from './model.ts'
import { median } from './robust.ts'
import { DAY, type Season } from './seasons.ts'

/** A spike is expected where it came on so many days, and on at least half of those seen. */
const MIN_DAYS = 3
const MIN_SHARE = 0.5

interface Slot {
  seen: number
  readonly outliers: number[]
}

/**
 * Finds the times of the day at which a metric spikes again and again.
 *
 * @param limit of a row: what is beyond it, to either side, is a spike
 */
export const findSpikes = (
  times: Float64Array,
  residuals: Float64Array,
  limit: (row: number) => number,
  seasonOf: (time: number) => Season,
): Spike[] => {
  const first = times[0] ?? 0
  if ((times.at(-1) ?? 0) - first < (MIN_DAYS - 1) * DAY) return []
  const slots = new Map<number, Slot>()
  times.forEach((time, row) => {
    const { ofDay } = seasonOf(time)
    const slot = slots.get(ofDay) ?? { seen: 0, outliers: [] }
    const residual = residuals[row] ?? 0
    slot.seen++
    if (Math.abs(residual) > limit(row)) slot.outliers.push(residual)
    slots.set(ofDay, slot)
  })
  return [...slots].flatMap(([ofDay, { seen, outliers }]) => {
    const residual = median(Float64Array.from(outliers))
    const alike = outliers.filter(outlier => Math.sign(outlier) === Math.sign(residual)).length
    return alike >= MIN_DAYS && alike >= seen * MIN_SHARE ? [{ ofDay, residual }] : []
  })
}
