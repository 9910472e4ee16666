import { ServiceError } from '@sonde/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metricQuery, testQueries } from '../testing.ts'
import { FUNCTIONS } from './functions/table.ts'

const queries = testQueries([])
const check = (expression: string): void =>
  queries.check([
    metricQuery('m1'),
    metricQuery('m2'),
    { Id: 'array', Expression: '[m1, m2]', ReturnData: false },
    { Id: 'e1', Expression: expression },
  ])

describe('types', () => {
  it.each([
    ['m1 + array', 'an array with a time series'],
    ['array ^ 2', 'an array with a scalar'],
    ['[m1, array] * m2', 'an array in an array'],
    ['AVG(m1) * m1', 'a scalar with a time series'],
    ['IF(1 > 2, m1)', 'a scalar condition'],
    ['SORT(array, AVG, DESC, 2 + 1)', 'keywords and a computed scalar'],
    ['FIRST(ANOMALY_DETECTION_BAND(m1, 2 * 2))', 'a computed width'],
  ])('%s is taken: %s', expression => {
    expect(() => check(expression)).not.toThrow()
  })

  it.each([
    ['array + array', "Unsupported operand type(s) for +: '[Array[TimeSeries], Array[TimeSeries]]'"],
    ['array > 5', "Unsupported operand type(s) for >: '[Array[TimeSeries], Scalar]'"],
    ['m1 AND array', "Unsupported operand type(s) for AND: '[TimeSeries, Array[TimeSeries]]'"],
    ["m1 + 'a'", "Unsupported operand type(s) for +: '[TimeSeries, String]'"],
    ['-REPEAT', "Unsupported operand type(s) for -: '[Keyword]'"],
    ['AVG(m1)', 'The result must be a time series or an array of time series, not Scalar'],
    ['5', 'The result must be a time series or an array of time series, not Scalar'],
    ['"m1"', 'The result must be a time series or an array of time series, not String'],
    ['m9', "There is no query with the id 'm9'"],
    ['m1 + NAN', "Unsupported operand type(s) for +: '[TimeSeries, Keyword]'"],
    ['ANOMALY_DETECTOR(m1)', "Function 'ANOMALY_DETECTOR' not found"],
    ['toString(m1)', 'Syntax error at character 9: unexpected ('],
    ['Sum(m1)', "Function 'Sum' not found"],
    ['[m1, 5]', 'An array must contain time series only, not Scalar'],
    ['SUM([])', 'An array must contain at least one time series'],
    ['ABS(5)', "Function 'ABS' does not take '[Scalar]', but ABS(TS) or ABS(TS[])"],
    ['SUM()', "Function 'SUM' does not take '[]', but SUM(TS) or SUM(TS[])"],
    ['DIFF(m1, m2)', "Function 'DIFF' does not take '[TimeSeries, TimeSeries]', but DIFF(TS) or DIFF(TS[])"],
    ['PERIOD(m1 + m2)', "Function 'PERIOD' does not take '[TimeSeries]', but PERIOD(metric)"],
    ['MINUTE(array)', "Function 'MINUTE' does not take '[Array[TimeSeries]]', but MINUTE(TS)"],
    [
      'IF(array, 1, 0)',
      "Function 'IF' does not take '[Array[TimeSeries], Scalar, Scalar]', but IF(TS, S | TS, [S | TS]) or IF(S, TS, [TS])",
    ],
    [
      'IF(1, 2, 3)',
      "Function 'IF' does not take '[Scalar, Scalar, Scalar]', but IF(TS, S | TS, [S | TS]) or IF(S, TS, [TS])",
    ],
    [
      'FILL(m1, NEAREST)',
      "Function 'FILL' does not take '[TimeSeries, Keyword]', but FILL(TS, S | TS | REPEAT | LINEAR) or FILL(TS[], S | TS | REPEAT | LINEAR)",
    ],
    [
      'SORT(array, AVG)',
      "Function 'SORT' does not take '[Array[TimeSeries], Keyword]', but SORT(TS[], AVG | MIN | MAX | SUM, ASC | DESC, [S])",
    ],
    [
      'SORT(array, DESC, AVG)',
      "Function 'SORT' does not take '[Array[TimeSeries], Keyword, Keyword]', but SORT(TS[], AVG | MIN | MAX | SUM, ASC | DESC, [S])",
    ],
    ['FIRST(m1)', "Function 'FIRST' does not take '[TimeSeries]', but FIRST(TS[])"],
    ['TIME_SERIES(m1)', "Function 'TIME_SERIES' does not take '[TimeSeries]', but TIME_SERIES(S)"],
    ['METRICS(m1)', "Function 'METRICS' does not take '[TimeSeries]', but METRICS([string])"],
    [
      'ANOMALY_DETECTION_BAND(m1 + m2)',
      "Function 'ANOMALY_DETECTION_BAND' does not take '[TimeSeries]', but ANOMALY_DETECTION_BAND(reference, [S])",
    ],
    [
      'ANOMALY_DETECTION_BAND(array)',
      "Function 'ANOMALY_DETECTION_BAND' does not take '[Array[TimeSeries]]', but ANOMALY_DETECTION_BAND(reference, [S])",
    ],
  ])('%s is refused: %s', (expression, message) => {
    expect(() => check(expression)).toThrow(
      expect.objectContaining({
        code: 'ValidationException',
        queryCode: 'ValidationError',
        message: `Error in expression 'e1': ${message}`,
      }),
    )
  })

  it.each([
    'INSIGHT_RULE_METRIC("rule", "Sum")',
    'SERVICE_QUOTA(m1)',
    'LAMBDA("f")',
    'DB_PERF_INSIGHTS("RDS", "db", "x")',
  ])('%s is refused by name: it is not provided', expression => {
    const name = expression.slice(0, expression.indexOf('('))
    expect(() => check(expression)).toThrow(
      expect.objectContaining({ code: 'NotImplemented', message: expect.stringContaining(name) }),
    )
  })

  it('never fails in another way, whatever is called with whatever', () => {
    const argument = fc.constantFrom(
      'm1',
      'array',
      '1',
      '-1e308',
      '"a"',
      'REPEAT',
      'AVG',
      'DESC',
      'm9',
      'SUM(m1)',
      '[m1]',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(FUNCTIONS)),
        fc.array(argument, { maxLength: 4 }),
        (name, parameters) => {
          try {
            check(`${name}(${parameters.join(',')})`)
          } catch (error) {
            expect(error).toBeInstanceOf(ServiceError)
            expect(error).toHaveProperty('code', 'ValidationException')
          }
        },
      ),
    )
  })
})
