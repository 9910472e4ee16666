import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  GetUsageCommand,
  type PatchOperation,
  TestInvokeMethodCommand,
  UpdateUsageCommand,
} from '@aws-sdk/client-api-gateway'
import { beforeEach, describe, expect, it } from 'vitest'
import { BAD_REQUEST, NOT_FOUND } from '../testing/errors.ts'
import type { TestGateway } from '../testing/gateway.ts'
import { deployWithKeys, patchPlan, subscribe, usageOf } from '../testing/plans.ts'
import { startTestGateway } from '../testing/test-gateway.ts'

let gateway: TestGateway
let send: TestGateway['client']['send']

beforeEach(async () => {
  gateway = await startTestGateway()
  send = gateway.client.send.bind(gateway.client)
})

describe('GetUsage', () => {
  const TODAY = '2020-03-10'

  it('has a pair for each day and key, page by page', async () => {
    const { restApiId } = await deployWithKeys(gateway)
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
    const { restApiId } = await deployWithKeys(gateway)
    const { usagePlanId, keyId } = await subscribe(gateway, restApiId)
    const usage = await usageOf(gateway, usagePlanId, '2019-12-11', TODAY)
    expect(usage[keyId]).toHaveLength(91)
  })

  it.each([
    ['2019-12-10', TODAY],
    [TODAY, '2020-03-09'],
    [TODAY, '2020-06-09'],
    ['10.3.2020', TODAY],
    ['2020-02-30', TODAY],
  ])('from %s to %s is refused', async (startDate, endDate) => {
    const { id: usagePlanId } = await send(new CreateUsagePlanCommand({ name: 'basic' }))
    await expect(send(new GetUsageCommand({ usagePlanId, startDate, endDate }))).rejects.toMatchObject(
      BAD_REQUEST,
    )
  })

  it('and UpdateUsage know the keys of the plan alone', async () => {
    const { restApiId } = await deployWithKeys(gateway)
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
      gateway,
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
    const { key } = await deployWithKeys(gateway)
    const { status } = await send(new TestInvokeMethodCommand({ ...key, httpMethod: 'POST' }))
    expect(status).toBe(200)
    expect(gateway.lastEvent().requestContext.identity).toMatchObject({
      apiKey: 'test-invoke-api-key',
      apiKeyId: 'test-invoke-api-key-id',
    })
  })
})
