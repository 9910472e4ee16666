import type { Cell } from './column.ts'
import { mergeBags, type SortedValues, type ValueBag } from './value-bag.ts'

/** Rounded values may lie a little outside of what there really was. */
const clamped = ({ values, weights }: SortedValues, min: number, max: number): SortedValues => ({
  values: Float64Array.from(values, value => Math.min(Math.max(value, min), max)),
  weights,
})

const sortedPairs = (values: readonly number[], weights: readonly number[]): SortedValues => {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number))
  return {
    values: order.map(index => values[index] as number),
    weights: order.map(index => weights[index] as number),
  }
}

/**
 * The values of a period's buckets and their weights. They are put together when they are asked for: most readers want sums
 * alone.
 */
export class PeriodValues implements ReadonlyMap<number, number> {
  /** Of buckets that had one value alone. */
  readonly #singles: number[] = []
  readonly #weights: number[] = []
  #bags: ValueBag[] | undefined
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #sorted: SortedValues | undefined
  #map: ReadonlyMap<number, number> | undefined

  add({ min, max, count, distribution }: Cell): void {
    if (min < this.#min) this.#min = min
    if (max > this.#max) this.#max = max
    if (distribution) {
      this.#bags ??= []
      this.#bags.push(distribution)
    } else {
      this.#singles.push(min)
      this.#weights.push(count)
    }
  }

  /** Ascending; the same value may stand there more than once. */
  get sorted(): SortedValues {
    this.#sorted ??= this.#merge()
    return this.#sorted
  }

  get size(): number {
    return this.#asMap.size
  }

  get(value: number): number | undefined {
    return this.#asMap.get(value)
  }

  has(value: number): boolean {
    return this.#asMap.has(value)
  }

  forEach(visit: (weight: number, value: number, map: ReadonlyMap<number, number>) => void): void {
    for (const [value, weight] of this.#asMap) visit(weight, value, this)
  }

  entries(): MapIterator<[number, number]> {
    return this.#asMap.entries()
  }

  keys(): MapIterator<number> {
    return this.#asMap.keys()
  }

  values(): MapIterator<number> {
    return this.#asMap.values()
  }

  [Symbol.iterator](): MapIterator<[number, number]> {
    return this.#asMap.entries()
  }

  get #asMap(): ReadonlyMap<number, number> {
    this.#map ??= this.#toMap()
    return this.#map
  }

  #toMap(): ReadonlyMap<number, number> {
    const { values, weights } = this.sorted
    const map = new Map<number, number>()
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number
      map.set(value, (map.get(value) ?? 0) + (weights[index] as number))
    }
    return map
  }

  #merge(): SortedValues {
    const singles = this.#singles
    const alone = singles.length === 1
    const pairs = alone ? { values: singles, weights: this.#weights } : sortedPairs(singles, this.#weights)
    if (!this.#bags) return pairs
    const merged = mergeBags(singles.length > 0 ? [...this.#bags, pairs] : this.#bags)
    const { values } = merged
    const outside = (values[0] as number) < this.#min || (values[values.length - 1] as number) > this.#max
    return outside ? clamped(merged, this.#min, this.#max) : merged
  }
}
