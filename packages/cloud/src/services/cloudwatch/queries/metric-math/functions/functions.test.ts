import { describe, expect, it } from 'vitest'
import {
  evaluateExpression,
  MINUTE,
  math,
  metricQuery,
  SCOPE,
  START,
  testQueries,
  type Values,
  valuesOf,
} from '../../testing.ts'

const _ = undefined

/** All series of an expression, as their values by the minute. */
const arrays = (expression: string, metrics: Record<string, Values>): Values[] => {
  const result = evaluateExpression(expression, { metrics })
  if (result.error !== undefined) throw new Error(result.error)
  return valuesOf(result)
}

describe('functions of each data point', () => {
  it.each([
    ['ABS(m1)', [-1.5, _, 2], [1.5, _, 2]],
    ['CEIL(m1)', [-1.5, _, 1.1], [-1, _, 2]],
    ['FLOOR(m1)', [-1.5, _, 1.9], [-2, _, 1]],
    ['LOG(m1)', [1, Math.E, 0, -1], [0, 1]],
    ['LOG10(m1)', [1, 1_000, 0, _, 0.1], [0, 3, _, _, -1]],
    ['ABS(m1)', [], []],
  ])('%s of %j is %j', (expression, m1, expected) => {
    const values = math(expression, { m1 })
    expect(values).toHaveLength(expected.length)
    for (const [index, value] of expected.entries()) {
      if (value === undefined) expect(values[index]).toBeUndefined()
      else expect(values[index]).toBeCloseTo(value, 12)
    }
  })

  it('take each series of an array', () => {
    expect(arrays('ABS([m1, m2])', { m1: [-1, _], m2: [_, -2] })).toEqual([[1], [_, 2]])
    expect(arrays('CEIL(METRICS())', { m1: [0.5], m2: [1.5] })).toEqual([[1], [2]])
  })
})

describe('aggregates of one series are scalars over its points', () => {
  it.each([
    ['AVG', [2, _, 4], 3],
    ['MAX', [2, _, 4], 4],
    ['MIN', [-2, _, 4], -2],
    ['SUM', [2, _, 4], 6],
    ['STDDEV', [2, 4, 4, 4, 5, 5, 7, 9], 2],
    ['DATAPOINT_COUNT', [2, _, 4], 2],
    ['SUM', [], 0],
    ['DATAPOINT_COUNT', [], 0],
  ])('%s of %j is %d', (name, m1, expected) => {
    expect(math(`TIME_SERIES(${name}(m1))`, { m1 }, { minutes: 8 })).toEqual(new Array(8).fill(expected))
  })

  it.each(['AVG', 'MAX', 'MIN', 'STDDEV'])('%s of none is no number', name => {
    expect(math(`TIME_SERIES(${name}(m1))`, { m1: [] }, { minutes: 3 })).toEqual([])
  })
})

describe('aggregates of an array are series over the values at each time', () => {
  const metrics = { m1: [1, 2, _, _], m2: [3, _, 5, _] }

  it.each([
    // Missing values count as 0 in AVG alone.
    ['AVG', [2, 1, 2.5]],
    ['MAX', [3, 2, 5]],
    ['MIN', [1, 2, 5]],
    ['SUM', [4, 2, 5]],
    ['STDDEV', [1, 0, 0]],
    ['DATAPOINT_COUNT', [2, 1, 1]],
  ])('%s', (name, expected) => {
    expect(math(`${name}([m1, m2])`, metrics)).toEqual(expected)
    expect(math(`${name}(METRICS())`, metrics)).toEqual(expected)
  })

  it('of no series are a series without points', () => {
    expect(math('SUM(METRICS("none"))', metrics)).toEqual([])
    expect(math('SUM(METRICS("none")) + m1', metrics)).toEqual([1, 2])
  })

  it.each([
    ['SUM(100/[m1, m2])', [100 / 1 + 100 / 3, 50, 20]],
    ['AVG([m1, m2]/m1)', [2, 0.5]],
    ['SUM(-[m1, m2])', [-4, -2, -5]],
    ['SUM(m1 - [m1, m2])', [-2, 2, -5]],
    ['MIN(ABS([m1, m2] - 3))', [0, 1, 2]],
    ['SUM([m1,m2])/AVG(m2)', [1, 0.5, 1.25]],
    ['SUM(METRICS())/SUM(m1)', [4 / 3, 2 / 3, 5 / 3]],
  ])('%s', (expression, expected) => {
    const values = math(expression, metrics)
    expect(values.map(value => value?.toFixed(9))).toEqual(expected.map(value => value.toFixed(9)))
  })
})

