import type { Aggregate } from './metric-reader.ts'
import { ValueBag } from './value-bag.ts'

/**
 * What is known of a bucket's values besides its sums: a bag of them; `undefined` where all are the same, the minimum;
 * `null` where nothing is known, as of a statistic set, so that percentiles are refused instead of being guessed.
 */
export type Distribution = ValueBag | undefined | null

/** What one bucket was given. */
export interface Cell extends Aggregate {
  distribution: Distribution
}

/** Whether sums leave no doubt that all values were the same. */
export const isOneValue = ({ count, sum, min, max }: Aggregate): boolean => min === max && sum === min * count

/** Numbers of a row: time, count, sum, min, max. */
const STRIDE = 5
const FIRST_ROWS = 2

const bagOf = (value: number, weight: number): ValueBag => {
  const bag = new ValueBag()
  bag.add(value, weight)
  return bag
}

/**
 * The buckets of one metric in one unit and one grain, by time. Sums are numbers in one array, so that a minute of one value
 * costs 40 bytes, and reading some recent ones touches a cache line each.
 */
export class Column {
  /** Index into the units. */
  readonly unit: number
  /** In ms. */
  readonly grain: number
  length = 0
  #rows = new Float64Array(FIRST_ROWS * STRIDE)
  readonly #distributions: Distribution[] = []

  constructor(unit: number, grain: number) {
    this.unit = unit
    this.grain = grain
  }

  /** Start of the bucket at `index`, in ms since the epoch. */
  time(index: number): number {
    return this.#rows[index * STRIDE] as number
  }

  /** What the bucket at `index` was given; not a copy of its values. */
  cell(index: number): Cell {
    const at = index * STRIDE
    const rows = this.#rows
    return {
      count: rows[at + 1] as number,
      sum: rows[at + 2] as number,
      min: rows[at + 3] as number,
      max: rows[at + 4] as number,
      distribution: this.#distributions[index],
    }
  }

  /** The first bucket that does not start before `time`. */
  firstAt(time: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds to the bucket that starts at `time`. The cell's values are taken over where the bucket is new. */
  merge(time: number, cell: Cell): void {
    const last = this.length - 1
    const at = last < 0 || time > this.time(last) ? last + 1 : this.firstAt(time)
    if (at > last || this.time(at) !== time) this.#insert(at, time, cell)
    else this.#mergeInto(at, cell)
  }

  /** Bytes in memory, roughly. */
  get bytes(): number {
    let values = 0
    for (const distribution of this.#distributions) values += distribution ? distribution.values.length : 0
    return 200 + this.#rows.byteLength + this.length * 8 + values * 16
  }

  #insert(at: number, time: number, { count, sum, min, max, distribution }: Cell): void {
    let rows = this.#rows
    const start = at * STRIDE
    const end = this.length * STRIDE
    if (end === rows.length) {
      rows = new Float64Array(2 * rows.length)
      rows.set(this.#rows)
      this.#rows = rows
    }
    if (start < end) rows.copyWithin(start + STRIDE, start, end)
    rows[start] = time
    rows[start + 1] = count
    rows[start + 2] = sum
    rows[start + 3] = min
    rows[start + 4] = max
    if (at === this.length) this.#distributions.push(distribution)
    else this.#distributions.splice(at, 0, distribution)
    this.length++
  }

  #mergeInto(index: number, { count, sum, min, max, distribution }: Cell): void {
    this.#distributions[index] = this.#mergedDistribution(index, count, min, distribution)
    const at = index * STRIDE
    const rows = this.#rows
    rows[at + 1] = (rows[at + 1] as number) + count
    rows[at + 2] = (rows[at + 2] as number) + sum
    if (min < (rows[at + 3] as number)) rows[at + 3] = min
    if (max > (rows[at + 4] as number)) rows[at + 4] = max
  }

  #mergedDistribution(index: number, count: number, min: number, added: Distribution): Distribution {
    const present = this.#distributions[index]
    if (present === null || added === null) return null
    const at = index * STRIDE
    const value = this.#rows[at + 3] as number
    if (present === undefined && added === undefined && value === min) return undefined
    const bag = present ?? bagOf(value, this.#rows[at + 1] as number)
    if (added) bag.addAll(added)
    else bag.add(min, count)
    return bag
  }
}

/** The column of a unit and grain, made where missing. */
export const columnOf = (columns: Column[], unit: number, grain: number): Column => {
  for (const column of columns) if (column.unit === unit && column.grain === grain) return column
  const column = new Column(unit, grain)
  columns.push(column)
  return column
}
