/**
 * The values of a bucket with their weights, from which percentiles are computed: exact up to {@link MAX_VALUES} distinct
 * ones. Beyond that values are rounded to {@link FIRST_BITS} bits of their mantissa, an error of 0.1 % at most; where even
 * that leaves too many (they then range over a factor of more than 4,000) one bit less at a time, which doubles the error. Values
 * that are rounded alike stand for the same range wherever they come from, so that bags merge in any order.
 */

/** Distinct values kept for one bucket. */
export const MAX_VALUES = 8_192
/** Distinct values looked at for one period of an answer. */
const MAX_MERGED = 262_144
/** Bits of the mantissa at level 1, ranges of 1/512 of an octave: half of that is 0.098 %. */
const FIRST_BITS = 9
/** No bits are left: 4,092 values are all there are. */
const LAST_LEVEL = FIRST_BITS + 1
/** Bits of a double's mantissa in its upper word. */
const UPPER_MANTISSA = 20

/** Ascending distinct values, and the weight of each. */
export interface SortedValues {
  readonly values: ArrayLike<number>
  readonly weights: ArrayLike<number>
}

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const UPPER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0

/** The value in the middle of its range at a level; itself at level 0. */
export const roundTo = (value: number, level: number): number => {
  if (level === 0 || value === 0) return value
  const dropped = UPPER_MANTISSA - FIRST_BITS + level - 1
  double[0] = value
  words[UPPER] = (((words[UPPER] ?? 0) >>> dropped) << dropped) | (1 << (dropped - 1))
  words[1 - UPPER] = 0
  return double[0]
}

/** The first index whose value is not below. */
const lowerBound = (values: ArrayLike<number>, length: number, value: number): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

export class ValueBag implements SortedValues {
  /** Ascending and distinct. */
  readonly values: number[] = []
  readonly weights: number[] = []
  /** 0 while exact. */
  level = 0

  add(value: number, weight: number): void {
    const { values, weights } = this
    const rounded = roundTo(value, this.level)
    const last = values.length - 1
    const at =
      last < 0 || rounded > (values[last] as number) ? last + 1 : lowerBound(values, values.length, rounded)
    if (values[at] === rounded) {
      weights[at] = (weights[at] as number) + weight
      return
    }
    values.push(rounded)
    weights.push(weight)
    for (let index = last + 1; index > at; index--) {
      values[index] = values[index - 1] as number
      weights[index] = weights[index - 1] as number
    }
    values[at] = rounded
    weights[at] = weight
    if (values.length > MAX_VALUES) this.coarsen(this.level + 1)
  }

  addAll({ values, weights, level }: ValueBag): void {
    if (level > this.level) this.coarsen(level)
    for (let index = 0; index < values.length; index++) {
      this.add(values[index] as number, weights[index] as number)
    }
  }

  /** Rounds to a level, and on until a quarter is free. */
  coarsen(level: number): void {
    const { values, weights } = this
    for (let to = level; to <= LAST_LEVEL; to++) {
      let length = 0
      for (let index = 0; index < values.length; index++) {
        const rounded = roundTo(values[index] as number, to)
        const weight = weights[index] as number
        if (length > 0 && values[length - 1] === rounded) {
          weights[length - 1] = (weights[length - 1] as number) + weight
        } else {
          values[length] = rounded
          weights[length] = weight
          length++
        }
      }
      values.length = length
      weights.length = length
      this.level = to
      if (length <= MAX_VALUES * 0.75) return
    }
  }
}

interface Run extends SortedValues {
  readonly length: number
}

const mergeTwo = (a: Run, b: Run): Run => {
  const values = new Float64Array(a.length + b.length)
  const weights = new Float64Array(a.length + b.length)
  let length = 0
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const left = i < a.length ? (a.values[i] as number) : Number.POSITIVE_INFINITY
    const right = j < b.length ? (b.values[j] as number) : Number.POSITIVE_INFINITY
    let weight = 0
    if (left <= right) weight += a.weights[i++] as number
    if (right <= left) weight += b.weights[j++] as number
    values[length] = Math.min(left, right)
    weights[length] = weight
    length++
  }
  return { values, weights, length }
}

const rounded = ({ values, weights, length }: Run, level: number): Run => {
  const bag = { values: new Float64Array(length), weights: new Float64Array(length), length: 0 }
  for (let index = 0; index < length; index++) {
    const value = roundTo(values[index] as number, level)
    if (bag.length > 0 && bag.values[bag.length - 1] === value) {
      bag.weights[bag.length - 1] = (bag.weights[bag.length - 1] as number) + (weights[index] as number)
    } else {
      bag.values[bag.length] = value
      bag.weights[bag.length++] = weights[index] as number
    }
  }
  return bag
}

/** Values of several buckets as one: n values of k buckets cost n log k. */
export const mergeBags = (bags: readonly SortedValues[]): SortedValues => {
  const [only] = bags
  if (bags.length === 1 && only) return only
  let runs: Run[] = bags.map(({ values, weights }) => ({ values, weights, length: values.length }))
  let level = 0
  while (runs.length > 1) {
    const next: Run[] = []
    for (let index = 0; index < runs.length; index += 2) {
      const [first, second] = [runs[index] as Run, runs[index + 1]]
      let run = second ? mergeTwo(first, second) : first
      while (run.length > MAX_MERGED && level < LAST_LEVEL) run = rounded(run, ++level)
      next.push(run)
    }
    runs = next
  }
  const [merged = { values: [], weights: [], length: 0 }] = runs
  const { values, weights, length } = level > 0 ? rounded(merged, level) : merged
  return {
    values: values instanceof Float64Array ? values.subarray(0, length) : values,
    weights: weights instanceof Float64Array ? weights.subarray(0, length) : weights,
  }
}
