/** Statistics of random data against definitions that share nothing with the implementation: lists of single values. */
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMetricStore } from './metric-store.ts'
import { readStatistic } from './statistics.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }

/** Ranks are exact fractions: percents are whole numbers here. */
const ceilShare = (percent: number, count: number): number => Math.floor((percent * count + 99) / 100)

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : sum(values) / values.length

/** By rank: from behind the low percentile's rank to the high one's. */
const byRank = (sorted: readonly number[], low: number, high: number): readonly number[] =>
  sorted.slice(ceilShare(low, sorted.length), ceilShare(high, sorted.length))

const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(ceilShare(percent, sorted.length), 1) - 1] as number

type Reference = (sorted: readonly number[], a: number, b: number) => number | undefined

/** The name of a statistic for two numbers with a <= b, and what it is of all single values, ascending. */
const REFERENCES: ReadonlyArray<readonly [name: (a: number, b: number) => string, reference: Reference]> = [
  [() => 'SampleCount', sorted => sorted.length],
  [() => 'Sum', sum],
  [() => 'Average', mean],
  [() => 'Minimum', sorted => sorted[0]],
  [() => 'Maximum', sorted => sorted.at(-1)],
  [a => `p${a}`, percentile],
  [a => `tm${a}`, (sorted, a) => mean(byRank(sorted, 0, a))],
  [(a, b) => `TM(${a}%:${b}%)`, (sorted, a, b) => mean(byRank(sorted, a, b))],
  [a => `TM(${a}%:)`, (sorted, a) => mean(byRank(sorted, a, 100))],
  [(a, b) => `TM(${a}:${b})`, (sorted, a, b) => mean(sorted.filter(value => value > a && value <= b))],
  [() => 'IQM', sorted => mean(byRank(sorted, 25, 75))],
  [(a, b) => `TC(${a}%:${b}%)`, (sorted, a, b) => byRank(sorted, a, b).length],
  [(a, b) => `TC(${a}:${b})`, (sorted, a, b) => sorted.filter(value => value > a && value <= b).length],
  [a => `tc${a}`, (sorted, a) => byRank(sorted, 0, a).length],
  [(a, b) => `TS(${a}%:${b}%)`, (sorted, a, b) => sum(byRank(sorted, a, b))],
  [a => `TS(${a}:)`, (sorted, a) => sum(sorted.filter(value => value > a))],
  [a => `ts${a}`, (sorted, a) => sum(byRank(sorted, 0, a))],
  [
    (a, b) => `PR(${a}:${b})`,
    (sorted, a, b) => (100 * sorted.filter(value => value > a && value <= b).length) / sorted.length,
  ],
  [a => `PR(:${a})`, (sorted, a) => (100 * sorted.filter(value => value <= a).length) / sorted.length],
  [
    a => `wm${a}`,
    (sorted, a) => mean(sorted.map(value => (value > percentile(sorted, a) ? percentile(sorted, a) : value))),
  ],
  [
    (a, b) => `WM(${a}%:${b}%)`,
    (sorted, a, b) => {
      const [low, high] = [percentile(sorted, a), percentile(sorted, b)]
      return mean(sorted.map(value => (value < low ? low : value > high ? high : value)))
    },
  ],
  [
    (a, b) => `WM(${a}:${b})`,
    (sorted, a, b) => mean(sorted.map(value => (value < a ? a : value > b ? b : value))),
  ],
]

describe('a statistic of what was put', () => {
  it.each(REFERENCES.map(([name, reference]) => ({ name: name(10, 90), of: name, reference })))(
    '$name is what its definition says of the single values',
    ({ of, reference }) => {
      fc.assert(
        fc.property(
          fc.array(
            fc.tuple(
              fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0, max: 120, noNaN: true })),
              fc.integer({ min: 1, max: 7 }),
              fc.integer({ min: 0, max: 59 }),
            ),
            { minLength: 1, maxLength: 80 },
          ),
          fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 })),
          (samples, [one, other]) => {
            const [a, b] = one < other ? [one, other] : [other, one]
            const store = createMetricStore(() => 3_600_000, { limits: { flushBytes: 300 } })
            onTestFinished(() => store.close())
            for (const [value, weight, minute] of samples) {
              store.add(
                SCOPE,
                'N',
                'M',
                {},
                { timestamp: minute * 60_000, unit: 'None', highResolution: false, data: [[value, weight]] },
              )
            }
            const [period] = store.periods(SCOPE, 'N', 'M', {}, { start: 0, end: 3.6e6, period: 3.6e6 })
            const sorted = samples
              .flatMap(([value, weight]) => Array.from({ length: weight }, () => value))
              .sort((left, right) => left - right)
            const actual = period && readStatistic(of(a, b))?.(period)
            const expected = reference(sorted, a, b)
            if (expected === undefined) expect(actual).toBeUndefined()
            else expect(actual).toBeCloseTo(expected, 6)
          },
        ),
        { numRuns: 60 },
      )
    },
  )
})
