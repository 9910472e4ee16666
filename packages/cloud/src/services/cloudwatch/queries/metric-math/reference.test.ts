/** The evaluator beside a naive one that works value by value on maps. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateExpression, type Values, valuesOf } from '../testing.ts'

const LENGTH = 8

/** A value for each minute, or none. */
type Sparse = readonly (number | undefined)[]

const lift =
  (fold: (a: number, b: number) => number) =>
  (a: Sparse, b: Sparse): Sparse =>
    a.map((value, minute) => {
      const other = b[minute]
      if (value === undefined && other === undefined) return undefined
      const result = fold(value ?? 0, other ?? 0)
      return Number.isFinite(result) ? result : undefined
    })

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '<': (a, b) => (a < b ? 1 : 0),
  '==': (a, b) => (a === b ? 1 : 0),
  AND: (a, b) => (a && b ? 1 : 0),
  OR: (a, b) => (a || b ? 1 : 0),
}

const changes =
  (fold: (value: number, before: number, minutes: number) => number) =>
  (series: Sparse): Sparse => {
    let before: number | undefined
    return series.map((value, minute) => {
      if (value === undefined) return undefined
      const last = before
      before = minute
      return last === undefined ? undefined : fold(value, series[last] ?? 0, minute - last)
    })
  }

const UNARY: Readonly<Record<string, (series: Sparse) => Sparse>> = {
  'ABS(?)': series => series.map(value => value && Math.abs(value)),
  '-?': series => series.map(value => (value === undefined ? undefined : -value)),
  'DIFF(?)': changes((value, before) => value - before),
  'RATE(?)': changes((value, before, minutes) => (value - before) / (minutes * 60)),
  'FILL(?, 0)': series => series.map(value => value ?? 0),
  'FILL(?, REPEAT)': series => {
    let last: number | undefined
    return series.map(value => {
      last = value ?? last
      return last
    })
  },
  'RUNNING_SUM(?)': series => {
    let sum = 0
    return series.map(value => {
      if (value === undefined) return undefined
      sum += value
      return sum
    })
  },
}

interface Case {
  readonly text: string
  readonly expected: (metrics: Readonly<Record<string, Sparse>>) => Sparse
}

const { expression } = fc.letrec<{ expression: Case }>(tie => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .constantFrom('m1', 'm2', 'm3')
      .map((id): Case => ({ text: id, expected: metrics => metrics[id] ?? [] })),
    fc.tuple(fc.constantFrom(...Object.keys(OPERATORS)), tie('expression'), tie('expression')).map(
      ([operator, a, b]): Case => ({
        text: `(${a.text} ${operator} ${b.text})`,
        expected: metrics => lift(OPERATORS[operator] ?? Math.max)(a.expected(metrics), b.expected(metrics)),
      }),
    ),
    fc.tuple(fc.constantFrom(...Object.keys(UNARY)), tie('expression')).map(
      ([template, a]): Case => ({
        text: template.replace('?', `(${a.text})`),
        expected: metrics => UNARY[template]?.(a.expected(metrics)) ?? [],
      }),
    ),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(
      ([c, a, b]): Case => ({
        text: `IF(${c.text}, ${a.text}, ${b.text})`,
        expected: metrics => {
          const [whenTrue, whenFalse] = [a.expected(metrics), b.expected(metrics)]
          return c
            .expected(metrics)
            .map((value, minute) =>
              value === undefined ? undefined : value === 0 ? whenFalse[minute] : (whenTrue[minute] ?? 0),
            )
        },
      }),
    ),
  ),
}))

const sparse = fc.array(fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined, freq: 2 }), {
  minLength: LENGTH,
  maxLength: LENGTH,
})

/** Without what is missing at the end, and with one zero. */
const normal = (values: Values): Values => {
  const last = values.findLastIndex(value => value !== undefined)
  return values.slice(0, last + 1).map(value => (value === 0 ? 0 : value))
}

describe('the evaluator', () => {
  it('agrees with a naive one on sparse series', () => {
    fc.assert(
      fc.property(expression, sparse, sparse, sparse, ({ text, expected }, m1, m2, m3) => {
        const metrics = { m1, m2, m3 }
        const result = evaluateExpression(text, { metrics })
        expect(result.error).toBeUndefined()
        expect(valuesOf(result).map(normal)).toEqual([normal(expected(metrics))])
      }),
      { numRuns: 500 },
    )
  })

  it('gives finite values alone, whatever the numbers', () => {
    const absurd = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(
        fc.constantFrom(
          'm1 ^ m2',
          'm1 * m2',
          'm1 / m2',
          'STDDEV([m1, m2])',
          'RUNNING_SUM(m1)',
          'LOG(m1) ^ m2',
          'RATE(m1)',
          'SUM([m1, m2]) * SUM(m1)',
          'FILL(m1, LINEAR) - m2',
        ),
        fc.array(absurd, { minLength: 1, maxLength: 6 }),
        fc.array(absurd, { minLength: 1, maxLength: 6 }),
        (text, m1, m2) => {
          const [series] = evaluateExpression(text, { metrics: { m1, m2 } }).series
          expect(series?.values.every(Number.isFinite)).toBe(true)
          expect(series?.timestamps).toHaveLength(series?.values.length ?? -1)
        },
      ),
    )
  })
})
