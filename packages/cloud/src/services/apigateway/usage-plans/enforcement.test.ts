import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  PutGatewayResponseCommand,
  PutMethodCommand,
  UpdateApiKeyCommand,
  UpdateStageCommand,
  UpdateUsageCommand,
} from '@aws-sdk/client-api-gateway'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { flood } from '../testing/flood.ts'
import type { TestGateway } from '../testing/gateway.ts'
import { patchPlan, subscribe, usageOf } from '../testing/plans.ts'
import { startTestGateway } from '../testing/test-gateway.ts'

const START = Date.UTC(2030, 0, 7, 12)
const DAY = 86_400_000

let now: number
let gateway: TestGateway
let restApiId: string

const start = async (options: Parameters<typeof startTestGateway>[0] = {}): Promise<void> => {
  gateway = await startTestGateway({ now: () => now, ...options })
}

const serve = async (apiKeyRequired = true) => {
  const api = await createApi(gateway, { verb: 'GET', method: { apiKeyRequired } })
  restApiId = api.restApiId
  await deploy(gateway, restApiId)
  return api
}

beforeEach(async () => {
  now = START
  await start()
  await serve()
})

const call = async (key?: string) => {
  const before = gateway.exchanges.length
  const answer = await gateway.call(restApiId, '/predict', {
    headers: key === undefined ? [] : ['x-api-key', key],
  })
  await vi.waitUntil(() => gateway.exchanges.length > before)
  return answer
}

/** How many of `requests`, one after the other, are let through. */
const admitted = async (key: string, requests: number): Promise<number> => {
  let passed = 0
  for (let index = 0; index < requests; index++) if ((await call(key)).status === 200) passed++
  return passed
}

const patchStage = (settings: Record<string, string>) =>
  gateway.client.send(
    new UpdateStageCommand({
      restApiId,
      stageName: 'prod',
      patchOperations: Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value })),
    }),
  )

const TOO_MANY = { status: 429, body: '{"message":"Too Many Requests"}' }
const LIMIT_EXCEEDED = { status: 429, body: '{"message":"Limit Exceeded"}' }
const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' }

describe('a method that requires an API key', () => {
  it('lets no request in without a key of a plan for its stage', async () => {
    const { value, keyId } = await subscribe(gateway, restApiId)
    const other = await subscribe(gateway, restApiId, { apiStages: [] })
    for (const key of [undefined, '', 'x'.repeat(40), other.value, value.toLowerCase()]) {
      const answer = await call(key)
      expect(answer).toMatchObject(FORBIDDEN)
      expect(answer.headers).toMatchObject({
        'x-amzn-errortype': 'ForbiddenException',
        'content-type': 'application/json',
        'x-amz-apigw-id': expect.any(String),
        'x-amzn-requestid': expect.any(String),
      })
    }
    expect(gateway.invocations).toHaveLength(0)
    expect(await call(value)).toMatchObject({ status: 200 })

    const enable = (enabled: string) =>
      gateway.client.send(
        new UpdateApiKeyCommand({
          apiKey: keyId,
          patchOperations: [{ op: 'replace', path: '/enabled', value: enabled }],
        }),
      )
    await enable('false')
    expect(await call(value)).toMatchObject(FORBIDDEN)
    await enable('true')
    expect(await call(value)).toMatchObject({ status: 200 })
    await gateway.client.send(new DeleteApiKeyCommand({ apiKey: keyId }))
    expect(await call(value)).toMatchObject(FORBIDDEN)
  })

  it('tells the function of the key, and of a key nobody asked for nothing', async () => {
    const { value, keyId } = await subscribe(gateway, restApiId)
    await call(value)
    expect(gateway.lastEvent().requestContext.identity).toMatchObject({ apiKey: value, apiKeyId: keyId })
    await serve(false)
    await call(value)
    const { identity } = gateway.lastEvent().requestContext
    expect(identity).not.toHaveProperty('apiKey')
    expect(identity).not.toHaveProperty('apiKeyId')
  })

  it('does so from the next deployment on, as all of a method does', async () => {
    const { key } = await serve(false)
    await gateway.client.send(
      new PutMethodCommand({ ...key, httpMethod: 'PUT', authorizationType: 'NONE', apiKeyRequired: true }),
    )
    expect(await call()).toMatchObject({ status: 200 })
  })

  it('answers as the API customises', async () => {
    for (const [responseType, statusCode] of [
      ['INVALID_API_KEY', '401'],
      ['THROTTLED', '503'],
    ] as const) {
      await gateway.client.send(
        new PutGatewayResponseCommand({
          restApiId,
          responseType,
          statusCode,
          responseTemplates: { 'application/json': '{"type":"$context.error.responseType"}' },
        }),
      )
    }
    await deploy(gateway, restApiId)
    expect(await call()).toMatchObject({ status: 401, body: '{"type":"INVALID_API_KEY"}' })
    const { value } = await subscribe(gateway, restApiId, { throttle: { rateLimit: 0, burstLimit: 0 } })
    expect(await call(value)).toMatchObject({ status: 503, body: '{"type":"THROTTLED"}' })
  })
})

