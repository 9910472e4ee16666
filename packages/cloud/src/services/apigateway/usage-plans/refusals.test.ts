import { UpdateAccountCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { SCOPE, type TestGateway } from '../testing/gateway.ts'
import { deployWithKeys, subscribe } from '../testing/plans.ts'
import { startTestGateway } from '../testing/test-gateway.ts'

let now: number
let gateway: TestGateway
let restApiId: string

beforeEach(async () => {
  now = Date.UTC(2030, 0, 7, 12)
  gateway = await startTestGateway({ now: () => now })
  restApiId = (await deployWithKeys(gateway, 'GET')).restApiId
})

const call = async (key?: string): Promise<void> => {
  const before = gateway.exchanges.length
  await gateway.call(restApiId, '/predict', { headers: key === undefined ? [] : ['x-api-key', key] })
  await vi.waitUntil(() => gateway.exchanges.length > before)
}

const patchStage = (settings: Record<string, string>) =>
  gateway.client.send(
    new UpdateStageCommand({
      restApiId,
      stageName: 'prod',
      patchOperations: Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value })),
    }),
  )

describe('what was refused', () => {
  beforeEach(async () => {
    await gateway.client.send(
      new UpdateAccountCommand({
        patchOperations: [
          { op: 'replace', path: '/cloudwatchRoleArn', value: 'arn:aws:iam::111122223333:role/logs' },
        ],
      }),
    )
    await patchStage({
      '/*/*/logging/loglevel': 'INFO',
      '/accessLogSettings/destinationArn': `arn:aws:logs:eu-west-1:${SCOPE.account}:log-group:access`,
      '/accessLogSettings/format':
        '$context.requestId $context.status $context.identity.apiKeyId $context.identity.apiKey $context.error.responseType $context.error.message',
    })
  })

  /** The lines of a call, without the request id that each begins with. */
  const linesOf = async (key?: string) => {
    gateway.logs.length = 0
    await call(key)
    const all = (group: string) =>
      gateway.logs
        .filter(each => each.group.startsWith(group))
        .flatMap(({ events }) => events.map(({ message }) => message.replace(/^(\([^)]+\)|\S+) /, '')))
    return { execution: all('API-Gateway-Execution-Logs'), access: all('access') }
  }

  it('is in the logs with the limit that was hit, in the words of AWS', async () => {
    const { value, keyId, usagePlanId } = await subscribe(gateway, restApiId, {
      throttle: { rateLimit: 0.5, burstLimit: 1 },
      quota: { limit: 2, period: 'WEEK' },
    })
    const masked = `${'*'.repeat(34)}${value.slice(-6)}`
    const stage = `${restApiId}/prod`
    const verifying = expect.stringMatching(
      new RegExp(`^Verifying Usage Plan for request: [-0-9a-f]{36}. API Key: .* API Stage: ${stage}$`),
    )
    expect(await linesOf()).toEqual({
      execution: [
        verifying,
        `API Key  not authorized because method 'GET /predict' requires API Key and API Key is not associated with a Usage Plan for API Stage ${stage}: No Usage Plan found for key and API Stage`,
        'Method completed with status: 403',
      ],
      access: ['403 - - INVALID_API_KEY Forbidden'],
    })
    const admittedLines = await linesOf(value)
    expect(admittedLines.execution.slice(0, 2)).toEqual([
      verifying,
      `Usage Plan check succeeded for API Key ${masked} and API Stage ${stage}`,
    ])
    expect(admittedLines.execution).toContain(`API Key: ${masked}`)
    expect(admittedLines.execution).toContain(`API Key ID: ${keyId}`)
    expect(await linesOf(value)).toEqual({
      execution: [
        verifying,
        expect.stringMatching(
          `^API Key \\*{34}${value.slice(-6)} exceeded throttle limit for API Stage ${stage}: Key throttle limit exceeded for Usage Plan ID ${usagePlanId}, RestApi ${restApiId}, Stage prod, Resource [a-z0-9]+, HttpMethod GET\\. Limit: 0\\.50 Burst: 1$`,
        ),
        'Method completed with status: 429',
      ],
      access: [`429 ${keyId} ${value} THROTTLED Too Many Requests`],
    })
    now += 10_000
    await call(value)
    now += 10_000
    expect(await linesOf(value)).toEqual({
      execution: [
        verifying,
        `API Key ${masked} exceeded quota limit for API Stage ${stage}: Key quota exhausted for Usage Plan ID ${usagePlanId}. Limit: 2 Period: WEEK`,
        'Method completed with status: 429',
      ],
      access: [`429 ${keyId} ${value} QUOTA_EXCEEDED Limit Exceeded`],
    })
  })

  it('says whether the stage was it', async () => {
    const { value } = await subscribe(gateway, restApiId)
    await patchStage({ '/*/*/throttling/rateLimit': '1', '/*/*/throttling/burstLimit': '0' })
    const { execution } = await linesOf(value)
    expect(execution[1]).toMatch(
      new RegExp(
        `^Key throttle limit exceeded for RestApi ${restApiId}, Stage prod, Resource [a-z0-9]+, HttpMethod GET\\. Limit: 1\\.00 Burst: 0$`,
      ),
    )
  })

  it('counts among requests and client errors, and called no integration', async () => {
    const { value } = await subscribe(gateway, restApiId, { throttle: { rateLimit: 0, burstLimit: 0 } })
    gateway.metrics.length = 0
    await call(value)
    await call()
    const sums: Record<string, number> = {}
    for (const { name, value: each, dimensions } of gateway.metrics) {
      if (dimensions.Stage === undefined && name !== 'Latency') sums[name] = (sums[name] ?? 0) + each
    }
    expect(sums).toEqual({ Count: 2, '4XXError': 2, '5XXError': 0 })
  })
})
