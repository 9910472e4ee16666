import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CentralSampler } from './central.ts'
import { localSampler, readLocalRules, SamplingFileError } from './local.ts'
import { RuleState } from './rule.ts'
import type { Sampler } from './sampler.ts'
import { wildcardMatch } from './wildcard.ts'

/** A small generator with a seed, so that a run can be repeated. */
const mulberry = (seed: number) => () => {
  seed += 0x6d2b79f5
  let t = seed
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

const stopped = (random: () => number = () => 1) => {
  const clock = { milliseconds: 1_795_000_000_000 }
  return { clock, sources: { now: () => clock.milliseconds, random } }
}

describe('wildcardMatch', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'x', false],
    ['/api/*', '/API/move/1', true],
    ['/api/?', '/api/12', false],
    ['/api/?', '/api/1', true],
    ['a*b*c', 'aXXbYYc', true],
    ['a*b*c', 'aXXbYY', false],
    ['?', '', false],
    ['a.c', 'abc', false],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(wildcardMatch(pattern, text)).toBe(expected)
  })

  it('agrees with a regular expression', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
    fc.assert(
      fc.property(part, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
        expect(wildcardMatch(pattern, text)).toBe(expression.test(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('is quick on a pattern of many stars', () => {
    expect(wildcardMatch(`${'a*'.repeat(500)}b`, 'a'.repeat(5000))).toBe(false)
  })
})

describe('RuleState', () => {
  it('keeps 100,000 decisions at a rate of 0.01 within the binomial bounds', () => {
    const { sources } = stopped(mulberry(7))
    const rule = new RuleState(0.01, 0, sources)
    let sampled = 0
    for (let index = 0; index < 100_000; index++) if (rule.decide()) sampled++
    // Four standard deviations of B(100,000, 0.01).
    expect(Math.abs(sampled - 1000)).toBeLessThan(4 * Math.sqrt(100_000 * 0.01 * 0.99))
  })

  it('never samples at a rate of 0 and always at 1', () => {
    const never = new RuleState(0, 0, stopped(() => 0).sources)
    const always = new RuleState(1, 0, stopped(() => 0.999_999).sources)
    expect([never.decide(), always.decide()]).toEqual([false, true])
  })

  it('borrows one request a second until there is a quota, then takes that', () => {
    const { clock, sources } = stopped()
    const rule = new RuleState(0, 10, sources)
    const decideThrice = (): boolean[] => [rule.decide(), rule.decide(), rule.decide()]
    expect(decideThrice()).toEqual([true, false, false])
    clock.milliseconds += 1000
    rule.quota = { perSecond: 2, ttl: clock.milliseconds / 1000 + 1 }
    expect(decideThrice()).toEqual([true, true, false])
    clock.milliseconds += 2000
    expect(decideThrice()).toEqual([true, false, false])
    expect(rule.takeCounts()).toEqual({ requests: 9, sampled: 4, borrowed: 2 })
    expect(rule.takeCounts()).toEqual({ requests: 0, sampled: 0, borrowed: 0 })
  })

  it('records nothing from the reservoir with a quota of 0', () => {
    const { clock, sources } = stopped()
    const rule = new RuleState(0, 10, sources)
    rule.quota = { perSecond: 0, ttl: clock.milliseconds / 1000 + 100 }
    expect(rule.decide()).toBe(false)
  })
})

describe('localSampler', () => {
  it('records the first request of each second and 5 % of the others by default', () => {
    const { clock, sources } = stopped(mulberry(3))
    const sampler = localSampler(undefined, sources)
    const perSecond: number[] = []
    for (let second = 0; second < 20; second++) {
      clock.milliseconds += 1000
      perSecond.push(
        Array.from({ length: 101 }, () => sampler.sample({})).filter(({ sampled }) => sampled).length,
      )
    }
    const sum = perSecond.reduce((a, b) => a + b) - 20
    expect(Math.abs(sum - 100)).toBeLessThan(4 * Math.sqrt(2000 * 0.05 * 0.95))
  })

  it('takes the first rule that matches', () => {
    const rules = {
      version: 2,
      rules: [{ host: '*', http_method: 'POST', url_path: '/predict*', fixed_target: 0, rate: 1 }],
      default: { fixed_target: 0, rate: 0 },
    }
    const sampler = localSampler(rules, stopped(() => 0.5).sources)
    expect(sampler.sample({ method: 'POST', path: '/predictions' }).sampled).toBe(true)
    expect(sampler.sample({ method: 'GET', path: '/predictions' }).sampled).toBe(false)
  })

  it.each([
    [{}, 'Missing "version" attribute.'],
    [{ version: 3, default: {} }, 'Unknown version "3".'],
    [{ version: 2 }, 'Expecting "default" object to be defined'],
    [{ version: 2, default: { fixed_target: 1, rate: 2 } }, 'has "rate" outside of 0 to 1'],
    [{ version: 2, default: { fixed_target: 1.5, rate: 1 } }, 'no integer'],
    [{ version: 2, default: { fixed_target: 1, rate: 1, host: '*' } }, 'has invalid attribute: host'],
    [
      { version: 2, rules: [{ host: '*' }], default: { fixed_target: 1, rate: 1 } },
      'is missing required attributes: http_method,url_path,fixed_target,rate',
    ],
  ])('refuses %j', (document, problem) => {
    expect(() => readLocalRules(document)).toThrow(SamplingFileError)
    expect(() => readLocalRules(document)).toThrow(problem)
  })
})

describe('CentralSampler', () => {
  const fallback: Sampler = { sample: () => ({ sampled: true, rule: 'fallback' }) }
  const rule = (RuleName: string, Priority: number, more: object = {}) => ({
    RuleName,
    Priority,
    FixedRate: 0,
    ReservoirSize: 0,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    ResourceARN: '*',
    Version: 1,
    Attributes: {},
    ...more,
  })

  it('takes the rule of the lowest priority, then of the first name, and the fallback without rules', () => {
    const { clock, sources } = stopped(() => 0.5)
    const sampler = new CentralSampler(fallback, () => 'c', sources)
    const path = '/predict'
    expect(sampler.sample({ path }).rule).toBe('fallback')
    sampler.setRules([
      rule('Default', 10_000),
      rule('b', 5, { URLPath: '/predict' }),
      rule('a', 5, { URLPath: '/p*', FixedRate: 1 }),
      rule('attributes', 1, { Attributes: { k: 'v' } }),
      rule('resource', 1, { ResourceARN: 'arn:aws:ecs:*' }),
    ])
    expect(sampler.sample({ path })).toEqual({ sampled: true, rule: 'a' })
    expect(sampler.sample({ path: '/other' })).toEqual({ sampled: false, rule: 'Default' })
    clock.milliseconds += 3601 * 1000
    expect(sampler.sample({ path }).rule).toBe('fallback')
  })

  it('reports requests once an interval, and takes targets', () => {
    const { clock, sources } = stopped()
    const sampler = new CentralSampler(fallback, () => '0123456789abcdef01234567', sources)
    sampler.setRules([rule('a', 1, { ReservoirSize: 5 }), rule('idle', 2)])
    sampler.sample({})
    sampler.sample({})
    expect(sampler.takeStatistics()).toEqual([
      {
        RuleName: 'a',
        ClientID: '0123456789abcdef01234567',
        Timestamp: clock.milliseconds / 1000,
        RequestCount: 2,
        SampledCount: 1,
        BorrowCount: 1,
      },
    ])
    sampler.sample({})
    expect(sampler.takeStatistics()).toEqual([])
    sampler.setTargets([
      {
        RuleName: 'a',
        FixedRate: 0,
        ReservoirQuota: 0,
        ReservoirQuotaTTL: clock.milliseconds / 1000 + 300,
        Interval: 20,
      },
      { RuleName: 'deleted', FixedRate: 1 },
    ])
    clock.milliseconds += 10_000
    expect(sampler.sample({}).sampled).toBe(false)
    expect(sampler.takeStatistics()).toEqual([])
    clock.milliseconds += 10_000
    expect(sampler.takeStatistics()).toMatchObject([{ RequestCount: 2, SampledCount: 0 }])
  })

  it('keeps quota and counts of a rule whose rate changes', () => {
    const { sources } = stopped(() => 0.5)
    const sampler = new CentralSampler(fallback, () => 'c', sources)
    sampler.setRules([rule('a', 1)])
    expect(sampler.sample({}).sampled).toBe(false)
    sampler.setRules([rule('a', 1, { FixedRate: 1 })])
    expect(sampler.sample({}).sampled).toBe(true)
    expect(sampler.takeStatistics()).toMatchObject([{ RequestCount: 2 }])
  })
})
