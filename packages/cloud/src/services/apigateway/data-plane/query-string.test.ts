import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQueryString } from './query-string.ts'

const asMap = (raw: string) => {
  const { names, values } = parseQueryString(raw)
  return Object.fromEntries(names.map((name, index) => [name, values[index]]))
}

describe('the query string', () => {
  it.each<[raw: string, expected: Record<string, string[]>]>([
    ['', {}],
    ['a=1', { a: ['1'] }],
    ['a=1&a=2&b=3', { a: ['1', '2'], b: ['3'] }],
    ['flag', { flag: [''] }],
    ['flag=', { flag: [''] }],
    ['&&a=1&', { a: ['1'] }],
    ['plus=test+alias@gmail.com', { plus: ['test alias@gmail.com'] }],
    ['email=test%2Balias@gmail.com', { email: ['test+alias@gmail.com'] }],
    ['a=b=c', { a: ['b=c'] }],
    ['bad=%zz', { bad: ['%zz'] }],
  ])('%j reads as recorded from AWS', (raw, expected) => {
    expect(asMap(raw)).toEqual(expected)
  })

  it('reads what URLSearchParams writes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string())), pairs => {
        const expected = new Map<string, string[]>()
        for (const [name, value] of pairs) expected.set(name, [...(expected.get(name) ?? []), value])
        const { names, values } = parseQueryString(new URLSearchParams(pairs).toString())
        expect(names).toEqual([...expected.keys()])
        expect(values).toEqual([...expected.values()])
      }),
    )
  })
})
