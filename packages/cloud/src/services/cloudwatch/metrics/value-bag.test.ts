import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_VALUES, mergeBags, roundTo, ValueBag } from './value-bag.ts'

const bagOf = (values: Iterable<number>): ValueBag => {
  const bag = new ValueBag()
  for (const value of values) bag.add(value, 1)
  return bag
}

/** The same values each time: a generator of random numbers that needs no seed from outside. */
function* randoms(count: number, scale: (unit: number) => number): Generator<number> {
  let state = 12_345
  for (let index = 0; index < count; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    yield scale(state / 2 ** 32)
  }
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number

const bagQuantile = ({ values, weights }: ReturnType<typeof mergeBags>, share: number): number => {
  const total = Array.from(weights).reduce((a, b) => a + b, 0)
  let cumulated = 0
  for (let index = 0; index < values.length; index++) {
    cumulated += weights[index] as number
    if (cumulated >= Math.ceil(share * total)) return values[index] as number
  }
  return Number.NaN
}

const SHARES = [0.01, 0.5, 0.9, 0.95, 0.99, 0.999]

describe('a bag of values', () => {
  it('is sorted, distinct and exact, whatever the order of what comes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true })), fc.nat(9))),
        samples => {
          const bag = new ValueBag()
          const expected = new Map<number, number>()
          for (const [value, extra] of samples) {
            bag.add(value, extra + 1)
            const key = value === 0 ? 0 : value
            expected.set(key, (expected.get(key) ?? 0) + extra + 1)
          }
          const sorted = [...expected].sort(([a], [b]) => a - b)
          expect(bag.values.map(value => value + 0)).toEqual(sorted.map(([value]) => value))
          expect(bag.weights).toEqual(sorted.map(([, weight]) => weight))
          expect(bag.level).toBe(0)
        },
      ),
    )
  })

  it.each([
    ['within one octave', (unit: number) => 1 + unit, 0.001],
    ['from 1 ms to a minute', (unit: number) => 60_000 ** unit, 0.001],
    ['over 300 powers of ten', (unit: number) => 10 ** (unit * 300 - 150), 0.125],
  ])('of more values than its limit, %s, is wrong by no more than it says', (_name, scale, error) => {
    const all = [...randoms(60_000, scale)]
    const bag = bagOf(all)
    const sorted = all.toSorted((a, b) => a - b)
    expect(bag.values.length).toBeLessThanOrEqual(MAX_VALUES)
    expect(bag.weights.reduce((a, b) => a + b)).toBe(60_000)
    for (const share of SHARES) {
      const exact = quantile(sorted, share)
      expect(Math.abs(bagQuantile(bag, share) - exact) / exact).toBeLessThanOrEqual(error)
    }
  })

  it('is exact up to its limit', () => {
    const all = [...randoms(MAX_VALUES, unit => unit)]
    expect(bagOf(all).values).toEqual([...new Set(all)].sort((a, b) => a - b))
  })

  it('rounds to what rounds to itself, at this level and in the next ones', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: 1, max: 9 }), (value, level) => {
        const rounded = roundTo(value, level)
        expect(roundTo(rounded, level)).toBe(rounded)
        expect(roundTo(rounded, level + 1)).toBe(roundTo(value, level + 1))
      }),
    )
  })
})

describe('merging bags', () => {
  it('gives what one bag of all values has, in any grouping', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1 }), { minLength: 1 }),
        groups => {
          const merged = mergeBags(groups.map(bagOf))
          const whole = bagOf(groups.flat())
          expect(Array.from(merged.values)).toEqual(whole.values)
          expect(Array.from(merged.weights)).toEqual(whole.weights)
        },
      ),
    )
  })

  it('of rounded ones keeps the error of one', () => {
    const all = [...randoms(80_000, unit => 1 + 1_000 * unit)]
    const halves = [bagOf(all.slice(0, 40_000)), bagOf(all.slice(40_000))]
    const sorted = all.toSorted((a, b) => a - b)
    const merged = mergeBags(halves)
    for (const share of SHARES) {
      const exact = quantile(sorted, share)
      expect(Math.abs(bagQuantile(merged, share) - exact) / exact).toBeLessThanOrEqual(0.001)
    }
    const [first, second] = halves
    if (first && second) first.addAll(second)
    expect(first?.values).toEqual(Array.from(merged.values))
    expect(first?.weights).toEqual(Array.from(merged.weights))
  })
})
