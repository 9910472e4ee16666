import { describe, expect, it } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import { createStore } from '../../../kernel/store.ts'
import type { SampleRequest } from './match.ts'
import { createSampling } from './sampling.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const REQUEST: SampleRequest = { serviceName: 'orders-api/prod', method: 'GET', path: '/orders' }
const RULE = {
  RuleName: 'all',
  ResourceARN: '*',
  Priority: 100,
  FixedRate: 0,
  ReservoirSize: 0,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
}

/** A generator that gives the same numbers each time (mulberry32). */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const setUp = (random?: () => number) => {
  const clock = createClock()
  clock.step(Date.UTC(2030, 0, 1))
  const sampling = createSampling({ store: createStore(undefined), clock, ...(random && { random }) })
  const decide = (request = REQUEST) => sampling.sampler.decide(SCOPE, request)
  /** How many of so many requests are sampled. */
  const sampled = (requests: number) =>
    Array.from({ length: requests }, () => decide()).filter(decision => decision.sampled).length
  return { clock, sampling, decide, sampled }
}

describe('the sampler', () => {
  it('samples a fixed rate of 0.01 within its binomial bounds', () => {
    const { sampling, sampled } = setUp(seeded(42))
    sampling.rules.create(SCOPE, { ...RULE, FixedRate: 0.01 })
    // 1,000 expected; the standard deviation is 31.5, and these are four of them.
    const count = sampled(100_000)
    expect(count).toBeGreaterThan(874)
    expect(count).toBeLessThan(1_126)
  })

  it('samples nothing at a rate of 0, and everything at 1', () => {
    const { sampling, sampled } = setUp()
    sampling.rules.create(SCOPE, RULE)
    expect(sampled(1_000)).toBe(0)
    sampling.rules.update(SCOPE, { RuleName: 'all', FixedRate: 1 })
    expect(sampled(1_000)).toBe(1_000)
  })

  it('takes the reservoir first, anew in each second', async () => {
    const { clock, sampling, sampled } = setUp(() => 0.999)
    sampling.rules.create(SCOPE, { ...RULE, FixedRate: 0.5, ReservoirSize: 3 })
    expect(sampled(10)).toBe(3)
    await clock.advance(999)
    expect(sampled(10)).toBe(0)
    await clock.advance(1)
    expect(sampled(2)).toBe(2)
    expect(sampled(10)).toBe(1)
    await clock.advance(60_000)
    expect(sampled(10)).toBe(3)
  })

  it('samples by the default rule one request a second and 5 % of the others', async () => {
    const { clock, sampled, decide } = setUp(() => 0.05)
    expect(sampled(10)).toBe(1)
    expect(decide()).toEqual({ sampled: false, ruleName: 'Default' })
    const lucky = setUp(() => 0.049)
    expect(lucky.sampled(10)).toBe(10)
    await clock.advance(1_000)
    expect(sampled(10)).toBe(1)
  })

  it('sees a change of a rule, a new rule and a deleted one at the next decision', () => {
    const { sampling, decide, sampled } = setUp(() => 0.5)
    sampling.rules.create(SCOPE, RULE)
    expect(decide()).toEqual({ sampled: false, ruleName: 'all' })
    sampling.rules.update(SCOPE, { RuleName: 'all', ReservoirSize: 2 })
    expect(sampled(5)).toBe(2)
    sampling.rules.create(SCOPE, {
      ...RULE,
      RuleName: 'orders',
      Priority: 99,
      ServiceName: 'orders-*',
      FixedRate: 1,
    })
    expect(decide()).toEqual({ sampled: true, ruleName: 'orders' })
    expect(decide({ serviceName: 'users/prod' })).toEqual({ sampled: false, ruleName: 'all' })
    sampling.rules.delete(SCOPE, { RuleName: 'orders' })
    expect(decide()).toEqual({ sampled: false, ruleName: 'all' })
  })

  it('tries rules by priority, and by name where that is equal', () => {
    const { sampling, decide } = setUp()
    for (const [RuleName, Priority] of [
      ['b', 7],
      ['a', 7],
      ['z', 6],
    ] as const) {
      sampling.rules.create(SCOPE, {
        ...RULE,
        RuleName,
        Priority,
        HTTPMethod: RuleName === 'z' ? 'POST' : '*',
      })
    }
    expect(decide().ruleName).toBe('a')
    expect(decide({ ...REQUEST, method: 'POST' }).ruleName).toBe('z')
  })

  it('shares a reservoir with the clients that report to GetSamplingTargets', async () => {
    const { clock, sampling, sampled } = setUp(() => 0.999)
    sampling.rules.create(SCOPE, { ...RULE, ReservoirSize: 10 })
    expect(sampled(100)).toBe(10)
    const report = () =>
      sampling.operations.GetSamplingTargets?.(
        {
          SamplingStatisticsDocuments: [
            {
              RuleName: 'all',
              ClientID: 'a'.repeat(24),
              Timestamp: new Date(clock.now()),
              RequestCount: 1_000,
              SampledCount: 10,
            },
          ],
          SamplingBoostStatisticsDocuments: undefined,
        },
        { scope: SCOPE, requestId: '', endpoint: '', identity: { account: '', arn: '', userId: '' } },
      )
    // Ours asked for one request a second when it first came.
    expect(await report()).toMatchObject({ SamplingTargetDocuments: [{ ReservoirQuota: 9 }] })
    await clock.advance(10_000)
    expect(sampled(100)).toBe(5)
    expect(await report()).toMatchObject({ SamplingTargetDocuments: [{ ReservoirQuota: 5 }] })
  })

  it('counts its decisions in the statistics', async () => {
    const { clock, sampling, sampled } = setUp(() => 0.999)
    sampled(5)
    await clock.advance(10_000)
    sampled(2)
    const context = {
      scope: SCOPE,
      requestId: '',
      endpoint: '',
      identity: { account: '', arn: '', userId: '' },
    }
    const start = Date.UTC(2030, 0, 1)
    expect(
      await sampling.operations.GetSamplingStatisticSummaries?.({ NextToken: undefined }, context),
    ).toEqual({
      SamplingStatisticSummaries: [
        { RuleName: 'Default', Timestamp: new Date(start), RequestCount: 5, BorrowCount: 0, SampledCount: 1 },
        {
          RuleName: 'Default',
          Timestamp: new Date(start + 10_000),
          RequestCount: 2,
          BorrowCount: 0,
          SampledCount: 1,
        },
      ],
    })
  })
})
