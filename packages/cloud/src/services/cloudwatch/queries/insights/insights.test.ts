import { ServiceError } from '@sonde/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpressionError } from '../errors.ts'
import { MINUTE, NOW, SCOPE, START, samplesOf, type TestMetric, testQueries } from '../testing.ts'
import { parseInsights } from './parse.ts'

const requests = (dimensions: Readonly<Record<string, string>>, values: readonly number[]): TestMetric => ({
  namespace: 'AWS/ApplicationELB',
  name: 'RequestCount',
  dimensions,
  samples: samplesOf(values),
})

const metrics: readonly TestMetric[] = [
  requests({ LoadBalancer: 'app/lb-1', AvailabilityZone: 'b' }, [1, 9]),
  requests({ LoadBalancer: 'app/lb-1', AvailabilityZone: 'a' }, [2, 2]),
  requests({ LoadBalancer: 'app/lb-2', AvailabilityZone: 'a' }, [5, 5]),
  requests({ LoadBalancer: 'app/lb-1' }, [100]),
  requests({}, [1_000]),
]

const range = { start: START, end: START + 2 * MINUTE }
const run = (Expression: string, of = metrics, within = range) =>
  testQueries(of)
    .evaluate(SCOPE, [{ Id: 'q1', Expression, Period: 60 }], within)[0]
    ?.series.map(({ label, values }) => [label, values])

const FROM = 'FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, AvailabilityZone)'

describe('the published query, step by step', () => {
  it.each([
    [`SELECT SUM(RequestCount) ${FROM}`, [['q1', [8, 16]]]],
    [`SELECT SUM(RequestCount) ${FROM} WHERE LoadBalancer = 'app/lb-1'`, [['q1', [3, 11]]]],
    [
      `SELECT SUM(RequestCount) ${FROM} WHERE LoadBalancer = 'app/lb-1' GROUP BY AvailabilityZone`,
      [
        ['a', [2, 2]],
        ['b', [1, 9]],
      ],
    ],
    [
      `SELECT SUM(RequestCount) ${FROM} WHERE LoadBalancer = 'app/lb-1' GROUP BY AvailabilityZone ORDER BY MAX() DESC`,
      [
        ['b', [1, 9]],
        ['a', [2, 2]],
      ],
    ],
    [
      `SELECT SUM(RequestCount) ${FROM} WHERE LoadBalancer = 'app/lb-1' GROUP BY AvailabilityZone ORDER BY MAX() DESC LIMIT 1`,
      [['b', [1, 9]]],
    ],
  ])('%s', (query, expected) => {
    expect(run(query)).toEqual(expected)
  })
})

