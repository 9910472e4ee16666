import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConcurrencyLimits, type ConcurrencySettings, concurrencyOf, enter } from './concurrency.ts'

const SCOPE = { account: '000000000000', region: 'us-east-1' }
const load = (settings: Partial<ConcurrencySettings>) =>
  new ConcurrencyLimits().load(SCOPE, 'f', { reserved: undefined, provisioned: 0, claimed: 0, ...settings })

const admitted = (settings: Partial<ConcurrencySettings>): number => {
  const function_ = load(settings)
  let count = 0
  try {
    for (;;) {
      enter(function_)
      count++
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'TooManyRequestsException' })
    return count
  }
}

describe('invocations on demand', () => {
  it.each([
    [{}, 1000],
    [{ claimed: 900 }, 100],
    [{ reserved: 5, claimed: 5 }, 5],
    [{ reserved: 0 }, 0],
    [{ provisioned: 10, claimed: 10 }, 990],
    [{ reserved: 5, provisioned: 2, claimed: 5 }, 3],
    [{ reserved: 5, provisioned: 5, claimed: 5 }, 0],
  ])('of a function with %j are at most %i at a time', (settings, most) => {
    expect(admitted(settings)).toBe(most)
  })
})

describe('invocations of provisioned environments', () => {
  it('are always let in, and take no place from others', () => {
    const function_ = load({ reserved: 5, provisioned: 2, claimed: 5 })
    for (let n = 0; n < 2; n++) enter(function_, true)
    for (let n = 0; n < 3; n++) enter(function_)
    expect(() => enter(function_)).toThrow('Rate Exceeded.')
    expect(concurrencyOf(function_)).toEqual({ running: 5, account: 5, unreserved: 0, claimed: 5 })
  })

  it('leave nothing behind, whatever the limits become meanwhile', () => {
    const limits = new ConcurrencyLimits()
    const settings = fc.record({
      reserved: fc.option(fc.integer({ min: 100, max: 900 }), { nil: undefined }),
      provisioned: fc.integer({ min: 0, max: 50 }),
      claimed: fc.integer({ min: 0, max: 800 }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(settings, fc.boolean()), { maxLength: 40 }), steps => {
        const leaves = steps.map(([given, isProvisioned]) =>
          enter(limits.load(SCOPE, 'f', given), isProvisioned),
        )
        for (const leave of leaves) leave()
        const idle = limits.load(SCOPE, 'f', { reserved: undefined, provisioned: 0, claimed: 0 })
        expect(concurrencyOf(idle)).toEqual({ running: 0, account: 0, unreserved: 0, claimed: 0 })
        expect(idle.onDemand).toBe(0)
      }),
    )
  })
})
