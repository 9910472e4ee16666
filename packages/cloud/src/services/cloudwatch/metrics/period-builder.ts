import type { Column } from './column.ts'
import type { Period, PeriodRange } from './metric-reader.ts'
import { PeriodValues } from './period-values.ts'
import { UNITS } from './units.ts'

type Building = { -readonly [Member in keyof Period]: Period[Member] } & { values: PeriodValues | undefined }

const begin = (time: number, unit: string): Building => ({
  time,
  unit,
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  values: new PeriodValues(),
})

/** Sums buckets up into periods, by unit. */
export class PeriodBuilder {
  readonly #range: Required<PeriodRange>
  readonly #units = new Map<number, Building[]>()

  constructor(range: Required<PeriodRange>) {
    this.#range = range
  }

  /** Takes a column's buckets that are in the range; none where its grain is coarser than the period. */
  add(column: Column): void {
    const { start, end, period, offset } = this.#range
    if (period % column.grain !== 0 || offset % column.grain !== 0) return
    let periods = this.#units.get(column.unit)
    if (!periods) {
      periods = []
      this.#units.set(column.unit, periods)
    }
    const unit = UNITS[column.unit] ?? 'None'
    for (let index = column.firstAt(start); index < column.length; index++) {
      const bucket = column.time(index)
      if (bucket >= end) break
      const cell = column.cell(index)
      const into = this.#at(periods, Math.floor((bucket - offset) / period) * period + offset, unit)
      into.count += cell.count
      into.sum += cell.sum
      if (cell.min < into.min) into.min = cell.min
      if (cell.max > into.max) into.max = cell.max
      if (cell.distribution === null) into.values = undefined
      else into.values?.add(cell)
    }
  }

  /** From old to new. */
  finish(): readonly Period[] {
    const units = [...this.#units.values()]
    // Each unit is sorted already.
    return units.length === 1 ? (units[0] ?? []) : units.flat().sort((a, b) => a.time - b.time)
  }

  #at(periods: Building[], time: number, unit: string): Building {
    const last = periods.at(-1)
    if (last?.time === time) return last
    let at = periods.length
    if (last && last.time > time) {
      at = periods.findIndex(each => each.time >= time)
      const found = periods[at]
      if (found?.time === time) return found
    }
    const period = begin(time, unit)
    if (at === periods.length) periods.push(period)
    else periods.splice(at, 0, period)
    return period
  }
}
