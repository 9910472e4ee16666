import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DocumentScanner } from './document-scanner.ts'
import { UNSURE } from './json-bytes.ts'
import { readDocument } from './read-document.ts'
import { scanDocument } from './scan-document.ts'
import { TRACE_ID_LENGTH } from './skip-member.ts'

const TRACE_ID = '1-5f84c7a1-000000000000000000000abc'
const ID = '00000000000000Af'

type Scan = typeof scanDocument

const traceIdBy = (scan: Scan, text: string): string | undefined => {
  // In the midst of other bytes, as lines are.
  const bytes = Buffer.from(`}"1${text}\n"}1,`)
  const at = scan(bytes, 3, bytes.length - 5)
  return at === UNSURE ? undefined : bytes.toString('latin1', at, at + TRACE_ID_LENGTH)
}

/** The scan of documents of new shapes, and that of a scanner which learns theirs. */
const SCANS: ReadonlyArray<readonly [what: string, create: () => Scan]> = [
  ['of one document', () => scanDocument],
  [
    'with shapes',
    () => {
      const scanner = new DocumentScanner()
      return (bytes, from, to) => scanner.scan(bytes, from, to)
    },
  ],
]

const traceIdOf = (text: string): string | undefined => {
  const result = readDocument(text)
  return 'error' in result ? undefined : result.document.trace_id
}

/** What may stand for the value of any member, valid there or not. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    true,
    false,
    0,
    -1,
    1e300,
    '0',
    [],
    {},
    [[]],
    [{}],
    'a\\"b\n',
    'é',
    '\ud800',
  ),
  fc.jsonValue(),
)
const or = (...usual: ReadonlyArray<fc.Arbitrary<unknown>>) => {
  const [first, ...rest] = usual
  return fc.option(
    fc.oneof(
      ...(first ? [{ weight: 40, arbitrary: first }] : []),
      ...rest.map(arbitrary => ({ weight: 2, arbitrary })),
      { weight: 1, arbitrary: odd },
    ),
    { nil: undefined, freq: 40 },
  )
}

const time = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(0, 1.5, 1_700_000_000.123) },
  { weight: 1, arbitrary: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }) },
)
const members = {
  id: or(fc.constantFrom(ID, '000000000000000a'), fc.constant('00000000000000')),
  name: or(
    fc.constantFrom('api', 'a b', '## predict', 'x'.repeat(200)),
    fc.constantFrom('ü', 'a\\b', 'x'.repeat(201), '<'),
  ),
  start_time: or(time),
  end_time: or(time),
  in_progress: or(fc.boolean()),
  metadata: or(fc.jsonValue()),
}
const subsegment = fc.letrec(tie => ({
  entity: fc.record({
    ...members,
    subsegments: fc.option(or(fc.array(tie('entity'), { maxLength: 2 })), { freq: 2, nil: undefined }),
  }),
})).entity
const document = fc.record({
  ...members,
  trace_id: or(fc.constantFrom(TRACE_ID, TRACE_ID.toUpperCase()), fc.constant('1-5f84c7a1-0')),
  parent_id: fc.option(or(fc.constant(ID)), { freq: 2, nil: undefined }),
  type: fc.option(or(fc.constantFrom('subsegment', 'segment')), { freq: 2, nil: undefined }),
  subsegments: fc.option(or(fc.array(subsegment, { maxLength: 2 })), { freq: 2, nil: undefined }),
})

/** As JSON.stringify writes it, with a member said twice, with an escape in a name, with blanks. */
const written = fc
  .tuple(
    document,
    fc.constantFrom('', '', ' ', '\t', '\n'),
    fc.constantFrom('', '', '', 'twice', 'escape'),
    fc.nat(8),
  )
  .map(([value, blank, trick, place]) => {
    const text = JSON.stringify(value)
    const entries = Object.entries(value).filter(([, one]) => one !== undefined)
    const [name, one] = entries[place % Math.max(1, entries.length)] ?? ['a', 1]
    const more =
      trick === 'twice'
        ? `,${JSON.stringify(name)}:${JSON.stringify(one)}`
        : trick === 'escape'
          ? `,"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}":null`
          : ''
    const tricked = entries.length > 0 ? `${text.slice(0, -1)}${more}}` : text
    return blank === '' ? tricked : blank + tricked.replaceAll('":', `"${blank}:${blank}`) + blank
  })

describe.each(SCANS)('the scan %s', (_, create) => {
  it('finds the trace id of what clients send', () => {
    const text = JSON.stringify({
      trace_id: TRACE_ID,
      id: ID,
      name: 'predict',
      start_time: 1_700_000_000.123,
      in_progress: true,
      http: {
        request: { url: 'https://a/"\\\u0001' },
        response: { status: -1.5e-7, list: [true, false, null, []] },
      },
      subsegments: [{ id: ID, name: '## x', start_time: 1, end_time: 2, subsegments: [] }],
    })
    const scan = create()
    expect(traceIdBy(scan, text)).toBe(TRACE_ID)
    expect(traceIdBy(scan, text)).toBe(TRACE_ID)
  })

  it('takes nothing that reading refuses, and sees the same trace id', () => {
    let sure = 0
    const scan = create()
    fc.assert(
      fc.property(written, text => {
        const found = traceIdBy(scan, text)
        if (found === undefined) return
        sure++
        expect(found).toBe(traceIdOf(text))
        // It is known now.
        expect(traceIdBy(scan, text)).toBe(found)
      }),
      { numRuns: 3_000 },
    )
    expect(sure).toBeGreaterThan(300)
  })

  it('takes no document with a byte changed, added or lost that reading refuses', () => {
    const base = JSON.stringify({
      trace_id: TRACE_ID,
      id: ID,
      name: 'a',
      start_time: 10.5,
      end_time: 20,
      parent_id: ID,
      type: 'subsegment',
      error: false,
      m: { 'k"': [1e5, -0.1, null, 'x\\u12'] },
      subsegments: [{ id: ID, name: 'b', start_time: 0, in_progress: true }],
    })
    const scan = create()
    traceIdBy(scan, base)
    const characters = '"\\{}[]:,0123456789.-+eE tfnulax\u0001\n'
    for (let at = 0; at < base.length; at++) {
      for (const one of characters) {
        for (const text of [
          base.slice(0, at) + one + base.slice(at + 1),
          base.slice(0, at) + one + base.slice(at),
        ]) {
          const found = traceIdBy(scan, text)
          if (found !== undefined && found !== traceIdOf(text)) expect.fail(text)
        }
      }
      expect(traceIdBy(scan, base.slice(0, at))).toBeUndefined()
    }
  })
})