describe('throttles', () => {
  it('of a plan are for each key on its own, and refill on the clock', async () => {
    const plan = { throttle: { rateLimit: 2, burstLimit: 3 } }
    const { value, usagePlanId } = await subscribe(gateway, restApiId, plan)
    const second = await subscribe(gateway, restApiId, { apiStages: [] })
    await gateway.client.send(
      new CreateUsagePlanKeyCommand({ usagePlanId, keyId: second.keyId, keyType: 'API_KEY' }),
    )
    expect(await admitted(value, 5)).toBe(3)
    expect(await admitted(second.value, 5)).toBe(3)
    const refused = await call(value)
    expect(refused).toMatchObject(TOO_MANY)
    expect(refused.headers).toMatchObject({ 'x-amzn-errortype': 'TooManyRequestsException' })
    now += 500
    expect(await admitted(value, 5)).toBe(1)
  })

  it('of a plan for one method take the place of those for all', async () => {
    const { value } = await subscribe(gateway, restApiId, {
      throttle: { rateLimit: 1, burstLimit: 1 },
      apiStages: [
        {
          apiId: restApiId,
          stage: 'prod',
          throttle: { '/predict/GET': { rateLimit: 1, burstLimit: 4 } },
        },
      ],
    })
    expect(await admitted(value, 6)).toBe(4)
  })

  it('of a stage hold for each method, whoever calls it', async () => {
    const { value } = await subscribe(gateway, restApiId)
    const second = await subscribe(gateway, restApiId)
    await patchStage({ '/*/*/throttling/rateLimit': '1', '/*/*/throttling/burstLimit': '2' })
    expect(await admitted(value, 1)).toBe(1)
    expect(await admitted(second.value, 3)).toBe(1)
    await patchStage({ '/~1predict/GET/throttling/burstLimit': '5' })
    expect(await admitted(value, 9)).toBe(5)
    await patchStage({
      '/~1predict/GET/throttling/burstLimit': '-1',
      '/~1predict/GET/throttling/rateLimit': '-1',
    })
    expect(await admitted(value, 9)).toBe(9)
  })

  it('of the account hold for all of its APIs, keys or none', async () => {
    await serve(false)
    const one = await flood(gateway.port, `/_aws/execute-api/${restApiId}/prod/predict`, {}, 4_000)
    await serve(false)
    const two = await flood(gateway.port, `/_aws/execute-api/${restApiId}/prod/predict`, {}, 4_000)
    expect(one.statuses).toEqual({ 200: 4_000 })
    expect(two.statuses).toEqual({ 200: 1_000, 429: 3_000 })
    now += 100
    const three = await flood(gateway.port, `/_aws/execute-api/${restApiId}/prod/predict`, {}, 1_500)
    expect(three.statuses).toEqual({ 200: 1_000, 429: 500 })
  })

  it('are not eaten up by requests that another one refuses', async () => {
    const { value } = await subscribe(gateway, restApiId, {
      throttle: { rateLimit: 1, burstLimit: 5 },
      quota: { limit: 10, period: 'DAY' },
    })
    await patchStage({ '/*/*/throttling/rateLimit': '1', '/*/*/throttling/burstLimit': '2' })
    expect(await admitted(value, 8)).toBe(2)
    await patchStage({ '/*/*/throttling/burstLimit': '100' })
    expect(await admitted(value, 8)).toBe(3)
  })
})

