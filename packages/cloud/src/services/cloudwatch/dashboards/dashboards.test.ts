import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'
import { createStore } from '../../../kernel/store.ts'
import { checkBody } from './body.ts'
import { createDashboardRoom } from './index.ts'

const contextOf = (region: string, account = '123456789012'): RequestContext => ({
  scope: { account, region },
  identity: { account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
})
const CONTEXT = contextOf('us-east-1')
const NOW = Date.UTC(2030, 0, 1)

const open = (directory?: string) => {
  const clock = createClock()
  clock.step(NOW)
  const store = createStore(directory)
  onTestFinished(() => {
    clock.close()
    store.close()
  })
  const { operations, resources } = createDashboardRoom({ store, clock })
  return {
    resources,
    put: async (DashboardName: string, DashboardBody: string, context = CONTEXT) =>
      operations.PutDashboard({ DashboardName, DashboardBody, Tags: undefined }, context),
    get: async (DashboardName: string, context = CONTEXT) =>
      operations.GetDashboard({ DashboardName }, context),
    list: async (input: { DashboardNamePrefix?: string; NextToken?: string } = {}, context = CONTEXT) =>
      operations.ListDashboards({ DashboardNamePrefix: undefined, NextToken: undefined, ...input }, context),
    remove: async (...DashboardNames: string[]) => operations.DeleteDashboards({ DashboardNames }, CONTEXT),
  }
}

const EMPTY = '{"widgets":[]}'

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

describe('a dashboard', () => {
  it('is kept to the byte, in all regions of its account, and survives a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-dashboards-'))
    const body = `  ${JSON.stringify(EVERYTHING, null, 1)}\n`
    const first = open(directory)
    expect(await first.put('main', body)).toEqual({ DashboardValidationMessages: [] })
    const second = open(directory)
    expect(await second.get('main', contextOf('eu-west-1'))).toEqual({
      DashboardArn: 'arn:aws:cloudwatch::123456789012:dashboard/main',
      DashboardBody: body,
      DashboardName: 'main',
    })
    expect(await second.list({}, contextOf('eu-west-1'))).toEqual({
      DashboardEntries: [
        {
          DashboardName: 'main',
          DashboardArn: 'arn:aws:cloudwatch::123456789012:dashboard/main',
          LastModified: new Date(NOW),
          Size: body.length,
        },
      ],
    })
    await expect(second.get('main', contextOf('us-east-1', '210987654321'))).rejects.toMatchObject({
      code: 'DashboardNotFoundError',
      message: 'Dashboard main does not exist',
    })
  })

  it('is stored with warnings about what has no effect', async () => {
    const { put, get } = open()
    const body =
      '{"widgets":[{"type":"text","colour":"red","properties":{"markdown":"x","size":3}}],"theme":1}'
    expect(await put('warned', body)).toEqual({
      DashboardValidationMessages: [
        {
          DataPath: '/widgets/0',
          Message: 'The "colour" property is not expected to be part of a widget definition, will be ignored',
        },
        { DataPath: '', Message: 'The "theme" property is not expected, will be ignored' },
        {
          DataPath: '/widgets/0/properties',
          Message: 'The "size" property is not expected to be part of a widget definition, will be ignored',
        },
      ],
    })
    expect((await get('warned')).DashboardBody).toBe(body)
  })

  it('is refused with every error of its body and their paths, as JSON', async () => {
    const { put, list } = open()
    const bad = (metrics: unknown) => ({ type: 'metric', properties: { region: 'us-east-1', metrics } })
    const body = JSON.stringify({
      widgets: [
        bad([
          ['A', 'B'],
          ['.', 'C', { stat: 'Sum', dimensions: { D: 'v' } }],
        ]),
        { ...bad([['A', 'B']]), type: 'metrics' },
      ],
    })
    await expect(put('bad', body)).rejects.toMatchObject({
      code: 'DashboardInvalidInputError',
      message: `The dashboard body is invalid, there are 2 validation errors:
[
  {
    "dataPath": "/widgets/1/type",
    "message": "Should be one of the allowed values"
  },
  {
    "dataPath": "/widgets/0/properties/metrics/1",
    "message": "Should NOT have more than 2 items"
  }
]`,
      fields: {
        dashboardValidationMessages: [
          { DataPath: '/widgets/1/type', Message: 'Should be one of the allowed values' },
          { DataPath: '/widgets/0/properties/metrics/1', Message: 'Should NOT have more than 2 items' },
        ],
      },
    })
    expect((await list()).DashboardEntries).toEqual([])
  })

  it.each(['a b', 'ü', '../x', ''])('cannot be called %j', async name => {
    await expect(open().put(name, EMPTY)).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message:
        'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n',
    })
  })

  it.each(['', 'x', '{"widgets":[}'])('cannot have the body %j', async body => {
    await expect(open().put('d', body)).rejects.toMatchObject({
      code: 'DashboardInvalidInputError',
      message: 'The field DashboardBody must be a valid JSON object',
    })
  })

  it('is deleted with others or, where one does not exist, not at all', async () => {
    const { put, remove, list } = open()
    for (const name of ['a', 'b', 'c']) await put(name, EMPTY)
    const names = async () => (await list()).DashboardEntries?.map(({ DashboardName }) => DashboardName)
    await expect(remove('a', 'x')).rejects.toMatchObject({ code: 'DashboardNotFoundError' })
    expect(await names()).toEqual(['a', 'b', 'c'])
    await remove('a', 'c')
    expect(await names()).toEqual(['b'])
  })

  it('is found by prefix, a thousand a page', async () => {
    const { put, list } = open()
    for (let n = 0; n < 1_001; n++) await put(`d${String(n).padStart(4, '0')}`, EMPTY)
    await put('other', EMPTY)
    const first = await list({ DashboardNamePrefix: 'd' })
    expect(first.DashboardEntries).toHaveLength(1_000)
    const second = await list({ DashboardNamePrefix: 'd', NextToken: first.NextToken ?? '' })
    expect(second.DashboardEntries?.map(({ DashboardName }) => DashboardName)).toEqual(['d1000'])
    expect(second.NextToken).toBeUndefined()
    await expect(list({ NextToken: '??' })).rejects.toMatchObject({ code: 'InvalidParameterValueException' })
  })
})

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

describe('AWS::CloudWatch::Dashboard', () => {
  const request = (properties: Record<string, unknown>): ResourceRequest => ({
    scope: CONTEXT.scope,
    stackName: 'stack',
    stackId: 'arn',
    logicalId: 'Main',
    properties,
    metadata: {},
    generateName: () => 'stack-Main-ABC',
    progress: () => {},
  })

  it('is made, changed in place, replaced where its name changes, and deleted', async () => {
    const { resources, get, list } = open()
    const type = resources['AWS::CloudWatch::Dashboard']
    const before = { DashboardBody: EMPTY }
    const state = await type?.create(request(before))
    if (!type || !state) throw new Error('no resource')
    expect(state).toEqual({ physicalId: 'stack-Main-ABC', attributes: {} })
    const after = { DashboardBody: '{"widgets": []}' }
    expect(await type.update?.(request(after), { ...state, properties: before })).toEqual(state)
    expect((await get('stack-Main-ABC')).DashboardBody).toBe('{"widgets": []}')
    const renamed = { ...after, DashboardName: 'named' }
    expect(await type.update?.(request(renamed), { ...state, properties: after })).toBe('replace')
    await type.delete(CONTEXT.scope, state, after)
    await type.delete(CONTEXT.scope, state, after)
    expect((await list()).DashboardEntries).toEqual([])
  })
})
