import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonErrorOffset } from './json-error.ts'

describe('where a text stops being JSON', () => {
  it.each([
    ['{"a": }', 6],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[1 2]', 3],
    ['[1, 2', 5],
    ['{"a": "x', 6],
    ['{"a": tru}', 6],
    ['{"a": 01}', 7],
    ['{} x', 3],
    ['', 0],
    ['{"a": [}]', 7],
  ])('%s: %i', (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset)
  })

  it('is within the text for any text, and its end for JSON itself', () => {
    fc.assert(fc.property(fc.json(), json => jsonErrorOffset(json) === json.length))
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[{}[\]":,a1 ]*$/)), text => {
        const offset = jsonErrorOffset(text)
        return offset >= 0 && offset <= text.length
      }),
    )
  })

  it('does not read past the first error: a valid prefix cut anywhere fails at its end or in its last token', () => {
    fc.assert(
      fc.property(fc.object(), fc.nat(), (value, cut) => {
        const json = JSON.stringify(value)
        const prefix = json.slice(0, cut % json.length)
        const rest = prefix.slice(jsonErrorOffset(prefix))
        // What is left unread is at most one unfinished string, number or word.
        return rest === '' || /^["\-tfn.e]/.test(rest)
      }),
    )
  })
})