describe('quotas', () => {
  it('admit exactly their limit a day, and throttled requests are none of it', async () => {
    const { value, usagePlanId, keyId } = await subscribe(gateway, restApiId, {
      throttle: { rateLimit: 1, burstLimit: 2 },
      quota: { limit: 3, period: 'DAY' },
    })
    expect(await admitted(value, 4)).toBe(2)
    expect(await call(value)).toMatchObject(TOO_MANY)
    now += 2_000
    expect(await admitted(value, 2)).toBe(1)
    const refused = await call(value)
    expect(refused).toMatchObject(LIMIT_EXCEEDED)
    expect(refused.headers).toMatchObject({ 'x-amzn-errortype': 'LimitExceededException' })
    expect(await usageOf(gateway, usagePlanId, '2030-01-07')).toEqual({ [keyId]: [[3, 0]] })
    now = Date.UTC(2030, 0, 8) - 1
    expect(await call(value)).toMatchObject(LIMIT_EXCEEDED)
    now += 1
    expect(await call(value)).toMatchObject({ status: 200 })
  })

  it.each([
    // 2030-01-07 is a Monday.
    ['WEEK', Date.UTC(2030, 0, 13)],
    ['MONTH', Date.UTC(2030, 1, 1)],
  ] as const)(
    'of a %s begin anew with the next, less the offset in the first alone',
    async (period, next) => {
      const { value } = await subscribe(gateway, restApiId, { quota: { limit: 5, offset: 2, period } })
      expect(await admitted(value, 2)).toBe(2)
      now += DAY
      expect(await admitted(value, 3)).toBe(1)
      now = next - 1
      expect(await call(value)).toMatchObject(LIMIT_EXCEEDED)
      now = next
      expect(await admitted(value, 7)).toBe(5)
    },
  )

  it('are changed at once, and what is left of one by UpdateUsage', async () => {
    const { value, usagePlanId, keyId } = await subscribe(gateway, restApiId, {
      quota: { limit: 2, period: 'DAY' },
    })
    expect(await admitted(value, 3)).toBe(2)
    await patchPlan(gateway, usagePlanId, { op: 'replace', path: '/quota/limit', value: '3' })
    expect(await admitted(value, 3)).toBe(1)
    const grant = (remaining: string) =>
      gateway.client.send(
        new UpdateUsageCommand({
          usagePlanId,
          keyId,
          patchOperations: [{ op: 'replace', path: '/remaining', value: remaining }],
        }),
      )
    expect(await grant('4')).toMatchObject({
      usagePlanId,
      startDate: '2030-01-07',
      endDate: '2030-01-07',
      items: { [keyId]: [[3, 4]] },
    })
    expect(await admitted(value, 6)).toBe(4)
    await grant('1')
    await grant('0')
    expect(await call(value)).toMatchObject(LIMIT_EXCEEDED)
    now += DAY
    expect(await admitted(value, 6)).toBe(3)
  })

  it('are kept over a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-quota-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    await start({ directory })
    await serve()
    const { value, usagePlanId, keyId } = await subscribe(gateway, restApiId, {
      quota: { limit: 50, period: 'DAY' },
    })
    const path = `/_aws/execute-api/${restApiId}/prod/predict`
    const first = await flood(gateway.port, path, { 'x-api-key': value }, 30)
    expect(first.statuses).toEqual({ 200: 30 })
    await start({ directory })
    const second = await flood(gateway.port, path, { 'x-api-key': value }, 500)
    expect(second).toEqual({ statuses: { 200: 20, 429: 480 }, refusals: new Set([LIMIT_EXCEEDED.body]) })
    expect(await usageOf(gateway, usagePlanId, '2030-01-07')).toEqual({ [keyId]: [[50, 0]] })
  })
})

