import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extendedStatistic, parseExtendedStatistic } from './statistics.ts'

const weigh = (values: readonly number[]): Map<number, number> => {
  const weights = new Map<number, number>()
  for (const value of values) weights.set(value, (weights.get(value) ?? 0) + 1)
  return weights
}

const evaluate = (name: string, values: readonly number[]): number | undefined => {
  const statistic = parseExtendedStatistic(name)
  return statistic && extendedStatistic(statistic, weigh(values))
}

const TEN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

describe('an extended statistic', () => {
  it.each([
    ['p0', 1],
    ['p10', 1],
    ['p50', 5],
    ['p90', 9],
    ['p90.1', 10],
    ['p99', 10],
    ['p100', 10],
    ['tm90', 5],
    ['TM(:90%)', 5],
    ['TM(10%:90%)', 5.5],
    ['TM(80%:)', 9.5],
    ['TM(2:4)', 3.5],
    ['IQM', 6],
    ['tc90', 9],
    ['TC(3:)', 7],
    ['ts90', 45],
    ['TS(80%:)', 19],
    ['wm90', 5.4],
    ['WM(10%:90%)', 5.4],
    ['WM(3:8)', 5.5],
    ['PR(:3)', 30],
    ['PR(2.5:1e1)', 80],
    ['TC(90:)', 0],
    ['TM(90:)', undefined],
  ])('%s of 1 to 10 is %s', (name, expected) => {
    const value = evaluate(name, TEN)
    if (expected === undefined) expect(value).toBeUndefined()
    else expect(value).toBeCloseTo(expected, 10)
  })

  it.each([
    'p',
    'p101',
    'P90',
    'TM(:)',
    'tm(10%:90%)',
    'PR(10%:20%)',
    'TM(10%:5)',
    'Average',
    'p9.12345678901',
  ])('%s is none', name => {
    expect(parseExtendedStatistic(name)).toBeUndefined()
  })

  it('is not there with negative values, or without any', () => {
    expect(evaluate('p50', [-1, 2])).toBeUndefined()
    expect(evaluate('p50', [])).toBeUndefined()
  })

  it('of a percentile is the value at its rank in the sorted list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const sorted = values.toSorted((a, b) => a - b)
          const rank = Math.max(1, Math.ceil((percent * values.length) / 100))
          expect(evaluate(`p${percent}`, values)).toBe(sorted[rank - 1])
        },
      ),
    )
  })

  it('of a trimmed sum is its mean times its count', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const mean = evaluate(`tm${percent}`, values) ?? 0
          const count = evaluate(`tc${percent}`, values) ?? 0
          expect(evaluate(`ts${percent}`, values)).toBeCloseTo(mean * count, 6)
        },
      ),
    )
  })
})
