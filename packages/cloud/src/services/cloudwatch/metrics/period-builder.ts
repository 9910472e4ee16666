import type { Column } from './column.ts'
import type { Period } from './metric-reader.ts'
import { UNITS } from './units.ts'
import { mergeBags, type SortedValues, type ValueBag } from './value-bag.ts'

interface Sums {
  readonly time: number
  count: number
  sum: number
  min: number
  max: number
  /** Values of buckets that had one alone, and their weights. */
  readonly singles: number[]
  readonly weights: number[]
  readonly bags: ValueBag[]
  known: boolean
}

const sortedSingles = ({ singles, weights }: Sums): SortedValues => {
  if (singles.length === 1) return { values: singles, weights }
  const order = Array.from(singles.keys()).sort((a, b) => (singles[a] as number) - (singles[b] as number))
  return {
    values: order.map(index => singles[index] as number),
    weights: order.map(index => weights[index] as number),
  }
}

/** Rounded values may lie a little outside of what there really was. */
const clamped = ({ values, weights }: SortedValues, min: number, max: number): SortedValues => ({
  values: Float64Array.from(values, value => Math.min(Math.max(value, min), max)),
  weights,
})

const sortedOf = (sums: Sums): SortedValues | undefined => {
  if (!sums.known) return undefined
  const { bags, singles, min, max } = sums
  const merged = mergeBags(singles.length > 0 ? [...bags, sortedSingles(sums)] : bags)
  const { values } = merged
  const outside = (values[0] as number) < min || (values[values.length - 1] as number) > max
  return outside ? clamped(merged, min, max) : merged
}

const mapOf = (sorted: SortedValues | undefined): ReadonlyMap<number, number> | undefined => {
  if (!sorted) return undefined
  const map = new Map<number, number>()
  for (let index = 0; index < sorted.values.length; index++) {
    const value = sorted.values[index] as number
    map.set(value, (map.get(value) ?? 0) + (sorted.weights[index] as number))
  }
  return map
}

/** Own members, so that a copy of the period has its values too; read once, when they are asked for. */
const periodOf = (sums: Sums, unit: string): Period => {
  const { time, count, sum, min, max } = sums
  let sorted: SortedValues | undefined
  return {
    time,
    unit,
    count,
    sum,
    min,
    max,
    get sorted() {
      sorted ??= sortedOf(sums)
      return sorted
    },
    get values() {
      sorted ??= sortedOf(sums)
      return mapOf(sorted)
    },
  }
}

/** Sums buckets up into periods, by unit. */
export class PeriodBuilder {
  /** In ms. */
  readonly #period: number
  readonly #units = new Map<number, Sums[]>()

  constructor(period: number) {
    this.#period = period
  }

  /** Takes a column's buckets from `start` to before `end`; none where its grain is coarser than the period. */
  add(column: Column, start: number, end: number): void {
    const period = this.#period
    if (period % column.grain !== 0) return
    let periods = this.#units.get(column.unit)
    if (!periods) {
      periods = []
      this.#units.set(column.unit, periods)
    }
    for (let index = column.firstAt(start); index < column.length; index++) {
      const bucket = column.time(index)
      if (bucket >= end) break
      const { count, sum, min, max, distribution } = column.cell(index)
      const into = this.#at(periods, Math.floor(bucket / period) * period)
      into.count += count
      into.sum += sum
      if (min < into.min) into.min = min
      if (max > into.max) into.max = max
      if (distribution === undefined) {
        into.singles.push(min)
        into.weights.push(count)
      } else if (distribution === null) into.known = false
      else into.bags.push(distribution)
    }
  }

  finish(): Period[] {
    const result: Period[] = []
    for (const [unit, periods] of this.#units) {
      const name = UNITS[unit] ?? 'None'
      for (const sums of periods) result.push(periodOf(sums, name))
    }
    // Each unit is sorted already.
    return this.#units.size > 1 ? result.sort((a, b) => a.time - b.time) : result
  }

  #at(periods: Sums[], time: number): Sums {
    const last = periods.at(-1)
    if (last?.time === time) return last
    let at = periods.length
    if (last && last.time > time) {
      at = periods.findIndex(sums => sums.time >= time)
      const found = periods[at]
      if (found?.time === time) return found
    }
    const sums: Sums = {
      time,
      count: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
      singles: [],
      weights: [],
      bags: [],
      known: true,
    }
    if (at === periods.length) periods.push(sums)
    else periods.splice(at, 0, sums)
    return sums
  }
}