describe('10,000 concurrent requests against rate 100, burst 50 and a quota of 1,000', () => {
  const PLAN = {
    throttle: { rateLimit: 100, burstLimit: 50 },
    quota: { limit: 1_000, period: 'DAY' },
  } as const

  it('admit on a stepped clock what bucket and quota say, no more, no less', async () => {
    const { value, usagePlanId, keyId } = await subscribe(gateway, restApiId, PLAN)
    const path = `/_aws/execute-api/${restApiId}/prod/predict`
    const storm = () => flood(gateway.port, path, { 'x-api-key': value }, 10_000)

    expect(await storm()).toEqual({ statuses: { 200: 50, 429: 9_950 }, refusals: new Set([TOO_MANY.body]) })
    // 0.3 s refill 30 tokens, and ten seconds no more than the bucket holds.
    now += 300
    const second = await flood(gateway.port, path, { 'x-api-key': value }, 1_000)
    expect(second.statuses).toEqual({ 200: 30, 429: 970 })
    for (let step = 0; step < 18; step++) {
      now += 10_000
      const { statuses } = await flood(gateway.port, path, { 'x-api-key': value }, 100)
      expect(statuses).toEqual({ 200: 50, 429: 50 })
    }
    expect(await usageOf(gateway, usagePlanId, '2030-01-07')).toEqual({ [keyId]: [[980, 20]] })
    now += 10_000
    const last = await storm()
    expect(last.statuses).toEqual({ 200: 20, 429: 9_980 })
    expect(last.refusals).toEqual(new Set([LIMIT_EXCEEDED.body]))
    expect(gateway.invocations).toHaveLength(1_000)
    expect(await usageOf(gateway, usagePlanId, '2030-01-07')).toEqual({ [keyId]: [[1_000, 0]] })
  }, 60_000)

  it('admit on the real clock between what the bucket holds and what it refills meanwhile', async () => {
    await start({ now: Date.now })
    await serve()
    const { value } = await subscribe(gateway, restApiId, PLAN)
    const path = `/_aws/execute-api/${restApiId}/prod/predict`
    const began = Date.now()
    const { statuses } = await flood(gateway.port, path, { 'x-api-key': value }, 10_000)
    const refilled = (100 * (Date.now() - began + 1)) / 1_000
    expect(statuses[200]).toBeGreaterThanOrEqual(50)
    expect(statuses[200]).toBeLessThanOrEqual(Math.min(1_000, Math.floor(50 + refilled)))
    expect((statuses[200] ?? 0) + (statuses[429] ?? 0)).toBe(10_000)
    expect(gateway.invocations).toHaveLength(statuses[200] ?? 0)
  }, 60_000)
})

describe('a reporting delay', () => {
  it('holds back what GetUsage shows, and nothing of the quota', async () => {
    await start({ usageReportingDelay: 10 * 60_000 })
    await serve()
    const { value, usagePlanId, keyId } = await subscribe(gateway, restApiId, {
      quota: { limit: 3, period: 'DAY' },
    })
    expect(await admitted(value, 4)).toBe(3)
    const shown = async () => (await usageOf(gateway, usagePlanId, '2030-01-07'))[keyId]
    expect(await shown()).toEqual([[0, 3]])
    now += 10 * 60_000
    expect(await shown()).toEqual([[0, 3]])
    now += 60_000
    expect(await shown()).toEqual([[3, 0]])
  })
})
