import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkBody } from './body.ts'

/** One widget of each kind, as the documentation has them. */
const EVERYTHING = {
  start: '-PT8H',
  periodOverride: 'inherit',
  variables: [
    {
      type: 'property',
      property: 'FunctionName',
      inputType: 'select',
      id: 'fn',
      label: 'Function',
      search: '{AWS/Lambda,FunctionName}',
      populateFrom: 'FunctionName',
    },
    {
      type: 'pattern',
      pattern: 'us-east-1',
      inputType: 'radio',
      id: 'r',
      values: [{ value: 'a', label: 'A' }],
    },
  ],
  widgets: [
    {
      type: 'metric',
      x: 0,
      y: 0,
      width: 12,
      height: 6,
      properties: {
        region: 'us-east-1',
        view: 'timeSeries',
        stacked: false,
        period: 60,
        stat: 'p90',
        title: 'Latency',
        legend: { position: 'right' },
        metrics: [
          [{ expression: 'm1 / m2 * 100', label: 'Errors', id: 'e1' }],
          ['AWS/Lambda', 'Errors', 'FunctionName', 'f', { id: 'm1', visible: false }],
          ['.', 'Invocations', '.', '.', { id: 'm2', yAxis: 'right', color: '#1f77b4' }],
        ],
        yAxis: { left: { min: 0, label: 'ms', showUnits: false } },
        annotations: {
          horizontal: [
            { value: 200, label: 'SLA', fill: 'above', color: '#d62728' },
            [
              { value: 10, label: 'low' },
              { value: 20, label: 'high' },
            ],
          ],
          vertical: [{ value: '2030-01-01T00:00:00Z', label: 'New year', fill: 'after' }],
        },
      },
    },
    {
      type: 'metric',
      properties: {
        region: 'us-east-1',
        view: 'gauge',
        metrics: [['App', 'Load']],
        yAxis: { left: { min: 0, max: 100 } },
      },
    },
    {
      type: 'metric',
      properties: { region: 'us-east-1', annotations: { alarms: ['arn:aws:cloudwatch:a'] } },
    },
    { type: 'text', properties: { markdown: '# Hello', background: 'transparent' } },
    {
      type: 'log',
      properties: { region: 'us-east-1', query: "SOURCE 'a' | fields @message", view: 'table' },
    },
    { type: 'alarm', properties: { alarms: ['arn:aws:cloudwatch:a'], sortBy: 'default', states: ['ALARM'] } },
    {
      type: 'explorer',
      properties: {
        metrics: [{ metricName: 'CPUUtilization', resourceType: 'AWS::EC2::Instance', stat: 'Average' }],
        labels: [{ key: 'Team', value: 'ml' }],
        aggregateBy: { key: '*', func: 'AVG' },
        widgetOptions: {
          legend: { position: 'bottom' },
          view: 'timeSeries',
          rowsPerPage: 1,
          widgetsPerRow: 2,
        },
        period: 300,
      },
    },
    {
      type: 'custom',
      properties: { endpoint: 'arn:aws:lambda:f', params: { a: [1] }, updateOn: { refresh: true } },
    },
    { type: 'chart', properties: { anything: true } },
  ],
}