describe('changes from point to point', () => {
  const m1 = [10, 70, _, 10]

  it.each([
    ['DIFF(m1)', [_, 60, _, -60]],
    ['DIFF_TIME(m1)', [_, 60, _, 120]],
    ['RATE(m1)', [_, 1, _, -0.5]],
    ['RUNNING_SUM(m1)', [10, 80, _, 90]],
  ])('%s skips gaps', (expression, expected) => {
    expect(math(expression, { m1 })).toEqual(expected)
  })

  it.each(['DIFF', 'DIFF_TIME', 'RATE', 'RUNNING_SUM'])('%s of none is none, and takes arrays', name => {
    expect(math(`${name}(m1)`, { m1: [] }, { minutes: 3 })).toEqual([])
    expect(arrays(`${name}([m1, m2])`, { m1: [1], m2: [] })).toHaveLength(2)
  })
})

describe('FILL', () => {
  it.each([
    ['FILL(m1, 0)', [0, 1, 0, 0, 4, 0]],
    ['FILL(m1, -1.5)', [-1.5, 1, -1.5, -1.5, 4, -1.5]],
    ['FILL(m1, MIN(m1))', [1, 1, 1, 1, 4, 1]],
    ['FILL(m1, REPEAT)', [_, 1, 1, 1, 4, 4]],
    ['FILL(m1, LINEAR)', [_, 1, 2, 3, 4]],
    ['FILL(m1, m2)', [9, 1, 8, _, 4]],
  ])('%s', (expression, expected) => {
    expect(math(expression, { m1: [_, 1, _, _, 4, _], m2: [9, 9, 8] })).toEqual(expected)
  })

  it('fills a series without points with a scalar, over the whole range', () => {
    expect(math('FILL(m1, 0)', { m1: [] }, { minutes: 3 })).toEqual([0, 0, 0])
    expect(math('FILL(m1, REPEAT)', { m1: [] }, { minutes: 3 })).toEqual([])
    expect(math('FILL(m1, LINEAR)', { m1: [] }, { minutes: 3 })).toEqual([])
    expect(math('FILL(m1, AVG(m1))', { m1: [] }, { minutes: 3 })).toEqual([])
  })

  it('fills each series of an array, at its own period', () => {
    expect(arrays('FILL(METRICS(), 0)', { m1: [1, _, _], m2: [_, 2, _] })).toEqual([
      [1, 0, 0],
      [0, 2, 0],
    ])
    expect(math('FILL(m1, 0)', { m1: [1, _] }, { periods: { m1: 120 } })).toEqual([1, _, 0])
  })
})

describe('IF', () => {
  const metrics = { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] }

  it.each([
    ['IF(metric1, metric2, metric3)', [30, 0, 20]],
    ['IF(metric1, 5, metric3)', [5, 5, 20]],
    ['IF(metric1, metric2, 5)', [30, 0, 5, 5]],
    ['IF(metric1, 1, 2)', [1, 1, 2, 2]],
    ['IF(metric1, metric2)', [30, 0]],
    ['IF(metric1, 5)', [5, 5]],
    ['IF(1, metric2, metric3)', [30, _, 0, 0, 30]],
    ['IF(0, metric2, metric3)', [0, 0, 20, _, 20]],
    ['IF(-1, metric2)', [30, _, 0, 0, 30]],
    ['IF(0, metric2)', []],
    ['IF(AVG(metric1) > 2, metric2)', []],
    ['IF(metric2 > 10, metric2)', [30, _, _, _, 30]],
    ['IF(metric2 < 400, 10, 2)', [10, _, 10, 10, 10]],
    ['IF(metric2 > metric3, 1, 0)', [1, 0, 0, 0, 1]],
    ['IF(-metric1, 7, 8)', [7, 7, 8, 8]],
  ])('%s is %j', (expression, expected) => {
    expect(math(expression, metrics)).toEqual(expected)
  })

  it('looks at the top series of a sorted array, as the user guide does', () => {
    expect(math('IF(FIRST(SORT(METRICS(), AVG, DESC))>100, 1, 0)', { m1: [1, 2], m2: [150, 60] })).toEqual([
      1, 0,
    ])
  })
})

describe('functions of arrays', () => {
  const metrics = { m1: [1, 1], m2: [9, 9], m3: [5], m4: [] }

  it.each([
    ['SORT(METRICS(), AVG, DESC)', [[9, 9], [5], [1, 1], []]],
    ['SORT(METRICS(), MAX, ASC)', [[1, 1], [5], [9, 9], []]],
    ['SORT(METRICS(), SUM, DESC, 2)', [[9, 9], [5]]],
    ['SORT(METRICS(), MIN, ASC, 1)', [[1, 1]]],
    ['SLICE(METRICS(), 1)', [[9, 9], [5], []]],
    ['SLICE(METRICS(), 1, 3)', [[9, 9], [5]]],
    ['SLICE(METRICS(), 9)', []],
    ['SLICE(SORT(METRICS(), SUM, DESC), 0, 1)', [[9, 9]]],
    ['REMOVE_EMPTY(METRICS())', [[1, 1], [9, 9], [5]]],
    ['METRICS("m3")', [[5]]],
    ['METRICS("x")', []],
    ['[METRICS("m3"), METRICS("m1"), m2]', [[5], [1, 1], [9, 9]]],
    ['METRICS() * 2', [[2, 2], [18, 18], [10], []]],
  ])('%s', (expression, expected) => {
    expect(arrays(expression, metrics)).toEqual(expected)
  })

  it('FIRST and LAST are the ends of an array', () => {
    expect(math('FIRST(METRICS())', metrics)).toEqual([1, 1])
    expect(math('LAST([m1, m3])', metrics)).toEqual([5])
    expect(math('FIRST(METRICS("none"))', metrics)).toEqual([])
  })

  it('METRIC_COUNT counts the series', () => {
    expect(math('m2/METRIC_COUNT(METRICS())', metrics)).toEqual([2.25, 2.25])
  })
})

