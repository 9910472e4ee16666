import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { describe, expect, it } from 'vitest'
import { MINUTE, metricQuery, NOW, SCOPE, START, samplesOf, testQueries } from '../testing.ts'
import { formatDuration, formatNumber, formatTime } from './format.ts'

const samples = samplesOf([2, 8, undefined, 5])
const metrics = [
  { name: 'metric1', samples },
  { name: 'Errors', dimensions: { FunctionName: 'a' }, samples },
  { name: 'Errors', dimensions: { FunctionName: 'b' }, samples },
]
const range = { start: START, end: START + 10 * MINUTE }

const labels = (...queries: MetricDataQuery[]): string[] =>
  testQueries(metrics)
    .evaluate(SCOPE, queries, range)
    .flatMap(({ series }) => series.map(({ label }) => label))

const query = (Id: string, Stat: string, Period: number, FunctionName?: string): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'App',
      MetricName: FunctionName === undefined ? 'metric1' : 'Errors',
      ...(FunctionName !== undefined && { Dimensions: [{ Name: 'FunctionName', Value: FunctionName }] }),
    },
    Stat,
    Period,
  },
})

describe('a label that is not given', () => {
  it.each([
    ['alone', [query('a', 'Sum', 60)], ['metric1']],
    [
      'of the same statistic and period',
      [query('a', 'Sum', 60), query('b', 'Sum', 60)],
      ['metric1', 'metric1'],
    ],
    [
      'where statistics differ',
      [query('a', 'Sum', 60), query('b', 'Minimum', 60)],
      ['metric1 Sum', 'metric1 Minimum'],
    ],
    ['where periods differ', [query('a', 'Sum', 60), query('b', 'Sum', 30)], ['metric1 60', 'metric1 30']],
    [
      'where both differ',
      [query('a', 'Sum', 60), query('b', 'Minimum', 30)],
      ['metric1 Sum 60', 'metric1 Minimum 30'],
    ],
    [
      'where dimensions differ',
      [query('a', 'Sum', 60, 'a'), query('b', 'Sum', 60, 'b')],
      ['a Errors', 'b Errors'],
    ],
    ['where names differ', [query('a', 'Sum', 60, 'a'), query('b', 'Sum', 60)], ['Errors', 'metric1']],
  ])('is of the metric %s', (_what, queries, expected) => {
    expect(labels(...queries)).toEqual(expected)
  })

  it('is the id of an expression that gives one series', () => {
    expect(labels({ Id: 'e1', Expression: 'm1 * 2' }, metricQuery('m1'))[0]).toBe('e1')
  })

  it('is that of the metric in an array, behind the label of the expression', () => {
    const filled = (Label?: string) =>
      labels(
        { ...query('m1', 'Sum', 60), Label: 'Errors' },
        { Id: 'e1', Expression: 'FILL(METRICS(), 0)', ...(Label !== undefined && { Label }) },
      )[1]
    expect(filled('Filled With 0:')).toBe('Filled With 0: Errors')
    expect(filled('')).toBe('Errors')
    expect(filled()).toBe('Errors')
  })
})

describe('a dynamic label', () => {
  const label = (Label: string, other: Partial<MetricDataQuery> = {}) =>
    labels({ ...query('m1', 'Sum', 60, 'a'), Label, ...other })[0]

  it.each([
    ['AVG', '5'],
    ['DATAPOINT_COUNT', '3'],
    ['FIRST', '2'],
    ['FIRST_LAST_RANGE', '3'],
    ['FIRST_LAST_TIME_RANGE', '3m'],
    ['FIRST_TIME', '2026-11-23 00:00:00 UTC'],
    ['FIRST_TIME_RELATIVE', '1h'],
    ['LAST', '5'],
    ['LAST_TIME', '2026-11-23 00:03:00 UTC'],
    ['LAST_TIME_RELATIVE', '57m'],
    ['MAX', '8'],
    ['MAX_TIME', '2026-11-23 00:01:00 UTC'],
    ['MAX_TIME_RELATIVE', '59m'],
    ['MIN', '2'],
    ['MIN_MAX_RANGE', '6'],
    ['MIN_MAX_TIME_RANGE', '1m'],
    ['MIN_TIME', '2026-11-23 00:00:00 UTC'],
    ['MIN_TIME_RELATIVE', '1h'],
    ['SUM', '15'],
    ['LABEL', 'Errors'],
    ["PROP('AccountId')", SCOPE.account],
    ["PROP('Dim.FunctionName')", 'a'],
    ["PROP('Dim.Nothing')", '--'],
    ["PROP('Dim.toString')", '--'],
    ["PROP('MetricName')", 'Errors'],
    ["PROP('Namespace')", 'App'],
    ["PROP('Period')", '60'],
    ["PROP('Region')", SCOPE.region],
    ["PROP('Stat')", 'Sum'],
  ])('${%s} is %s', (value, expected) => {
    expect(label(`<\${${value}}>`)).toBe(`<${expected}>`)
  })

  it('shows that there are no points', () => {
    const shown = labels({
      ...query('m1', 'Sum', 60, 'none'),
      Label: '${LABEL}: ${AVG} ${MAX_TIME} ${DATAPOINT_COUNT}',
    })
    expect(shown).toEqual(['Errors: -- -- 0'])
  })

  it('takes five values, and itself', () => {
    expect(label('${LABEL} ${MIN}-${MAX} ${AVG} ${FIRST} ${LAST}')).toBe('Errors 2-8 5 2 5')
  })

  it.each([
    ['${P90}', 'The label has an unknown dynamic value ${P90}'],
    ["${PROP('Colour')}", "The label has an unknown dynamic value ${PROP('Colour')}"],
    ['${toString}', 'The label has an unknown dynamic value ${toString}'],
    ['${LABEL} ${LABEL}', 'The label has ${LABEL} more than once'],
    ['${MIN}${MAX}${AVG}${SUM}${FIRST}${LAST}', 'The label has more than 5 dynamic values'],
  ])('%s is refused', (text, message) => {
    expect(() => label(text)).toThrow(`Error in expression 'm1': ${message}`)
  })

  it('is refused by name where it takes cross-account observability', () => {
    expect(() => label("${PROP('AccountLabel')}")).toThrow('AccountLabel')
  })
})

describe('what labels are filled in with', () => {
  it.each([
    [0.1 + 0.2, '0.3'],
    [1_234_567.89, '1234570'],
    [-2.5, '-2.5'],
    [1e-9, '1e-9'],
  ])('the number %d is %s', (value, expected) => {
    expect(formatNumber(value)).toBe(expected)
  })

  it.each([
    [0, '0s'],
    [999, '0s'],
    [61_000, '1m 1s'],
    [86_400_000 + 60_000, '1d 1m'],
    [3_661_000, '1h 1m'],
  ])('%d ms are %s', (value, expected) => {
    expect(formatDuration(value)).toBe(expected)
  })

  it.each([
    ['+0000', '2026-11-23 01:00:00 UTC'],
    ['+0130', '2026-11-23 02:30:00 +0130'],
    ['-0800', '2026-11-22 17:00:00 -0800'],
  ])('a time in %s is %s', (timezone, expected) => {
    expect(formatTime(NOW, timezone)).toBe(expected)
  })
})