describe('the body of a dashboard', () => {
  const widget = (type: string, properties: object) => ({ widgets: [{ type, properties }] })
  const metric = (properties: object) =>
    widget('metric', { region: 'r', metrics: [['A', 'B']], ...properties })

  it.each([
    ['no widgets', {}, '', "Should have required property 'widgets'"],
    ['widgets that are none', { widgets: {} }, '/widgets', 'Should be array'],
    ['an array', [], '', 'Should be object'],
    [
      'a widget without a type',
      { widgets: [{ properties: {} }] },
      '/widgets/0',
      "Should have required property 'type'",
    ],
    [
      'a width of 25',
      { widgets: [{ type: 'text', width: 25, properties: { markdown: '' } }] },
      '/widgets/0/width',
      'Should be <= 24',
    ],
    [
      'a height of 1.5',
      { widgets: [{ type: 'text', height: 1.5, properties: { markdown: '' } }] },
      '/widgets/0/height',
      'Should be integer',
    ],
    [
      'x without y',
      { widgets: [{ type: 'text', x: 1, properties: { markdown: '' } }] },
      '/widgets/0',
      'Should have property y when property x is present',
    ],
    [
      'a text without markdown',
      widget('text', {}),
      '/widgets/0/properties',
      "Should have required property 'markdown'",
    ],
    [
      'a metric without a region',
      widget('metric', { metrics: [] }),
      '/widgets/0/properties',
      "Should have required property 'region'",
    ],
    [
      'a metric without metrics',
      widget('metric', { region: 'r' }),
      '/widgets/0/properties',
      "Should have required property 'metrics'",
    ],
    [
      'an unknown view',
      metric({ view: 'donut' }),
      '/widgets/0/properties/view',
      'Should be one of the allowed values',
    ],
    [
      'a period of 90 s',
      metric({ period: 90 }),
      '/widgets/0/properties/period',
      'Should be one of the allowed values',
    ],
    [
      'a gauge without a maximum',
      metric({ view: 'gauge', yAxis: { left: { min: 0 } } }),
      '/widgets/0/properties/yAxis/left',
      "Should have required property 'max'",
    ],
    [
      'an annotation without a value',
      metric({ annotations: { horizontal: [{ label: 'x' }] } }),
      '/widgets/0/properties/annotations/horizontal/0',
      "Should have required property 'value'",
    ],
    [
      'a band with one side',
      metric({ annotations: { horizontal: [[{ value: 1 }]] } }),
      '/widgets/0/properties/annotations/horizontal/0',
      'Should NOT have fewer than 2 items',
    ],
    [
      'a vertical annotation at no time',
      metric({ annotations: { vertical: [{ value: 'now' }] } }),
      '/widgets/0/properties/annotations/vertical/0/value',
      'Should be one of the allowed values',
    ],
    [
      'alarms beside metrics',
      metric({ annotations: { alarms: ['arn'] } }),
      '/widgets/0/properties',
      'Should match exactly one schema in oneOf',
    ],
    [
      'a log without a query',
      widget('log', { region: 'r' }),
      '/widgets/0/properties',
      "Should have required property 'query'",
    ],
    [
      'an end without a start',
      { widgets: [], end: '2030-01-01T00:00:00Z' },
      '',
      'Should have property start when property end is present',
    ],
    [
      'a relative start of 5 seconds',
      { widgets: [], start: '-PT5S' },
      '/start',
      'Should be one of the allowed values',
    ],
    [
      'a property variable without its property',
      { widgets: [], variables: [{ type: 'property', inputType: 'input', id: 'x' }] },
      '/variables/0',
      "Should have required property 'property'",
    ],
    [
      '501 widgets',
      { widgets: Array.from({ length: 501 }, () => ({ type: 'text', properties: { markdown: '' } })) },
      '/widgets',
      'Should NOT have more than 500 items',
    ],
  ])('may not have %s', (_name, body, dataPath, message) => {
    expect(checkBody(body)).toEqual([{ severity: 'error', dataPath, message }])
  })

  it('may have at most 2,500 metrics', () => {
    const many = (count: number) => ({
      widgets: Array.from({ length: 6 }, () => ({
        type: 'metric',
        properties: { region: 'r', metrics: Array.from({ length: count }, () => ['A', 'B']) },
      })),
    })
    expect(checkBody(many(416))).toEqual([])
    expect(checkBody(many(417))).toEqual([
      { severity: 'error', dataPath: '', message: 'Should NOT have more than 2500 metrics' },
    ])
  })

  it('of the documentation is right', () => {
    expect(checkBody(EVERYTHING)).toEqual([])
  })

  it('never breaks the check', () => {
    const part = fc.jsonValue()
    const random = fc.record({
      widgets: fc.array(
        fc.record({
          type: fc.constantFrom('metric', 'log', 'x'),
          properties: fc.record(
            { metrics: part, annotations: part, yAxis: part, view: fc.constantFrom('gauge', 1) },
            { requiredKeys: [] },
          ),
        }),
      ),
      start: part,
      variables: part,
    })
    fc.assert(fc.property(random, body => void checkBody(body)))
    fc.assert(fc.property(part, body => void checkBody(body)))
  })
})
