import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTraceHeader, parseTraceHeader } from './trace-header.ts'

const ROOT = '1-5759e988-bd862e3fe1be46a994272793'
const PARENT = '53995c3f42cd8ad8'

describe('parseTraceHeader', () => {
  it.each([
    [`Root=${ROOT}`, { root: ROOT, parent: undefined, sampled: undefined, extra: '' }],
    [`Root=${ROOT};Parent=${PARENT};Sampled=1`, { root: ROOT, parent: PARENT, sampled: true, extra: '' }],
    [
      ` sampled = 0 ; PARENT=${PARENT};root=${ROOT}`,
      { root: ROOT, parent: PARENT, sampled: false, extra: '' },
    ],
    [`Root=${ROOT};Sampled=?`, { root: ROOT, parent: undefined, sampled: '?', extra: '' }],
    [
      `Self=1-67891234-12456789abcdef012345678;Root=${ROOT}`,
      { root: ROOT, parent: undefined, sampled: undefined, extra: '' },
    ],
    [
      `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2`,
      { root: ROOT, parent: PARENT, sampled: true, extra: ';Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2' },
    ],
    [
      'Root=1-5759e988-short;Parent=xyz;Sampled=yes',
      { root: undefined, parent: undefined, sampled: undefined, extra: '' },
    ],
    ['', { root: undefined, parent: undefined, sampled: undefined, extra: '' }],
    [';;=;=x;Root', { root: undefined, parent: undefined, sampled: undefined, extra: '' }],
  ])('reads %j', (text, expected) => {
    expect(parseTraceHeader(text)).toEqual(expected)
  })

  it('carries at most 256 characters of unknown pairs', () => {
    const { extra } = parseTraceHeader(`Root=${ROOT};a=${'x'.repeat(200)};b=${'y'.repeat(100)};c=z`)
    expect(extra).toBe(`;a=${'x'.repeat(200)};c=z`)
  })

  it('never throws, and yields only what may be sent on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        const { root, parent, sampled, extra } = parseTraceHeader(text)
        expect(root === undefined || /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(root)).toBe(true)
        expect(parent === undefined || /^[0-9a-f]{16}$/.test(parent)).toBe(true)
        expect([true, false, '?', undefined]).toContain(sampled)
        expect(extra).toMatch(/^[\x20-\x7e]*$/)
        expect(extra.length).toBeLessThan(256 + 2 * 128)
      }),
      { numRuns: 5000 },
    )
  })

  it('survives mutations of a valid header', () => {
    const valid = `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a87bd80c:1`
    const mutation = fc.tuple(fc.nat(valid.length), fc.nat(6), fc.string({ unit: 'binary', maxLength: 6 }))
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 5 }), mutations => {
        let text = valid
        for (const [at, length, by] of mutations) text = text.slice(0, at) + by + text.slice(at + length)
        const { root, parent, extra } = parseTraceHeader(text)
        expect(parseTraceHeader(formatTraceHeader(root ?? ROOT, parent ?? PARENT, true, extra)).extra).toBe(
          extra,
        )
      }),
      { numRuns: 5000 },
    )
  })

  it('reads back what formatTraceHeader writes', () => {
    const hex = (length: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
        .map(digits => digits.join(''))
    fc.assert(
      fc.property(hex(8), hex(24), hex(16), fc.boolean(), (time, random, parent, sampled) => {
        const root = `1-${time}-${random}`
        expect(parseTraceHeader(formatTraceHeader(root, parent, sampled, ';Lineage=a:1'))).toEqual({
          root,
          parent,
          sampled,
          extra: ';Lineage=a:1',
        })
      }),
    )
  })
})
