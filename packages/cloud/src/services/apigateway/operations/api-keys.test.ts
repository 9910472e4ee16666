import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  DeleteApiKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  type GetApiKeysRequest,
  GetUsagePlanKeysCommand,
  ImportApiKeysCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway'
import { beforeEach, describe, expect, it } from 'vitest'
import { BAD_REQUEST, CONFLICT, NOT_FOUND } from '../testing/errors.ts'
import { NOW, type TestGateway } from '../testing/gateway.ts'
import { deployWithKeys } from '../testing/plans.ts'
import { startTestGateway } from '../testing/test-gateway.ts'

let gateway: TestGateway
let send: TestGateway['client']['send']

beforeEach(async () => {
  gateway = await startTestGateway()
  send = gateway.client.send.bind(gateway.client)
})

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
    const { restApiId } = await deployWithKeys(gateway)
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
  })

  it.each([
    ['name,colour\n', 'unknown column colour'],
    [`name,key,enabled\nada,${'a'.repeat(20)},yes\n`, 'enabled must be true or false, not yes'],
    [`name,key\nada,${'a'.repeat(20)}\nb"ob,${'b'.repeat(20)}\n`, 'a double quote is misplaced'],
  ])('are not imported from %j', async (file, message) => {
    const bad = new ImportApiKeysCommand({ body: Buffer.from(file), format: 'csv' })
    await expect(send(bad)).rejects.toThrow(message)
    expect((await send(new GetApiKeysCommand({}))).items).toEqual([])
  })
})
