import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allot, Reservoirs } from './allotment.ts'

describe('allot', () => {
  it.each<[number, number[], number[]]>([
    [10, [5], [10]],
    [10, [50, 50], [5, 5]],
    [10, [50, 2], [8, 2]],
    [10, [1, 1], [5, 5]],
    [10, [4, 9, 30], [3, 3, 4]],
    [10, [1, 9, 30], [1, 4, 5]],
    [1, [9, 30, 7], [0, 1, 0]],
    [0, [9, 30], [0, 0]],
    [7, [], []],
  ])('divides %i among demands of %j as %j', (size, demands, quotas) => {
    expect(allot(size, demands)).toEqual(quotas)
  })

  it('gives all of the reservoir away, and no one less than another that asks for no more', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(fc.nat(200), { minLength: 1, maxLength: 20 }), (size, demands) => {
        const quotas = allot(size, demands)
        expect(quotas.reduce((sum, quota) => sum + quota, 0)).toBe(size)
        expect(quotas.every(quota => Number.isInteger(quota) && quota >= 0)).toBe(true)
        demands.forEach((demand, index) => {
          demands.forEach((other, place) => {
            if (demand >= other) expect(quotas[index]).toBeGreaterThanOrEqual((quotas[place] ?? 0) - 1)
          })
        })
      }),
    )
  })
})

describe('Reservoirs', () => {
  const scope = { account: '123456789012', region: 'eu-west-1' }
  const rule = { RuleName: 'r', ReservoirSize: 10 }

  it('divides a reservoir among the clients of the last half minute', () => {
    const reservoirs = new Reservoirs()
    const quota = (id: string, requestCount: number, now: number) =>
      reservoirs.quota(scope, rule, { id, requestCount }, now)
    expect(quota('a', 1_000, 0)).toBe(10)
    expect(quota('b', 20, 5_000)).toBe(2)
    expect(quota('a', 1_000, 10_000)).toBe(8)
    expect(quota('b', 1_000, 15_000)).toBe(5)
    expect(quota('a', 1_000, 20_000)).toBe(5)
    // b has been silent for more than 30 s.
    expect(quota('a', 1_000, 45_001)).toBe(10)
  })

  it('keeps rules and scopes apart', () => {
    const reservoirs = new Reservoirs()
    reservoirs.quota(scope, rule, { id: 'a', requestCount: 1_000 }, 0)
    const other = { ...scope, region: 'us-east-1' }
    expect(reservoirs.quota(other, rule, { id: 'b', requestCount: 1_000 }, 0)).toBe(10)
    expect(reservoirs.quota(scope, { ...rule, RuleName: 's' }, { id: 'b', requestCount: 1_000 }, 0)).toBe(10)
  })

  it('keeps a bounded number of clients', () => {
    const reservoirs = new Reservoirs()
    for (let index = 0; index < 3_000; index++) {
      reservoirs.quota(
        scope,
        { RuleName: 'r', ReservoirSize: 2_000 },
        { id: `c${index}`, requestCount: 10 },
        0,
      )
    }
    const last = { id: 'last', requestCount: 10 }
    expect(reservoirs.quota(scope, { RuleName: 'r', ReservoirSize: 2_000 }, last, 0)).toBe(2)
  })
})