describe('a Metrics Insights query', () => {
  const all = 'FROM "AWS/ApplicationELB"'

  it.each([
    [`SELECT SUM(RequestCount) ${all}`, [['q1', [1_108, 16]]]],
    [`SELECT COUNT(RequestCount) ${all}`, [['q1', [5, 3]]]],
    [`SELECT AVG(RequestCount) ${all}`, [['q1', [1_108 / 5, 16 / 3]]]],
    [`SELECT MIN(RequestCount) ${all}`, [['q1', [1, 2]]]],
    [`SELECT MAX(RequestCount) ${all}`, [['q1', [1_000, 9]]]],
    ['SELECT SUM(RequestCount) FROM SCHEMA("AWS/ApplicationELB")', [['q1', [1_000]]]],
    [`select sum(RequestCount) from "AWS/ApplicationELB" where LoadBalancer != 'app/lb-1'`, [['q1', [5, 5]]]],
    [
      `SELECT SUM(RequestCount) ${all} WHERE LoadBalancer = 'app/lb-1' AND AvailabilityZone != 'a'`,
      [['q1', [1, 9]]],
    ],
    [
      `SELECT MAX(RequestCount) ${all} GROUP BY AvailabilityZone, LoadBalancer`,
      [
        ['Other Other', [1_000]],
        ['Other app/lb-1', [100]],
        ['a app/lb-1', [2, 2]],
        ['a app/lb-2', [5, 5]],
        ['b app/lb-1', [1, 9]],
      ],
    ],
    [
      `SELECT SUM(RequestCount) ${all} GROUP BY LoadBalancer ORDER BY MIN() LIMIT 2`,
      [
        ['app/lb-2', [5, 5]],
        ['app/lb-1', [103, 11]],
      ],
    ],
    ['SELECT SUM(RequestCount) FROM Nothing', [['q1', []]]],
    ['SELECT SUM(RequestCount) FROM Nothing GROUP BY LoadBalancer', []],
    ['SELECT SUM(requestcount) FROM "AWS/ApplicationELB"', [['q1', []]]],
  ])('%s', (query, expected) => {
    expect(run(query)).toEqual(expected)
  })

  it('reaches back two weeks', () => {
    const fortnight = 14 * 24 * 60 * MINUTE
    const old = [
      {
        name: 'M',
        samples: [
          { time: NOW - fortnight - MINUTE, value: 1 },
          { time: NOW - fortnight, value: 2 },
        ],
      },
    ]
    const within = { start: NOW - 20 * 24 * 60 * MINUTE, end: NOW }
    expect(run('SELECT SUM(M) FROM App', old, within)).toEqual([['q1', [2]]])
  })

  it('takes names that need quotation marks', () => {
    const query = parseInsights(
      String.raw`SELECT AVG("Bytes\"Input\"") FROM "my ns" WHERE "a b" = 'it\'s' GROUP BY "LIMIT"`,
    )
    expect(query).toMatchObject({
      metric: 'Bytes"Input"',
      namespace: 'my ns',
      where: [{ key: 'a b', equal: true, value: "it's" }],
      groupBy: ['LIMIT'],
      limit: 500,
    })
  })

  it('can be referred to by expressions', () => {
    const results = testQueries(metrics).evaluate(
      SCOPE,
      [
        { Id: 'q1', Expression: `SELECT SUM(RequestCount) ${FROM} GROUP BY AvailabilityZone`, Period: 60 },
        { Id: 'e1', Expression: 'MAX(q1) * 2' },
      ],
      range,
    )
    expect(results[1]?.series[0]?.values).toEqual([14, 18])
  })

  it.each([
    [
      'SELECT ',
      'Syntax error at character 8: expected one of AVG, COUNT, MAX, MIN, SUM instead of the end of the query',
    ],
    [
      'SELECT P90(m) FROM n',
      'Syntax error at character 8: expected one of AVG, COUNT, MAX, MIN, SUM instead of P90',
    ],
    ['SELECT AVG(LIMIT) FROM n', 'Syntax error at character 12: expected a metric name instead of LIMIT'],
    ['SELECT AVG(m)', 'Syntax error at character 14: expected FROM instead of the end of the query'],
    ['SELECT AVG(m) FROM AWS/EC2', 'Syntax error at character 23: unexpected character /'],
    [
      'SELECT AVG(m) FROM n WHERE a = "b"',
      'Syntax error at character 32: expected a value in single quotes instead of b',
    ],
    ["SELECT AVG(m) FROM n WHERE a > 'b'", 'Syntax error at character 30: unexpected character >'],
    ["SELECT AVG(m) FROM n WHERE a = 'b' OR a = 'c'", 'Syntax error at character 36: unexpected OR'],
    ["SELECT AVG(m) FROM n WHERE a IN ('b')", 'Syntax error at character 30: expected = or != instead of IN'],
    [
      'SELECT AVG(m) FROM n ORDER BY AVG',
      'Syntax error at character 34: expected ( instead of the end of the query',
    ],
    ['SELECT AVG(m) FROM n LIMIT 501', 'LIMIT must be between 1 and 500, not 501'],
    ['SELECT AVG(m) FROM n LIMIT 0', 'LIMIT must be between 1 and 500, not 0'],
    ['SELECT AVG(m) FROM n LIMIT -1', 'Syntax error at character 28: unexpected character -'],
    [
      'SELECT AVG(m) FROM n GROUP BY a LIMIT 5 ORDER BY MAX()',
      'Syntax error at character 41: unexpected ORDER',
    ],
    [
      'SELECT AVG(my.metric) FROM n',
      'Syntax error at character 12: expected a metric name (in double quotes, as it contains a dot) instead of my.metric',
    ],
  ])('%s is refused', (query, message) => {
    expect(() => parseInsights(query)).toThrow(new ExpressionError(message))
    expect(() => run(query)).toThrow(`Error in expression 'q1': ${message}`)
  })

  it('is refused by name where it asks for accounts or tags', () => {
    for (const label of ['AWS.AccountId', 'tag.Team']) {
      expect(() => parseInsights(`SELECT AVG(m) FROM n GROUP BY ${label}`)).toThrow(
        expect.objectContaining({ code: 'NotImplemented', message: expect.stringContaining(label) }),
      )
    }
  })

  it('needs a period, and is alone in its request', () => {
    const queries = testQueries([])
    const query = { Id: 'q1', Expression: 'SELECT AVG(m) FROM n' }
    expect(() => queries.check([query])).toThrow('The parameter Period is required')
    expect(() =>
      queries.check([
        { ...query, Period: 60 },
        { ...query, Id: 'q2', Period: 60 },
      ]),
    ).toThrow('at most one Metrics Insights query')
  })

  it('is refused with an error of its own, whatever it is', () => {
    const piece = fc.constantFrom(
      ...'SELECT AVG ( m ) FROM "n" SCHEMA WHERE a = \'b\' != AND GROUP BY ORDER LIMIT 5 , DESC \\ "'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(all => all.join(' ')),
        ),
        text => {
          try {
            parseInsights(`SELECT ${text}`)
          } catch (error) {
            expect(error instanceof ExpressionError || error instanceof ServiceError).toBe(true)
          }
        },
      ),
    )
  })
})
