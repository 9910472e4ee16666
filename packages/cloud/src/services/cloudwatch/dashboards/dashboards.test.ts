import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'
import { createStore } from '../../../kernel/store.ts'
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
  const { operations, resources, findTaggable } = createDashboardRoom({ store, clock })
  return {
    resources,
    tags: (name: string) =>
      findTaggable(CONTEXT.scope, {
        partition: 'aws',
        service: 'cloudwatch',
        region: '',
        account: CONTEXT.scope.account,
        resource: `dashboard/${name}`,
      })?.tags,
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

describe('a dashboard', () => {
  it('is kept to the byte, in all regions of its account, and survives a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-dashboards-'))
    const body = '  {"widgets": [ {"type":"text","properties":{"markdown":"x"}} ]}\n'
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

  it('has the tags that its template says at last', async () => {
    const { resources, tags } = open()
    const type = resources['AWS::CloudWatch::Dashboard']
    const before = { DashboardBody: EMPTY, Tags: [{ Key: 'stack', Value: 'a' }] }
    const state = await type?.create(request(before))
    if (!type || !state) throw new Error('no resource')
    expect(tags('stack-Main-ABC')).toEqual({ stack: 'a' })
    const after = { DashboardBody: EMPTY, Tags: [{ Key: 'stage', Value: 1 }] }
    await type.update?.(request(after), { ...state, properties: before })
    expect(tags('stack-Main-ABC')).toEqual({ stage: '1' })
    await type.update?.(request({ DashboardBody: EMPTY }), { ...state, properties: after })
    expect(tags('stack-Main-ABC')).toEqual({})
    const wrong = { DashboardBody: EMPTY, Tags: { stage: 'x' } }
    expect(() => type.create(request(wrong))).toThrow('#/Tags: expected type: JSONArray')
  })
})
