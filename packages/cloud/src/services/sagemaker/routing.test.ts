import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseByWeight } from './routing.ts'

describe('the choice by weight', () => {
  it.each([
    [[1], 0, 0],
    [[1], 0.999, 0],
    [[1, 3], 0.24, 0],
    [[1, 3], 0.26, 1],
    [[0, 1], 0, 1],
    [[1, 0], 0.999, 0],
    [[], 0.5, undefined],
    [[0, 0], 0.5, undefined],
  ])('among %j at %d is %s', (weights, random, expected) => {
    expect(chooseByWeight(weights, random)).toBe(expected)
  })

  it('never falls on a weight of 0, and always falls where there is another', () => {
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e6, noNaN: true })))
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (list, random) => {
        const index = chooseByWeight(list, random)
        if (list.every(weight => weight === 0)) expect(index).toBeUndefined()
        else expect(list[index ?? -1]).toBeGreaterThan(0)
      }),
    )
  })
})
