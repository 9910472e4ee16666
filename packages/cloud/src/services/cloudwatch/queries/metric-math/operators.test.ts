import { describe, expect, it } from 'vitest'
import { math } from '../testing.ts'

const _ = undefined

describe('the published example of operators', () => {
  const metrics = { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] }

  it.each([
    ['metric1 < metric2', [0, 0, 1, 0]],
    ['metric1 >= 30', [1, 0, 0, 0]],
    ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0]],
  ])('%s', (expression, expected) => {
    expect(math(expression, metrics)).toEqual(expected)
  })
})

describe('arithmetic', () => {
  it.each([
    // [expression, m1, m2, result]
    ['m1 + m2', [1, 2, _], [10, _, 30], [11, 2, 30]],
    ['m1 - m2', [1, 2, _], [10, _, 30], [-9, 2, -30]],
    ['m1 * m2', [1, 2, _], [10, _, 30], [10, 0, 0]],
    ['m1 / m2', [1, 2, _, 0], [10, _, 30, 0], [0.1, _, 0]],
    ['m1 ^ m2', [2, 2, _, 0], [3, _, 2, -1], [8, 1, 0]],
    ['100 / m1', [50, 0, _, 25], [], [2, _, _, 4]],
    ['m1 / 0', [50, 0], [], []],
    ['-m1', [50, _, -1], [], [-50, _, 1]],
    ['5 * m1 - 1', [1, _, 2], [], [4, _, 9]],
    ['m1 * 1e308 * 10', [1, 0], [], [_, 0]],
  ])('%s of %j and %j is %j', (expression, m1, m2, expected) => {
    expect(math(expression, { m1, m2 })).toEqual(expected)
  })

  it.each([
    ['TIME_SERIES(2 + 3 * 4)', 14],
    ['TIME_SERIES((2 + 3) * 4)', 20],
    ['TIME_SERIES(2 ^ 3 ^ 2)', 512],
    ['TIME_SERIES(-2 ^ 2)', 4],
    ['TIME_SERIES(2 * 3 ^ 2)', 18],
    ['TIME_SERIES(10 - 4 - 3)', 3],
    ['TIME_SERIES(100 / 10 / 5)', 2],
    ['TIME_SERIES(1 + 1 == 2)', 1],
    ['TIME_SERIES(1 < 2 == 1)', 1],
    ['TIME_SERIES(0 AND 0 OR 1)', 1],
    ['TIME_SERIES(1 || 0 && 0)', 1],
    ['TIME_SERIES(1 != 1)', 0],
    ['TIME_SERIES(.5 + 1.)', 1.5],
    ['TIME_SERIES(1e2 - -1)', 101],
  ])('binds as C does: %s', (expression, expected) => {
    expect(math(expression, { m1: [0] })).toEqual([expected])
  })

  it('drops every point that is computed with the average of nothing', () => {
    expect(math('m1 + AVG(m2)', { m1: [1, 2], m2: [] })).toEqual([])
    expect(math('m1 ^ (AVG(m2) * 0)', { m1: [1, 2], m2: [] })).toEqual([])
    expect(math('m1 > AVG(m2)', { m1: [1, 2], m2: [] })).toEqual([])
  })
})

describe('comparison and logic', () => {
  const metrics = { m1: [1, 0, _, 2, -1], m2: [1, 1, 1, _, 0] }

  it.each([
    ['m1 == m2', [1, 0, 0, 0, 0]],
    ['m1 != m2', [0, 1, 1, 1, 1]],
    ['m1 > m2', [0, 0, 0, 1, 0]],
    ['m1 < m2', [0, 1, 1, 0, 1]],
    ['m1 >= m2', [1, 0, 0, 1, 0]],
    ['m1 <= m2', [1, 1, 1, 0, 1]],
    ['m1 AND m2', [1, 0, 0, 0, 0]],
    ['m1 && m2', [1, 0, 0, 0, 0]],
    ['m1 OR m2', [1, 1, 1, 1, 1]],
    ['m1 || 0', [1, 0, _, 1, 1]],
    ['0 < m1', [1, 0, _, 1, 0]],
  ])('%s counts what is missing as 0 beside another series', (expression, expected) => {
    expect(math(expression, metrics)).toEqual(expected)
  })
})

describe('series of different periods', () => {
  it('are combined at the timestamps of either', () => {
    expect(math('m1 + m2', { m1: [1, 1, 1, 1], m2: [10, 10] }, { periods: { m2: 120 } })).toEqual([
      11, 1, 11, 1,
    ])
  })
})
