import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ValueCache } from './value-cache.ts'

const read = (cache: ValueCache, text: string, use = 0): unknown => {
  const bytes = Buffer.from(`7${text}7`)
  return cache.read(bytes, 1, bytes.length - 1, use).value
}

describe('ValueCache', () => {
  it('reads what JSON.parse reads, the first time and again', () => {
    const cache = new ValueCache()
    // Texts of the same few characters: many of them alike but for one.
    const text = fc.oneof(fc.jsonValue(), fc.string({ unit: fc.constantFrom('a', 'b', 'ü'), maxLength: 12 }))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), values => {
        for (const value of [...values, ...values]) {
          const json = JSON.stringify(value)
          expect(read(cache, json)).toEqual(JSON.parse(json))
        }
      }),
    )
  })

  it('gives the same object for the same bytes', () => {
    const cache = new ValueCache()
    expect(read(cache, '{"a":[1]}')).toBe(read(cache, '{"a":[1]}'))
    expect(read(cache, '{"a":[2]}')).toEqual({ a: [2] })
  })

  it('gives other objects for other uses', () => {
    const cache = new ValueCache()
    expect(read(cache, '{}', 1)).not.toBe(read(cache, '{}', 2))
  })

  it('reads what is too long to be kept', () => {
    const long = { text: 'x'.repeat(1_000) }
    expect(read(new ValueCache(), JSON.stringify(long))).toEqual(long)
  })
})
