import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  type CreateUsagePlanRequest,
  DeleteStageCommand,
  DeleteUsagePlanCommand,
  DeleteUsagePlanKeyCommand,
  GetTagsCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeyCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  type PatchOperation,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-api-gateway'
import { beforeEach, describe, expect, it } from 'vitest'
import { BAD_REQUEST, CONFLICT, NOT_FOUND } from '../testing/errors.ts'
import type { TestGateway } from '../testing/gateway.ts'
import { deployWithKeys, patchPlan, subscribe } from '../testing/plans.ts'
import { startTestGateway } from '../testing/test-gateway.ts'

let gateway: TestGateway
let send: TestGateway['client']['send']

beforeEach(async () => {
  gateway = await startTestGateway()
  send = gateway.client.send.bind(gateway.client)
})

describe('usage plans', () => {
  it('are made with all they have, listed, and changed path by path', async () => {
    const { restApiId } = await deployWithKeys(gateway)
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
      gateway,
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
      gateway,
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
    await patchPlan(gateway, usagePlanId, { op: 'remove', path: '/apiStages', value: stage })
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
    const { restApiId } = await deployWithKeys(gateway)
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
      await expect(patchPlan(gateway, usagePlanId, patch)).rejects.toThrow(message)
    }
    expect(await send(new GetUsagePlanCommand({ usagePlanId }))).toMatchObject({
      quota: { limit: 1, period: 'DAY' },
      apiStages: [{ apiId: restApiId, stage: 'prod' }],
    })
  })

  it('lose a stage that is deleted', async () => {
    const { restApiId } = await deployWithKeys(gateway)
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
    const { restApiId } = await deployWithKeys(gateway)
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
    const { restApiId } = await deployWithKeys(gateway)
    const { usagePlanId, keyId } = await subscribe(gateway, restApiId)
    const other = await subscribe(gateway, restApiId)
    const add = (plan: string) =>
      send(new CreateUsagePlanKeyCommand({ usagePlanId: plan, keyId, keyType: 'API_KEY' }))
    await expect(add(usagePlanId)).rejects.toMatchObject(CONFLICT)
    await expect(add(other.usagePlanId)).rejects.toMatchObject(CONFLICT)
    const stage = `${restApiId}:prod`
    await patchPlan(gateway, other.usagePlanId, { op: 'remove', path: '/apiStages', value: stage })
    await add(other.usagePlanId)
    await expect(
      patchPlan(gateway, other.usagePlanId, { op: 'add', path: '/apiStages', value: stage }),
    ).rejects.toMatchObject(CONFLICT)
    await expect(add('nope')).rejects.toMatchObject(NOT_FOUND)
    await expect(
      send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'OTHER' })),
    ).rejects.toMatchObject(BAD_REQUEST)
  })
})
