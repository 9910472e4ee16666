import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './log-lines.ts'

const cut = (bytes: Buffer, places: readonly number[]): string[] => {
  const splitter = new LineSplitter()
  const ends = [...places.map(place => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  const lines = ends.flatMap(end => {
    const part = splitter.push(bytes.subarray(from, end))
    from = end
    return part
  })
  return [...lines, ...splitter.end()]
}

describe('lines', () => {
  it('are the same wherever the stream is cut, also within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), (text, places) => {
        const expected = text
          .split('\n')
          .map(line => (line.endsWith('\r') ? line.slice(0, -1) : line))
          .filter(line => line !== '')
        expect(cut(Buffer.from(text), places)).toEqual(expected)
      }),
    )
  })

  it('longer than a log event become several', () => {
    const line = 'x'.repeat(600_000)
    const pieces = cut(Buffer.from(`${line}\nshort\n`), [])
    expect(pieces.map(({ length }) => length)).toEqual([262_118, 262_118, 75_764, 5])
  })
})
