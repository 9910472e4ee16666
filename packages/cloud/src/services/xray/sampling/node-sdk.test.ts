import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCOPE, startSampling } from './test-server.ts'

const require = createRequire(import.meta.url)

interface SdkRule {
  readonly getName: () => string
  readonly getRate: () => number
  readonly incrementRequestCount: () => void
  readonly reservoir: { readonly quota: number | null }
}

interface Connector {
  fetchSamplingRules(callback: (error: Error | null, rules?: SdkRule[]) => void): void
  fetchTargets(
    rules: readonly SdkRule[],
    callback: (
      error: Error | null,
      targets?: Record<string, { rate: number; quota: number; interval: number }>,
    ) => void,
  ): void
}

const path = 'aws-xray-sdk-core/dist/lib'
const { setDaemonAddress } = require(`${path}/daemon_config.js`) as {
  setDaemonAddress: (address: string) => void
}
const connector = require(`${path}/middleware/sampling/service_connector.js`) as Connector

const RULE = {
  RuleName: 'orders',
  ResourceARN: '*',
  Priority: 100,
  FixedRate: 0.01,
  ReservoirSize: 10,
  ServiceName: 'orders-*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
}

describe('the pollers of the X-Ray SDK for Node.js', () => {
  let server: Awaited<ReturnType<typeof startSampling>>

  beforeAll(async () => {
    server = await startSampling()
    setDaemonAddress(`127.0.0.1:${server.port}`)
  })

  afterAll(() => server.stop())

  const rules = () =>
    new Promise<SdkRule[]>((resolve, reject) => {
      connector.fetchSamplingRules((error, fetched) => (fetched ? resolve(fetched) : reject(error)))
    })
  const targets = (of: readonly SdkRule[]) =>
    new Promise<Record<string, { rate: number; quota: number; interval: number }>>((resolve, reject) => {
      connector.fetchTargets(of, (error, fetched) => (fetched ? resolve(fetched) : reject(error)))
    })

  it('read rules, report, and get their targets', async () => {
    expect((await rules()).map(rule => rule.getName())).toEqual(['Default'])
    // A target answer that the SDK takes needs LastRuleModification as a number, also before any rule changed.
    expect(await targets(await rules())).toMatchObject({ Default: { rate: 0.05, quota: 1 } })
    server.sampling.rules.create(SCOPE, RULE)
    const fetched = await rules()
    expect(fetched.map(rule => [rule.getName(), rule.getRate()])).toEqual([
      ['orders', 0.01],
      ['Default', 0.05],
    ])
    const [orders] = fetched
    if (!orders) throw new Error('no rule')
    orders.incrementRequestCount()
    expect(await targets([orders])).toMatchObject({ orders: { rate: 0.01, quota: 10, interval: 10 } })
    server.sampling.rules.update(SCOPE, { RuleName: 'orders', FixedRate: 1 })
    expect(await targets([orders])).toMatchObject({ orders: { rate: 1 } })
    expect((await rules()).map(rule => rule.getRate())).toEqual([1, 0.05])
    expect(server.defects).toEqual([])
  })
})
