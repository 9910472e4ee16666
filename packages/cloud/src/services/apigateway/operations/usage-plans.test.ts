import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  type CreateUsagePlanRequest,
  DeleteApiKeyCommand,
  DeleteStageCommand,
  DeleteUsagePlanCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  type GetApiKeysRequest,
  GetTagsCommand,
  GetUsageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeyCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  ImportApiKeysCommand,
  type PatchOperation,
  TagResourceCommand,
  TestInvokeMethodCommand,
  UntagResourceCommand,
  UpdateApiKeyCommand,
  UpdateUsageCommand,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { BAD_REQUEST, CONFLICT, NOT_FOUND } from '../testing/errors.ts'
import { NOW, startGateway, type TestGateway } from '../testing/gateway.ts'
import { subscribe, usageOf } from '../testing/plans.ts'

let gateway: TestGateway
let send: TestGateway['client']['send']

beforeEach(async () => {
  const started = await startGateway()
  gateway = started
  send = started.client.send.bind(started.client)
  onTestFinished(() => started.close())
})

const deployed = async () => {
  const { restApiId, key } = await createApi(gateway, { method: { apiKeyRequired: true } })
  await deploy(gateway, restApiId)
  return { restApiId, key }
}

const patchPlan = (usagePlanId: string, ...patchOperations: PatchOperation[]) =>
  send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }))