describe('functions of time', () => {
  it('PERIOD is the period of a metric in seconds', () => {
    expect(math('m1/PERIOD(m1)', { m1: [600] }, { periods: { m1: 300 } })).toEqual([2])
  })

  it('TIME_SERIES has a value in every period', () => {
    expect(math('TIME_SERIES(10)', { m1: [_, _, _] })).toEqual([10, 10, 10])
    expect(math('TIME_SERIES(MAX(m1))', { m1: [1, _, 3] })).toEqual([3, 3, 3])
    expect(math('TIME_SERIES(10)', {}, { minutes: 4, query: { Period: 120 } })).toEqual([10, _, 10])
  })

  it.each([
    ['MINUTE(m1)', [0, 1, 2]],
    ['HOUR(m1)', [0, 0, 0]],
    ['DAY(m1)', [1, 1, 1]],
    ['DATE(m1)', [23, 23, 23]],
    ['MONTH(m1)', [11, 11, 11]],
    ['YEAR(m1)', [2026, 2026, 2026]],
    ['EPOCH(m1)', [START / 1_000, START / 1_000 + 60, START / 1_000 + 120]],
    // IF takes what is missing where it is true for 0.
    ['IF(DAY(m1)<6, m1)', [0, 1, 0]],
    ['IF(MONTH(m1) == 4, m1)', []],
    ['IF((DAY(m1)<6 AND (HOUR(m1)>=9 AND HOUR(m1)<17)),m1)', []],
  ])('%s of Monday 2026-11-23, whether there are points or not', (expression, expected) => {
    expect(math(expression, { m1: [_, 1, _] })).toEqual(expected)
  })

  it('DAY of Sunday is 7, and hours and minutes go around', () => {
    const queries = testQueries([])
    const sunday = START - 1_800_000
    const read = (name: string) =>
      queries
        .evaluate(SCOPE, [metricQuery('m1', 1_800), { Id: 'e1', Expression: `${name}(m1)` }], {
          start: sunday,
          end: sunday + 7_200_000,
        })
        .at(-1)?.series[0]?.values
    expect(read('DAY')).toEqual([7, 1, 1, 1])
    expect(read('HOUR')).toEqual([23, 0, 0, 1])
    expect(read('MINUTE')).toEqual([30, 0, 30, 0])
  })
})

describe('ANOMALY_DETECTION_BAND', () => {
  const asked: unknown[] = []
  const bands = {
    band: (
      _scope: unknown,
      queries: readonly { Id?: string | undefined }[],
      width: number,
      times: readonly number[],
    ) => {
      asked.push([queries.map(({ Id }) => Id), width, times.length])
      return {
        lower: times.map(() => 10 - width),
        upper: times.map((_time, at) => (at === 0 ? Number.NaN : 10 + width)),
      }
    },
  }

  it('is the upper bound, then the lower, at every period that the model knows', () => {
    const metrics = { m1: [5, _, 5] }
    const read = (expression: string) => valuesOf(evaluateExpression(expression, { metrics, bands }))
    expect(read('ANOMALY_DETECTION_BAND(m1)')).toEqual([
      [_, 12, 12],
      [8, 8, 8],
    ])
    expect(read('FIRST(ANOMALY_DETECTION_BAND(m1, 4))')).toEqual([[_, 14, 14]])
    expect(read('LAST(ANOMALY_DETECTION_BAND(m1, 0.5))')).toEqual([[9.5, 9.5, 9.5]])
    expect(asked).toEqual([
      [['m1'], 2, 3],
      [['m1'], 4, 3],
      [['m1'], 0.5, 3],
    ])
  })

  it('has two series without points where there is no model', () => {
    expect(arrays('ANOMALY_DETECTION_BAND(m1)', { m1: [1] })).toEqual([[], []])
  })

  it('is around an expression with all that it refers to', () => {
    asked.length = 0
    testQueries([], bands).evaluate(
      SCOPE,
      [
        metricQuery('m1'),
        metricQuery('m2'),
        { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(e1, 3)' },
        { Id: 'e1', Expression: 'm1 * 2' },
      ],
      { start: START, end: START + MINUTE },
    )
    expect(asked).toEqual([[['m1', 'e1'], 3, 1]])
  })
})
