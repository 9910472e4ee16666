import { describe, expect, it } from 'vitest'
import type { QueryResult } from '../queries/query-evaluator.ts'
import { readTime } from './time-range.ts'
import { readWidget } from './widget.ts'
import { chartOf, queriesOf } from './widget-chart.ts'

const NOW = Date.UTC(2030, 0, 15, 12)
const HOUR = 3_600_000
const SCOPE = { account: '123456789012', region: 'us-east-1' }
const METRICS = [['App', 'Latency', 'Api', 'a']]

const read = (properties: object) => readWidget(JSON.stringify(properties), NOW)

describe('a metric widget', () => {
  it('has defaults', () => {
    expect(read({ metrics: METRICS })).toMatchObject({
      range: { start: NOW - 3 * HOUR, end: NOW },
      width: 600,
      height: 400,
      view: 'timeSeries',
      stacked: false,
      theme: 'light',
      period: 300,
      stat: 'Average',
      legend: 'bottom',
    })
  })

  it('becomes queries, with ids for rows that have none', () => {
    const widget = read({
      metrics: [
        [{ expression: 'row_1 + m2', label: 'both', id: 'e1' }],
        ['App', 'A', 'D', 'v', { id: 'row_1', visible: false }],
        ['.', 'B', '.', '.', { id: 'm2', stat: 'p90', period: 60 }],
        ['...', 'w'],
      ],
      stat: 'Sum',
    })
    const metric = (name: string, value: string, Period: number, Stat: string) => ({
      MetricStat: {
        Metric: { Namespace: 'App', MetricName: name, Dimensions: [{ Name: 'D', Value: value }] },
        Period,
        Stat,
      },
    })
    expect(queriesOf(widget, SCOPE)).toEqual([
      { Id: 'e1', Expression: 'row_1 + m2', Label: 'both', Period: 300, ReturnData: true },
      { Id: 'row_1', ReturnData: false, ...metric('A', 'v', 300, 'Sum') },
      { Id: 'm2', ReturnData: true, ...metric('B', 'v', 60, 'p90') },
      { Id: 'row_3', ReturnData: true, ...metric('B', 'w', 300, 'Sum') },
    ])
  })

  it('shows what its rows come to: hidden ones left out, bands as bands, colours kept', () => {
    const widget = read({
      metrics: [
        ['App', 'A', { id: 'm1', color: '#123456', yAxis: 'right' }],
        [{ expression: 'ANOMALY_DETECTION_BAND(m1, 2)', id: 'ad1' }],
        [{ expression: "SEARCH('x', 'Sum', 60)", id: 's1' }],
        ['App', 'B', { id: 'm2', visible: false }],
      ],
    })
    const line = (label: string, value: number) => ({
      label,
      period: 300,
      timestamps: [NOW - HOUR],
      values: [value],
    })
    const results: QueryResult[] = [
      { id: 'm1', series: [{ ...line('A', 1), unit: 'Count' }], messages: [] },
      { id: 'ad1', series: [line('ad1', 9), line('ad1', 3)], messages: [] },
      { id: 's1', series: [line('one', 1), line('two', 2)], messages: [] },
      { id: 'm2', series: [line('B', 1)], messages: [] },
    ]
    const { series, bands } = chartOf(widget, results)
    expect(series.map(({ label, color, side, unit }) => [label, color, side, unit])).toEqual([
      ['A', '#123456', 'right', 'Count'],
      ['one', '#e08a00', 'left', undefined],
      ['two', '#009e73', 'left', undefined],
    ])
    expect(bands).toMatchObject([{ label: 'ad1', upper: [9], lower: [3] }])
  })

  it.each([
    ['an array', [], 'The parameter MetricWidget must be a valid JSON object.'],
    ['no metrics', {}, "Should have required property 'metrics'"],
    ['no rows', { metrics: [] }, 'Should NOT have fewer than 1 items'],
    [
      '101 rows',
      { metrics: Array.from({ length: 101 }, () => ['A', 'B']) },
      'Should NOT have more than 100 items',
    ],
    ['a width of 2001', { metrics: METRICS, width: 2001 }, 'Should be <= 2000'],
    ['a height of 0', { metrics: METRICS, height: 0 }, 'Should be >= 1'],
    ['an unknown word', { metrics: METRICS, colour: 'red' }, "Should NOT have additional property 'colour'"],
    ['an unknown theme', { metrics: METRICS, theme: 'blue' }, 'Should be one of the allowed values'],
    ['a gauge without ends', { metrics: METRICS, view: 'gauge' }, "Should have required property 'yAxis'"],
    ['a start that is no time', { metrics: METRICS, start: 'yesterday' }, 'Should be a time'],
    [
      'an end before its start',
      { metrics: METRICS, start: '-PT1H', end: '-PT2H' },
      'The parameter start must be less than the parameter end of the metric widget.',
    ],
    ['a row that is none', { metrics: [['App']] }, 'Should NOT have fewer than 2 items'],
  ])('may not have or be %s', (_name, properties, message) => {
    expect(() => read(properties)).toThrow(
      expect.objectContaining({ code: 'ValidationException', message: expect.stringContaining(message) }),
    )
  })

  it('is no text that is not JSON', () => {
    expect(() => readWidget('{', NOW)).toThrow('The parameter MetricWidget must be a valid JSON object.')
  })

  it.each([
    ['a table', { view: 'table' }, 'A metric widget image with the view table'],
    [
      'a period as long as the range',
      { setPeriodToTimeRange: true },
      'A metric widget image with setPeriodToTimeRange',
    ],
    ['an alarm', { annotations: { alarms: ['arn'] } }, 'A metric widget image with annotations.alarms'],
  ])('is refused by name where it asks for %s', (_name, properties, what) => {
    expect(() => read({ metrics: METRICS, ...properties })).toThrow(
      expect.objectContaining({ code: 'NotImplemented', message: `${what} is not implemented by Sonde.` }),
    )
  })

  it('of another account or region is refused by name', () => {
    const widget = (options: object) => read({ metrics: [['App', 'A', options]] })
    expect(() => queriesOf(widget({ accountId: '999999999999' }), SCOPE)).toThrow('another account')
    expect(() => queriesOf(widget({ region: 'eu-west-1' }), SCOPE)).toThrow('several regions')
    const whole = read({ metrics: METRICS, accountId: '999999999999' })
    expect(() => queriesOf(whole, SCOPE)).toThrow('another account (999999999999)')
    const own = read({
      metrics: [['App', 'A', { accountId: SCOPE.account }]],
      accountId: '999999999999',
    })
    expect(queriesOf(own, SCOPE)).toHaveLength(1)
  })

  it('has vertical lines at UTC where they name no zone, whatever the zone of the machine', () => {
    const machine = process.env.TZ
    process.env.TZ = 'Asia/Tokyo'
    try {
      const vertical = [
        { value: '2030-01-15T11:00:00' },
        [{ value: '2030-01-15T11:00' }, { value: '2030-01-15T12:00:00+01:00' }],
      ]
      const { vertical: drawn } = chartOf(read({ metrics: METRICS, annotations: { vertical } }), [])
      expect(drawn).toMatchObject([{ time: NOW - HOUR }, { time: NOW - HOUR, to: { time: NOW - HOUR } }])
    } finally {
      if (machine === undefined) delete process.env.TZ
      else process.env.TZ = machine
    }
  })
})

describe('a time', () => {
  it.each([
    ['-PT3H', NOW - 3 * HOUR],
    ['PT0H', NOW],
    ['-PT0H', NOW],
    ['-P1D', NOW - 24 * HOUR],
    ['-P1DT12H', NOW - 36 * HOUR],
    ['-P2W', NOW - 14 * 24 * HOUR],
    ['-P3M', Date.UTC(2029, 9, 15, 12)],
    ['-PT90M', NOW - 1.5 * HOUR],
    ['2030-01-15T11:00:00.000Z', NOW - HOUR],
    ['2030-01-15T11:00:00', NOW - HOUR],
    ['2030-01-15T12:00:00+01:00', NOW - HOUR],
    ['2030-01-15', NOW - 12 * HOUR],
    ['P', undefined],
    ['3H', undefined],
    ['2030-13-45T00:00:00Z', undefined],
    ['2030-04-31T00:00:00Z', undefined],
    ['', undefined],
  ])('%j is read', (text, time) => {
    expect(readTime(text, NOW)).toBe(time)
  })
})