describe('API keys', () => {
  it('have a value of 40 characters that is shown where it is asked for', async () => {
    const created = await send(
      new CreateApiKeyCommand({ name: 'ada', description: 'first', customerId: 'c1', tags: { team: 'ml' } }),
    )
    expect(created).toMatchObject({
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      value: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      name: 'ada',
      description: 'first',
      customerId: 'c1',
      enabled: false,
      createdDate: new Date(NOW),
      stageKeys: [],
      tags: { team: 'ml' },
    })
    const apiKey = created.id ?? ''
    expect(await send(new GetApiKeyCommand({ apiKey }))).not.toHaveProperty('value')
    expect((await send(new GetApiKeyCommand({ apiKey, includeValue: true }))).value).toBe(created.value)
    expect((await send(new GetApiKeysCommand({}))).items?.[0]).not.toHaveProperty('value')
    const { items = [] } = await send(new GetApiKeysCommand({ includeValues: true }))
    expect(items.map(({ value }) => value)).toEqual([created.value])
  })

  it('are found by the start of their name and by customer, page by page', async () => {
    for (const name of ['ada-1', 'ada-2', 'bob']) {
      await send(new CreateApiKeyCommand({ name, customerId: name === 'ada-2' ? 'c' : 'd' }))
    }
    const names = async (input: GetApiKeysRequest) =>
      (await send(new GetApiKeysCommand(input))).items?.map(({ name }) => name)
    expect(await names({ nameQuery: 'ada' })).toEqual(['ada-1', 'ada-2'])
    expect(await names({ customerId: 'c' })).toEqual(['ada-2'])
    const { items, position } = await send(new GetApiKeysCommand({ limit: 2 }))
    expect(items).toHaveLength(2)
    expect(await names({ position })).toEqual(['bob'])
    await expect(names({ position: 'x' })).rejects.toMatchObject(BAD_REQUEST)
  })

  it('are changed and deleted', async () => {
    const { restApiId } = await deployed()
    const { id: apiKey = '' } = await send(new CreateApiKeyCommand({ name: 'ada' }))
    const updated = await send(
      new UpdateApiKeyCommand({
        apiKey,
        patchOperations: [
          { op: 'replace', path: '/name', value: 'bob' },
          { op: 'replace', path: '/enabled', value: 'true' },
          { op: 'add', path: '/stages', value: `${restApiId}/prod` },
        ],
      }),
    )
    expect(updated).toMatchObject({ name: 'bob', enabled: true, stageKeys: [`${restApiId}/prod`] })
    for (const patch of [
      { op: 'replace', path: '/value', value: 'x'.repeat(20) },
      { op: 'add', path: '/stages', value: 'nope/prod' },
    ] as const) {
      await expect(send(new UpdateApiKeyCommand({ apiKey, patchOperations: [patch] }))).rejects.toMatchObject(
        { name: expect.stringMatching(/BadRequest|NotFound/) },
      )
    }
    await send(new DeleteApiKeyCommand({ apiKey }))
    await expect(send(new GetApiKeyCommand({ apiKey }))).rejects.toMatchObject({
      ...NOT_FOUND,
      message: 'Invalid API Key identifier specified',
    })
  })

  it.each([
    ['x'.repeat(19), BAD_REQUEST, 'API Key value should be at least 20 characters'],
    ['x'.repeat(129), BAD_REQUEST, 'API Key value should be at most 128 characters'],
    ['key with blanks in its value', BAD_REQUEST, 'printable ASCII'],
    ['taken-taken-taken-taken', CONFLICT, 'API Key already exists'],
  ])('refuse the value %j', async (value, error, message) => {
    await send(new CreateApiKeyCommand({ value: 'taken-taken-taken-taken' }))
    await expect(send(new CreateApiKeyCommand({ value }))).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining(message),
    })
  })

  it('are imported from a file, with what is wrong told', async () => {
    const { id: plan = '' } = await send(new CreateUsagePlanCommand({ name: 'basic' }))
    const file = `Name,key,description,Enabled,usageplanIds
ada,${'a'.repeat(20)},"one, two",TRUE,${plan}
bob,short,,false,
eve,${'e'.repeat(20)},,false,nope`
    const importKeys = (failOnWarnings: boolean) =>
      send(new ImportApiKeysCommand({ body: Buffer.from(file), format: 'csv', failOnWarnings }))
    await expect(importKeys(true)).rejects.toMatchObject(BAD_REQUEST)
    expect((await send(new GetApiKeysCommand({}))).items).toEqual([])
    const { ids = [], warnings } = await importKeys(false)
    expect(warnings).toEqual([
      'bob: API Key value should be at least 20 characters',
      'eve: Invalid Usage Plan ID specified',
    ])
    const { items = [] } = await send(new GetApiKeysCommand({ includeValues: true }))
    expect(
      items.map(({ id, name, value, enabled, description }) => [id, name, value, enabled, description]),
    ).toEqual([
      [ids[0], 'ada', 'a'.repeat(20), true, 'one, two'],
      [ids[1], 'eve', 'e'.repeat(20), false, undefined],
    ])
    const { items: keys } = await send(new GetUsagePlanKeysCommand({ usagePlanId: plan }))
    expect(keys).toMatchObject([{ id: ids[0], type: 'API_KEY', name: 'ada' }])
    const bad = new ImportApiKeysCommand({ body: Buffer.from('name,colour\n'), format: 'csv' })
    await expect(send(bad)).rejects.toThrow('unknown column colour')
  })
})

