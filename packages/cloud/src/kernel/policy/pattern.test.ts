import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { literal, matchesPattern, wildcards } from './pattern.ts'

/** The plain way: a pattern as a regular expression. */
const naive = (pattern: string, text: string): boolean => {
  const source = [...pattern]
    .map(character =>
      character === '*' ? '.*' : character === '?' ? '.' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
    .join('')
  return new RegExp(`^${source}$`, 'su').test(text)
}

describe('matchesPattern', () => {
  it('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '.', '$', '😀') })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '.', '*', '?', '$', '😀') })
    fc.assert(
      fc.property(pattern, text, (wanted, given) => {
        expect(matchesPattern(wildcards(wanted), given)).toBe(naive(wanted, given))
      }),
      { numRuns: 5_000 },
    )
  })

  it('finds every text in a pattern made from it', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (text, from, length) => {
        const characters = [...text]
        const start = from % (characters.length + 1)
        const pattern = [...characters.slice(0, start), '*', ...characters.slice(start + length)].join('')
        fc.pre(!/[*?]/.test(text))
        expect(matchesPattern(wildcards(pattern), text)).toBe(true)
        expect(matchesPattern(literal(text), text)).toBe(true)
      }),
    )
  })

  it('takes wildcards of a literal as they are', () => {
    expect(matchesPattern(literal('a*'), 'ab')).toBe(false)
    expect(matchesPattern(literal('a*'), 'a*')).toBe(true)
  })

  it('does not take exponential time', () => {
    expect(matchesPattern(wildcards(`${'*a'.repeat(200)}b`), 'a'.repeat(5_000))).toBe(false)
  })
})
