import type { MetricDataQuery, StandardUnit } from '@aws-sdk/client-cloudwatch'
import { ServiceError } from '@sonde/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE, metricQuery, SCOPE, START, testQueries } from './testing.ts'

const queries = testQueries([])
const stat = metricQuery('m1').MetricStat
const withStat = (other: object): MetricDataQuery[] => [
  { Id: 'm1', MetricStat: { ...stat, ...other } } as MetricDataQuery,
]

describe('queries that are wrong', () => {
  it.each<[string, MetricDataQuery[], string]>([
    ['none', [], 'The parameter MetricDataQueries is required.'],
    [
      'too many',
      Array.from({ length: 501 }, (_, index) => metricQuery(`m${index}`)),
      'The collection MetricDataQueries must not have a size greater than 500.',
    ],
    [
      'two of one id',
      [metricQuery('m1'), metricQuery('m1')],
      'The values for parameter id in MetricDataQueries are not unique.',
    ],
    [
      'an id in upper case',
      [metricQuery('M1')],
      'The value M1 for parameter MetricDataQueries.member.1.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.',
    ],
    [
      'no id',
      [{ ...metricQuery('m1'), Id: undefined }],
      'The parameter MetricDataQueries.member.1.Id is required.',
    ],
    [
      'a metric and an expression',
      [{ ...metricQuery('m1'), Expression: 'm2' }],
      'The parameters MetricDataQueries.member.1.Expression and MetricDataQueries.member.1.MetricStat are mutually exclusive and you have specified both.',
    ],
    [
      'neither',
      [metricQuery('m1'), { Id: 'e1' }],
      'The parameter MetricDataQueries.member.2.MetricStat is required.\n',
    ],
    [
      'no namespace',
      withStat({ Metric: { MetricName: 'M' } }),
      'The parameter MetricDataQueries.member.1.MetricStat.Metric.Namespace is required.\n',
    ],
    [
      'no name',
      withStat({ Metric: { Namespace: 'N' } }),
      'The parameter MetricDataQueries.member.1.MetricStat.Metric.MetricName is required.\n',
    ],
    [
      'a period of 45 s',
      withStat({ Period: 45 }),
      'The parameter MetricDataQueries.member.1.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60.',
    ],
    [
      'a statistic that there is not',
      withStat({ Stat: 'p101' }),
      'The value p101 for parameter MetricDataQueries.member.1.MetricStat.Stat is not supported.',
    ],
    [
      'two periods',
      [metricQuery('m1', 60, { Period: 120 })],
      'The parameters MetricDataQueries.member.1.Period and MetricDataQueries.member.1.MetricStat.Period must not differ from each other.',
    ],
    ['itself', [{ Id: 'e1', Expression: 'e1 + 1' }], "The expressions 'e1' refer to each other in a circle."],
    [
      'a circle',
      [
        { Id: 'e1', Expression: 'e2 + 1' },
        { Id: 'e2', Expression: 'e3' },
        { Id: 'e3', Expression: 'e1' },
      ],
      "The expressions 'e1', 'e2', 'e3' refer to each other in a circle.",
    ],
  ])('%s are refused', (_what, list, message) => {
    expect(() => queries.check(list)).toThrow(
      expect.objectContaining({ code: 'ValidationException', queryCode: 'ValidationError', message }),
    )
  })

  it.each([
    ['a unit that there is not', withStat({ Unit: 'Furlongs' as StandardUnit }), "Value 'Furlongs'"],
    ['a period of 0', withStat({ Period: 0 }), "Value '0'"],
    [
      'a long expression',
      [{ Id: 'e1', Expression: `1${'0'.repeat(2_048)}` }],
      'have length between 1 and 2048',
    ],
    ['an empty expression', [{ Id: 'e1', Expression: '' }], 'have length between 1 and 2048'],
  ])('%s is refused', (_what, list, message) => {
    expect(() => queries.check(list)).toThrow(message)
  })

  it('name the parameter that they come in', () => {
    expect(() => queries.describe([{ Id: 'e1' }], 'Metrics')).toThrow(
      'The parameter Metrics.member.1.MetricStat is required.',
    )
  })

  it('of another account are refused by name', () => {
    const list = [metricQuery('m1', 60, { AccountId: '999999999999' })]
    const range = { start: START, end: START + MINUTE }
    expect(() => queries.evaluate(SCOPE, list, range)).toThrow('AccountId 999999999999')
    expect(
      queries.evaluate(SCOPE, [metricQuery('m1', 60, { AccountId: SCOPE.account })], range),
    ).toHaveLength(1)
  })

  it('are refused in one of these ways, whatever they are', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        'm1',
        'm1 + m2',
        'SELECT AVG(a) FROM b',
        '10^400',
        'TIME_SERIES(10^400)',
        'NaN',
        "SEARCH('a', 'Sum')",
      ),
    )
    const random = fc.record(
      {
        Id: fc.constantFrom('m1', 'm2', 'e1', 'A', ''),
        Expression: text,
        Label: fc.string(),
        Period: fc.double(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(random, { maxLength: 4 }), list => {
        try {
          queries.evaluate(SCOPE, list as MetricDataQuery[], { start: START, end: START + MINUTE })
        } catch (error) {
          expect(error).toBeInstanceOf(ServiceError)
        }
      }),
    )
  })
})

