import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSegmentId, newTraceId, parseTraceHeader } from './trace-header.ts'

const ROOT = '1-5e66d96f-7491f092d2a5079d18acf3d0'
const PARENT = '53995c3f42cd8ad8'

const CASES: ReadonlyArray<readonly [what: string, text: string, expected: object]> = [
  [
    'whole',
    `Root=${ROOT};Parent=${PARENT};Sampled=1`,
    { root: ROOT, parent: PARENT, sampled: '1', rest: '' },
  ],
  [
    'in another order, case and spacing',
    ` sampled = 0 ; ROOT=${ROOT} `,
    { root: ROOT, parent: undefined, sampled: '0', rest: '' },
  ],
  [
    'that asks for the decision',
    `Root=${ROOT};Sampled=?`,
    { root: ROOT, parent: undefined, sampled: '?', rest: '' },
  ],
  [
    'of a load balancer, with more in it',
    `Self=1-2-3;Root=${ROOT};Lineage=a87bd80c:1|68fd508a:5;Foo=bar`,
    { root: ROOT, parent: undefined, sampled: undefined, rest: ';Lineage=a87bd80c:1|68fd508a:5;Foo=bar' },
  ],
  [
    'without a valid field',
    'Root=2-5e66d96f-7491f092d2a5079d18acf3d0;Parent=xyz;Sampled=yes',
    { root: undefined, parent: undefined, sampled: undefined, rest: '' },
  ],
  ['that is empty', '', { root: undefined, parent: undefined, sampled: undefined, rest: '' }],
]

describe('a trace header', () => {
  it.each(CASES)('%s is read', (_what, text, expected) => {
    expect(parseTraceHeader(text)).toEqual(expected)
  })

  it('of any text yields valid fields alone, and never more than 256 characters of others', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), text => {
        const { root, parent, rest } = parseTraceHeader(text)
        expect(root === undefined || /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(root)).toBe(true)
        expect(parent === undefined || /^[0-9a-f]{16}$/i.test(parent)).toBe(true)
        expect(rest.length).toBeLessThanOrEqual(256)
      }),
    )
  })
})

describe('new ids', () => {
  it('have the form that they are read back in, and the time in them', () => {
    const root = newTraceId(1_583_798_639_428)
    expect(root).toMatch(/^1-5e66d96f-[0-9a-f]{24}$/)
    const parent = newSegmentId()
    expect(parseTraceHeader(`Root=${root};Parent=${parent}`)).toMatchObject({ root, parent })
    expect(newSegmentId()).not.toBe(parent)
  })
})
