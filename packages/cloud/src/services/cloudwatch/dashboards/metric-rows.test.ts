import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandMetrics } from './metric-rows.ts'

/** Rows as their fields, expressions as their text. */
const fieldsOf = (rows: readonly unknown[]) =>
  expandMetrics(rows).rows.map(row =>
    row.kind === 'expression' ? row.expression : [row.namespace, row.name, ...row.dimensions.flat()],
  )

describe('the shorthands of a metrics array', () => {
  it.each([
    [
      'a dot repeats the field in its place',
      [
        ['AWS/EC2', 'DiskReadBytes', 'InstanceId', 'i-xyz'],
        ['.', 'DiskWriteBytes', '.', '.'],
      ],
      [
        ['AWS/EC2', 'DiskReadBytes', 'InstanceId', 'i-xyz'],
        ['AWS/EC2', 'DiskWriteBytes', 'InstanceId', 'i-xyz'],
      ],
    ],
    [
      'a dot repeats what a dot stood for',
      [
        ['AWS/Lambda', 'Errors', 'FunctionName', 'f'],
        ['.', 'Throttles', '.', '.'],
        ['.', '.', '.', 'g'],
      ],
      [
        ['AWS/Lambda', 'Errors', 'FunctionName', 'f'],
        ['AWS/Lambda', 'Throttles', 'FunctionName', 'f'],
        ['AWS/Lambda', 'Throttles', 'FunctionName', 'g'],
      ],
    ],
    [
      'three dots repeat all that is left out',
      [
        ['AWS/ApiGateway', 'Latency', 'ApiName', 'a', 'Stage', 'prod', { stat: 'p50' }],
        ['...', { stat: 'p90' }],
        ['...', 'test'],
      ],
      [
        ['AWS/ApiGateway', 'Latency', 'ApiName', 'a', 'Stage', 'prod'],
        ['AWS/ApiGateway', 'Latency', 'ApiName', 'a', 'Stage', 'prod'],
        ['AWS/ApiGateway', 'Latency', 'ApiName', 'a', 'Stage', 'test'],
      ],
    ],
    [
      'an expression between two metrics does not count',
      [['App', 'A', { id: 'm1', visible: false }], [{ expression: 'm1 * 2', label: 'Twice' }], ['.', 'B']],
      [['App', 'A'], 'm1 * 2', ['App', 'B']],
    ],
  ])('%s', (_name, rows, expected) => {
    expect(fieldsOf(rows)).toEqual(expected)
    expect(expandMetrics(rows).issues).toEqual([])
  })

  it('keep the options of each row', () => {
    const { rows } = expandMetrics([
      ['App', 'A', 'D', 'v', { stat: 'p99', period: 60, yAxis: 'right', color: '#1f77b4' }],
      ['...', { label: 'again' }],
    ])
    expect(rows.map(({ options }) => options)).toEqual([
      { stat: 'p99', period: 60, yAxis: 'right', color: '#1f77b4' },
      { label: 'again' },
    ])
  })

  it.each([
    [
      'a number among the fields',
      ['App', 'A', 'D', 5],
      '/metrics/0/3',
      'Invalid metric field type, only "String" type is allowed',
    ],
    [
      'two objects',
      ['App', 'A', { stat: 'Sum' }, { D: 'v' }],
      '/metrics/0/2',
      'Invalid metric field type, only "String" type is allowed',
    ],
    [
      'an unknown option',
      ['App', 'A', { dimensions: {} }],
      '/metrics/0',
      'Should NOT have more than 2 items',
    ],
    [
      'a wrong statistic',
      ['App', 'A', 'D', 'v', { stat: 'Sample count' }],
      '/metrics/0',
      'Should NOT have more than 4 items',
    ],
    [
      'a dimension without a value',
      ['App', 'A', 'D', 'v', 'E'],
      '/metrics/0',
      'Should NOT have more than 4 items',
    ],
    ['a namespace alone', ['App'], '/metrics/0', 'Should NOT have fewer than 2 items'],
    [
      'a dot without a metric before',
      ['.', 'A'],
      '/metrics/0/0',
      'Repeat marker "." used but not enough fields in previous metric',
    ],
    [
      'three dots without a metric before',
      ['...', 'v'],
      '/metrics/0/0',
      'Repeat marker "..." used but not enough fields in previous metric',
    ],
    [
      'no array',
      'App',
      '/metrics/0',
      'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
    ],
  ])('refuse %s', (_name, row, dataPath, message) => {
    expect(expandMetrics([row])).toEqual({ rows: [], issues: [{ severity: 'error', dataPath, message }] })
  })

  it('refuse a dot for which the metric before has no field', () => {
    const { issues } = expandMetrics([
      ['App', 'A'],
      ['.', '.', 'D', '.'],
    ])
    expect(issues).toEqual([
      {
        severity: 'error',
        dataPath: '/metrics/1/3',
        message: 'Repeat marker "." used but not enough fields in previous metric',
      },
    ])
  })

  it('are undone in every way to write them', () => {
    const name = fc.constantFrom('a', 'b')
    const full = fc.tuple(fc.constant('Ns'), name, fc.constant('D'), name, fc.constant('E'), name)
    const masks = fc.array(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), {
      minLength: 6,
      maxLength: 6,
    })
    fc.assert(
      fc.property(fc.array(full, { minLength: 1, maxLength: 6 }), masks, (rows, mask) => {
        const short = rows.map((row, index) =>
          row.map((field, at) =>
            index > 0 && mask[index]?.[at] && rows[index - 1]?.[at] === field ? '.' : field,
          ),
        )
        expect(fieldsOf(short)).toEqual(rows)
      }),
    )
  })

  it('never throw, whatever the rows', () => {
    fc.assert(fc.property(fc.array(fc.anything()), rows => void expandMetrics(rows)))
  })
})
