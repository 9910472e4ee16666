import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clippedSigma, median, roughSigma } from './robust.ts'

describe('a median', () => {
  it('is that of the sorted values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), values => {
        const sorted = Float64Array.from(values).sort()
        const half = sorted.length >> 1
        const [low = 0, high = 0] = [sorted[half - 1], sorted[half]]
        expect(median(Float64Array.from(values))).toBe(sorted.length % 2 === 1 ? high : (low + high) / 2)
      }),
    )
  })

  it('of nothing is NaN', () => {
    expect(median(new Float64Array())).toBeNaN()
  })
})

describe('a spread', () => {
  it.each([
    ['no values', [], 0],
    ['values without deviation', [0, 0, 0], 0],
  ])('of %s is 0', (_name, residuals, spread) => {
    expect(clippedSigma(Float64Array.from(residuals), 3.5)).toBe(spread)
    expect(roughSigma(Float64Array.from(residuals))).toBe(spread)
  })

  it('does not see one wild value', () => {
    const residuals = Float64Array.from({ length: 101 }, (_, index) => (index - 50) / 25)
    const spread = clippedSigma(residuals, 3.5)
    residuals[0] = 1e9
    expect(Math.abs(clippedSigma(residuals, 3.5) - spread)).toBeLessThan(0.1)
  })
})
