import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalAt } from './decimal.ts'

const read = (text: string): number => {
  const bytes = Buffer.from(`7${text},7`)
  return decimalAt(bytes, 1, bytes.length - 2)
}

describe('decimalAt', () => {
  it.each([
    '0',
    '0.1',
    '1795453160',
    '1795453160.779',
    '1795453160.7790001',
    '1073741824.000000119',
    // Just between two doubles, where half is rounded to even.
    '1073741824.00000011920928955078125',
    '9007199254740993',
    '123456789012345678901234567890.5',
  ])('reads %s as Number does', text => {
    expect(read(text)).toBe(Number(text))
  })

  it('reads the decimals of any time as Number does', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 12 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 34 }), digits, (whole, fraction) => {
        const text = fraction === '' ? String(whole) : `${whole}.${fraction}`
        expect(read(text)).toBe(Number(text))
      }),
      { numRuns: 20_000 },
    )
  })

  it('reads the decimals that are nearest to what is between two doubles as Number does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 30, max: 2 ** 31 }), fc.nat({ max: 2 ** 22 - 1 }), (whole, step) => {
        const half = whole + (step + 0.5) / 2 ** 22
        const fraction = Math.round((half - whole) * 1e9)
        for (const near of [fraction - 1, fraction, fraction + 1]) {
          const text = `${whole}.${String(Math.min(Math.max(near, 0), 999_999_999)).padStart(9, '0')}`
          expect(read(text)).toBe(Number(text))
        }
      }),
      { numRuns: 5_000 },
    )
  })
})