describe('evaluation', () => {
  it('does not depend on the order of the queries', () => {
    const chain = Array.from({ length: 400 }, (_, index) => ({
      Id: `e${index}`,
      Expression: index === 399 ? 'TIME_SERIES(1)' : `e${index + 1} + 1`,
      Period: 60,
    }))
    const [first] = queries.evaluate(SCOPE, chain, { start: START, end: START + MINUTE })
    expect(first?.series[0]?.values).toEqual([400])
  })

  it('takes expressions as long as they may be', () => {
    const Expression = Array(682).fill('m1').join('+')
    const list = [metricQuery('m1'), { Id: 'e1', Expression }]
    const filled = testQueries([{ name: 'm1', samples: [{ time: START, value: 1 }] }])
    const [, result] = filled.evaluate(SCOPE, list, { start: START, end: START + MINUTE })
    expect(result?.series[0]?.values).toEqual([682])
  })

  it('is refused where expressions make points without end', () => {
    const century = { start: START - 100 * 365 * 86_400_000, end: START }
    const [result] = queries.evaluate(
      SCOPE,
      [{ Id: 'e1', Expression: 'TIME_SERIES(1)', Period: 60 }],
      century,
    )
    expect(result).toMatchObject({
      series: [],
      error: "Error in expression 'e1': The request makes more than 4000000 data points",
    })
  })

  it.each([
    ['arrays of arrays', `[${Array(300).fill('a1').join(',')}]`, `[${Array(600).fill('e1').join(',')}] + 1`],
    ['calls in calls', `${'ABS('.repeat(90)}a1${')'.repeat(90)}`, `[${Array(30).fill('e1').join(',')}] * 2`],
  ])('is refused where it computes without end: %s', (_what, first, second) => {
    const fortnight = { start: START - 14 * 86_400_000, end: START }
    const [, , result] = queries
      .evaluate(
        SCOPE,
        [
          { Id: 'a1', Expression: 'TIME_SERIES(1)', Period: 60 },
          { Id: 'e1', Expression: first },
          { Id: 'e2', Expression: `SUM(${second})` },
          ...Array.from({ length: 40 }, (_, index) => ({ Id: `f${index}`, Expression: `SUM(${second})` })),
        ].toSorted((a, b) => (a.Id < b.Id ? -1 : 1)),
        fortnight,
      )
      .filter(({ id }) => ['a1', 'e1', 'f39'].includes(id))
    expect(result?.error).toContain('The request computes more than 40000000 data points')
  })

  it('tells what failed to those that need it', () => {
    const results = queries.evaluate(
      SCOPE,
      [
        { Id: 'e2', Expression: 'e1 + 1' },
        { Id: 'e1', Expression: 'TIME_SERIES(1)' },
      ],
      { start: START, end: START + MINUTE },
    )
    expect(results.map(({ error }) => error)).toEqual([
      "Error in expression 'e2': Error in expression 'e1': The parameter Period is required",
      "Error in expression 'e1': The parameter Period is required",
    ])
  })
})

describe('a description', () => {
  it('tells alarms what they ask', () => {
    const set = queries.describe([
      metricQuery('m1'),
      metricQuery('m2', 300, { ReturnData: true }),
      { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(e1, 3)' },
      { Id: 'e1', Expression: 'm1 * 2', ReturnData: false },
      { Id: 'e2', Expression: "SUM(METRICS()) + SUM(SEARCH('a', 'Sum', 60))", ReturnData: false },
      { Id: 'q1', Expression: 'SELECT AVG(a) FROM b GROUP BY c', Period: 120, ReturnData: false },
    ])
    expect(set).toMatchObject({
      metrics: [
        { id: 'm1', namespace: 'App', name: 'm1', dimensions: {}, period: 60, stat: 'Sum' },
        { id: 'm2', period: 300 },
      ],
      expressions: ['ad1', 'e1', 'e2'],
      insights: ['q1'],
      returned: ['m2', 'ad1'],
      arrays: ['ad1', 'q1'],
      usesSearch: true,
      usesMetrics: true,
      bands: [{ id: 'ad1', around: 'e1', width: 3 }],
      periods: [60, 120, 300],
    })
    expect(set.needs('ad1')).toEqual(['m1', 'e1'])
    expect(set.needs('e2')).toEqual(['m1', 'm2'])
    expect(set.needs('m1')).toEqual([])
  })
})

describe('a range whose periods begin at its start', () => {
  it('has them there for metrics, what is made, searches and Metrics Insights alike', () => {
    const start = START + 2 * MINUTE
    const samples = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((value, minute) => ({
      time: START + minute * MINUTE,
      value,
    }))
    const results = testQueries([{ name: 'm1', samples }]).evaluate(
      SCOPE,
      [
        metricQuery('m1', 300),
        { Id: 'filled', Expression: 'FILL(m1, 0)' },
        { Id: 'made', Expression: 'TIME_SERIES(1) + 0 * m1' },
        { Id: 'found', Expression: "SEARCH('m1', 'Sum', 300)" },
        { Id: 'sql', Expression: 'SELECT SUM(m1) FROM App', Period: 300 },
      ],
      { start, end: start + 10 * MINUTE, alignToStart: true },
    )
    const timestamps = [start, start + 5 * MINUTE]
    for (const { id, series } of results) {
      const values = id === 'made' ? [1, 1] : [3 + 4 + 5 + 6 + 7, 8 + 9 + 10 + 11 + 12]
      expect(series).toMatchObject([{ timestamps, values }])
    }
  })
})