describe('usage plans', () => {
  it('are made with all they have, listed, and changed path by path', async () => {
    const { restApiId } = await deployed()
    const created = await send(
      new CreateUsagePlanCommand({
        name: 'basic',
        description: 'for all',
        apiStages: [
          {
            apiId: restApiId,
            stage: 'prod',
            throttle: { '/predict/POST': { rateLimit: 1.5, burstLimit: 2 } },
          },
        ],
        throttle: { rateLimit: 10, burstLimit: 20 },
        quota: { limit: 100, period: 'WEEK' },
        tags: { a: 'b' },
      }),
    )
    const usagePlanId = created.id ?? ''
    const { $metadata: _created, ...plan } = created
    expect(plan).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{6}$/),
      name: 'basic',
      description: 'for all',
      apiStages: [
        {
          apiId: restApiId,
          stage: 'prod',
          throttle: { '/predict/POST': { rateLimit: 1.5, burstLimit: 2 } },
        },
      ],
      throttle: { rateLimit: 10, burstLimit: 20 },
      quota: { limit: 100, offset: 0, period: 'WEEK' },
      tags: { a: 'b' },
    })
    expect((await send(new GetUsagePlansCommand({}))).items).toEqual([plan])

    const stage = `${restApiId}:prod`
    const changed = await patchPlan(
      usagePlanId,
      { op: 'replace', path: '/name', value: 'gold' },
      { op: 'replace', path: '/throttle/rateLimit', value: '0.5' },
      { op: 'replace', path: '/quota/limit', value: '500' },
      { op: 'replace', path: '/quota/offset', value: '3' },
      { op: 'replace', path: '/quota/period', value: 'MONTH' },
      { op: 'add', path: `/apiStages/${stage}/throttle/~1predict/POST/rateLimit`, value: '7' },
    )
    expect(changed).toMatchObject({
      name: 'gold',
      throttle: { rateLimit: 0.5, burstLimit: 20 },
      quota: { limit: 500, offset: 3, period: 'MONTH' },
      apiStages: [{ throttle: { '/predict/POST': { rateLimit: 7, burstLimit: 2 } } }],
    })
    const bare = await patchPlan(
      usagePlanId,
      { op: 'remove', path: `/apiStages/${stage}/throttle/~1predict/POST` },
      { op: 'remove', path: '/throttle' },
      { op: 'remove', path: '/quota' },
    )
    expect(bare.apiStages).toEqual([{ apiId: restApiId, stage: 'prod' }])
    expect(bare).not.toHaveProperty('throttle')
    expect(bare).not.toHaveProperty('quota')

    await expect(send(new DeleteUsagePlanCommand({ usagePlanId }))).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including ${stage}`,
    })
    await patchPlan(usagePlanId, { op: 'remove', path: '/apiStages', value: stage })
    await send(new DeleteUsagePlanCommand({ usagePlanId }))
    await expect(send(new GetUsagePlanCommand({ usagePlanId }))).rejects.toMatchObject({
      ...NOT_FOUND,
      message: 'Invalid Usage Plan ID specified',
    })
  })

  it.each<[string, Partial<CreateUsagePlanRequest>, object]>([
    [
      'Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]',
      { quota: { limit: 1 } },
      BAD_REQUEST,
    ],
    ['Usage Plan quota limit must be a non-negative numeric', { quota: { period: 'DAY' } }, BAD_REQUEST],
    ['quota limit must be a non-negative numeric', { quota: { limit: 0, period: 'DAY' } }, BAD_REQUEST],
    [
      'Usage Plan quota offset must be zero in the DAY period',
      { quota: { limit: 1, offset: 1, period: 'DAY' } },
      BAD_REQUEST,
    ],
    [
      'Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period',
      { quota: { limit: 9, offset: 7, period: 'WEEK' } },
      BAD_REQUEST,
    ],
    ['rate limit must be', { throttle: { rateLimit: -1 } }, BAD_REQUEST],
    ['burst limit must be', { throttle: { rateLimit: 1, burstLimit: 1.5 } }, BAD_REQUEST],
    ['API Stage not found: nope:prod', { apiStages: [{ apiId: 'nope', stage: 'prod' }] }, NOT_FOUND],
    ['Usage plan name must be specified', { name: '' }, BAD_REQUEST],
  ])('are refused: %s', async (message, input, error) => {
    await expect(send(new CreateUsagePlanCommand({ name: 'basic', ...input }))).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining(message),
    })
    expect((await send(new GetUsagePlansCommand({}))).items).toEqual([])
  })

  it('refuse patches that they do not know, naming those that there are', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId } = await subscribe(gateway, restApiId, { quota: { limit: 1, period: 'DAY' } })
    const stage = `${restApiId}:prod`
    const cases: ReadonlyArray<readonly [PatchOperation, string]> = [
      [
        { op: 'remove', path: `/apiStages/${stage}` },
        `Invalid patch path  '/apiStages/${stage}' specified for op 'remove'. Must be one of: [/apiStages, /quota,`,
      ],
      [{ op: 'remove', path: '/apiStages' }, 'Invalid API Stage specified'],
      [{ op: 'remove', path: '/apiStages', value: 'a:b' }, 'API Stage not found: a:b'],
      [{ op: 'replace', path: '/quota/period', value: 'YEAR' }, 'Invalid Usage Plan quota period'],
      [{ op: 'replace', path: '/quota/limit', value: 'many' }, 'quota limit must be'],
      [{ op: 'replace', path: '/throttle/burstLimit', value: '1.5' }, 'burst limit must be'],
      [{ op: 'replace', path: '/colour', value: 'red' }, "Invalid patch path  '/colour'"],
      [
        { op: 'replace', path: `/apiStages/${stage}/throttle/~1nope/GET/rateLimit`, value: '1' },
        'Invalid method {resourcePath: /nope,method: GET} specified',
      ],
    ]
    for (const [patch, message] of cases) {
      await expect(patchPlan(usagePlanId, patch)).rejects.toThrow(message)
    }
    expect(await send(new GetUsagePlanCommand({ usagePlanId }))).toMatchObject({
      quota: { limit: 1, period: 'DAY' },
      apiStages: [{ apiId: restApiId, stage: 'prod' }],
    })
  })

  it('lose a stage that is deleted', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId } = await subscribe(gateway, restApiId)
    await send(new DeleteStageCommand({ restApiId, stageName: 'prod' }))
    expect((await send(new GetUsagePlanCommand({ usagePlanId }))).apiStages).toEqual([])
  })

  it('and keys have tags', async () => {
    const { id: plan } = await send(new CreateUsagePlanCommand({ name: 'basic' }))
    const { id: key } = await send(new CreateApiKeyCommand({ name: 'ada' }))
    for (const resourceArn of [
      `arn:aws:apigateway:eu-west-1::/usageplans/${plan}`,
      `arn:aws:apigateway:eu-west-1::/apikeys/${key}`,
    ]) {
      await send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }))
      await send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }))
      expect((await send(new GetTagsCommand({ resourceArn }))).tags).toEqual({ b: '2' })
    }
  })
})

describe("a plan's keys", () => {
  it('are added, listed by name, looked up and taken out', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId, keyId, value } = await subscribe(gateway, restApiId)
    const key = { id: keyId, type: 'API_KEY', value, name: 'ada' }
    expect(await send(new GetUsagePlanKeyCommand({ usagePlanId, keyId }))).toMatchObject(key)
    const list = (nameQuery?: string) => send(new GetUsagePlanKeysCommand({ usagePlanId, nameQuery }))
    expect((await list('ad')).items).toEqual([key])
    expect((await list('b')).items).toEqual([])
    const plans = await send(new GetUsagePlansCommand({ keyId }))
    expect(plans.items?.map(({ id }) => id)).toEqual([usagePlanId])
    await send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId }))
    expect((await list()).items).toEqual([])
    await expect(send(new GetUsagePlanKeyCommand({ usagePlanId, keyId }))).rejects.toMatchObject(NOT_FOUND)
    await expect(send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId }))).rejects.toMatchObject(NOT_FOUND)
  })

  it('are in a plan once, and in one plan of a stage alone', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId, keyId } = await subscribe(gateway, restApiId)
    const other = await subscribe(gateway, restApiId)
    const add = (plan: string) =>
      send(new CreateUsagePlanKeyCommand({ usagePlanId: plan, keyId, keyType: 'API_KEY' }))
    await expect(add(usagePlanId)).rejects.toMatchObject(CONFLICT)
    await expect(add(other.usagePlanId)).rejects.toMatchObject(CONFLICT)
    const stage = `${restApiId}:prod`
    await patchPlan(other.usagePlanId, { op: 'remove', path: '/apiStages', value: stage })
    await add(other.usagePlanId)
    await expect(
      patchPlan(other.usagePlanId, { op: 'add', path: '/apiStages', value: stage }),
    ).rejects.toMatchObject(CONFLICT)
    await expect(add('nope')).rejects.toMatchObject(NOT_FOUND)
    await expect(
      send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'OTHER' })),
    ).rejects.toMatchObject(BAD_REQUEST)
  })
})

describe('GetUsage', () => {
  const TODAY = '2020-03-10'

  it('has a pair for each day and key, page by page', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId, keyId, value } = await subscribe(gateway, restApiId, {
      quota: { limit: 10, period: 'MONTH' },
    })
    const { id: second = '' } = await send(new CreateApiKeyCommand({}))
    await send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: second, keyType: 'API_KEY' }))
    await gateway.call(restApiId, '/predict', { method: 'POST', headers: ['X-Api-Key', value] })
    expect(await usageOf(gateway, usagePlanId, '2020-03-08', TODAY)).toEqual({
      [keyId]: [
        [0, 10],
        [0, 10],
        [1, 9],
      ],
      [second]: [
        [0, 10],
        [0, 10],
        [0, 10],
      ],
    })
    expect(await usageOf(gateway, usagePlanId, TODAY, TODAY, { keyId: second })).toEqual({
      [second]: [[0, 10]],
    })
    const page = await send(new GetUsageCommand({ usagePlanId, startDate: TODAY, endDate: TODAY, limit: 1 }))
    expect(Object.keys(page.items ?? {})).toEqual([keyId])
    const next = await usageOf(gateway, usagePlanId, TODAY, TODAY, { position: page.position })
    expect(Object.keys(next)).toEqual([second])
    // What was used stays to be seen when the key is in the plan no more.
    await send(new DeleteApiKeyCommand({ apiKey: keyId }))
    expect(await usageOf(gateway, usagePlanId, TODAY, TODAY, { keyId })).toEqual({ [keyId]: [[1, 9]] })
  })

  it('has all the days of the last 90', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId, keyId } = await subscribe(gateway, restApiId)
    const usage = await usageOf(gateway, usagePlanId, '2019-12-11', TODAY)
    expect(usage[keyId]).toHaveLength(91)
  })

  it.each([
    ['2019-12-10', TODAY],
    [TODAY, '2020-03-09'],
    [TODAY, '2020-03-11'],
    ['10.3.2020', TODAY],
    ['2020-02-30', TODAY],
  ])('from %s to %s is refused', async (startDate, endDate) => {
    const { id: usagePlanId } = await send(new CreateUsagePlanCommand({ name: 'basic' }))
    await expect(send(new GetUsageCommand({ usagePlanId, startDate, endDate }))).rejects.toMatchObject(
      BAD_REQUEST,
    )
  })

  it('and UpdateUsage know the keys of the plan alone', async () => {
    const { restApiId } = await deployed()
    const { usagePlanId, keyId } = await subscribe(gateway, restApiId)
    const other = await subscribe(gateway, restApiId)
    await expect(usageOf(gateway, usagePlanId, TODAY, TODAY, { keyId: other.keyId })).rejects.toMatchObject(
      NOT_FOUND,
    )
    const update = (key: string, ...patchOperations: PatchOperation[]) =>
      send(new UpdateUsageCommand({ usagePlanId, keyId: key, patchOperations }))
    const remaining: PatchOperation = { op: 'replace', path: '/remaining', value: '5' }
    await expect(update(other.keyId, remaining)).rejects.toMatchObject(NOT_FOUND)
    await expect(update(keyId, remaining)).rejects.toThrow('no quota')
    await patchPlan(
      usagePlanId,
      { op: 'replace', path: '/quota/limit', value: '3' },
      { op: 'replace', path: '/quota/period', value: 'DAY' },
    )
    await expect(update(keyId, { ...remaining, path: '/used' })).rejects.toThrow('[/remaining]')
    await expect(update(keyId, { ...remaining, op: 'add' })).rejects.toMatchObject(BAD_REQUEST)
    await expect(update(keyId, { ...remaining, value: '-1' })).rejects.toMatchObject(BAD_REQUEST)
    expect((await update(keyId, remaining)).items).toEqual({ [keyId]: [[0, 5]] })
  })
})

describe('TestInvokeMethod', () => {
  it('needs no key, and tells the function so', async () => {
    const { key } = await deployed()
    const { status } = await send(new TestInvokeMethodCommand({ ...key, httpMethod: 'POST' }))
    expect(status).toBe(200)
    expect(gateway.lastEvent().requestContext.identity).toMatchObject({
      apiKey: 'test-invoke-api-key',
      apiKeyId: 'test-invoke-api-key-id',
    })
  })
})
