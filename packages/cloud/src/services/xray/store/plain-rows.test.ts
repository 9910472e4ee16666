import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Entity } from '../document/entity.ts'
import { mergeDocuments } from '../document/merge.ts'
import { rootOf } from '../summaries/summarize.ts'
import { openDatabase } from './database.ts'
import { type Dictionary, openDictionary } from './dictionary.ts'
import { PlainRows } from './plain-rows.ts'
import type { TableWriter } from './table-writer.ts'
import { causesOf, type TraceWriters, writeTrace } from './trace-rows.ts'

const TRACE_ID = '1-5f84c7a1-000000000000000000000abc'
const NUMBER = { scope: 1, id: 7, key: 12n, revision: 1 }

let dictionary: Dictionary

beforeAll(async () => {
  const database = await openDatabase(undefined)
  dictionary = await openDictionary(database)
  database.close()
})

type Rows = Record<keyof TraceWriters, unknown[][]>

const collect = () => {
  const rows: Rows = { traces: [], visits: [], texts: [], numbers: [] }
  const writer = (table: keyof Rows) => ({ add: (...row: unknown[]) => rows[table].push(row) })
  const names = Object.keys(rows) as Array<keyof Rows>
  const writers = Object.fromEntries(names.map(name => [name, writer(name)])) as Record<keyof Rows, unknown>
  return { rows, writers: writers as Record<keyof TraceWriters, TableWriter> }
}

/** Rows of a table have no order. */
const sorted = (rows: Rows): Rows => {
  const order = (table: unknown[][]): unknown[][] =>
    table.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
  return {
    traces: rows.traces,
    visits: order(rows.visits),
    texts: order(rows.texts),
    numbers: order(rows.numbers),
  }
}

const bytesOf = (documents: readonly object[]) => {
  const places: number[] = []
  let text = ''
  for (const document of documents) {
    const json = JSON.stringify(document)
    places.push(Buffer.byteLength(text), Buffer.byteLength(text) + Buffer.byteLength(json))
    text += `${json}\n`
  }
  return { bytes: Buffer.from(text), places }
}

const slowly = (documents: readonly object[]): Rows => {
  const { rows, writers } = collect()
  writeTrace(writers, NUMBER, mergeDocuments(documents as Entity[]), dictionary)
  return sorted(rows)
}

/** The rows, once all shapes are known; `undefined` for a trace that is not plain. */
const plainly = (plain: PlainRows, documents: readonly object[]): Rows | undefined => {
  const { bytes, places } = bytesOf(documents)
  for (let round = 0; round <= documents.length; round++) {
    const { rows, writers } = collect()
    const merged = mergeDocuments(documents as Entity[])
    const causes = (): number => causesOf(merged, rootOf(merged), dictionary)
    if (plain.write(writers, NUMBER, bytes, places, causes)) return sorted(rows)
    expect(rows).toEqual({ traces: [], visits: [], texts: [], numbers: [] })
  }
  return undefined
}

const idOf = (number: number): string => number.toString(16).padStart(16, '0')

const segment = (id: number, more: object = {}): object => ({
  trace_id: TRACE_ID,
  id: idOf(id),
  name: 'api',
  start_time: 1_795_453_160.5,
  end_time: 1_795_453_161.25,
  ...more,
})

const NOT_PLAIN: ReadonlyArray<readonly [what: string, documents: readonly object[]]> = [
  ['an entity that is in progress', [segment(1, { end_time: undefined, in_progress: true })]],
  ['a fault', [segment(1, { fault: true })]],
  ['an error', [segment(1, { error: true })]],
  ['throttling', [segment(1, { throttle: true })]],
  ['a cause', [segment(1, { cause: { exceptions: [{ type: 'E' }] } })]],
  ['a segment that was inferred', [segment(1, { inferred: true })]],
  ['a subsegment that was sent alone', [segment(1), segment(2, { type: 'subsegment', parent_id: idOf(1) })]],
  ['an entity that is there twice', [segment(1), segment(1, { end_time: 1_795_453_170 })]],
  ['a segment that names itself as its caller', [segment(1, { parent_id: idOf(1) })]],
  [
    'more annotations than are indexed',
    [
      segment(1, {
        annotations: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, index])),
      }),
    ],
  ],
]

const one = fc.constantFrom
const START = 1_795_453_160

const ENTITY = fc.record(
  {
    // Few different times, so that many are equal.
    start: fc.integer({ min: 0, max: 5 }),
    took: fc.integer({ min: -1, max: 6 }),
    name: one('api', 'predict', 'DynamoDB', 'S3'),
    namespace: one(undefined, undefined, 'aws', 'remote'),
    origin: one(undefined, 'AWS::Lambda', 'AWS::Lambda::Function', 7),
    http: one<unknown>(
      undefined,
      null,
      'GET',
      {},
      { response: { status: 200 } },
      {
        request: { url: 'https://a.example/ü', method: 'GET', client_ip: '::1' },
        response: { status: '404' },
      },
    ),
    annotations: one<unknown>(
      undefined,
      null,
      {},
      [1],
      { response: { status: 200 } },
      { a: 1 },
      { a: '1', b: true },
      { a: 1, b: false, c: [1] },
    ),
    aws: one(undefined, { account_id: '123456789012' }, { table_name: 'Ä', ec2: { instance_id: 'i-1' } }),
    sql: one(undefined, null, {}),
    user: one(undefined, '', 'ann', 3),
    resource_arn: one(undefined, 'arn:aws:x'),
    metadata: one(undefined, { any: { thing: ['}"'] } }),
    fault: one(undefined, false),
    caller: fc.nat({ max: 12 }),
  },
  { noNullPrototype: true },
)
const DOCUMENTS = fc.array(fc.tuple(ENTITY, fc.array(ENTITY, { maxLength: 3 })), {
  minLength: 1,
  maxLength: 5,
})

type Drawn = typeof ENTITY extends fc.Arbitrary<infer T> ? T : never

/** Begun and called otherwise. */
const later = (entity: Drawn, shift: number): Drawn => ({
  ...entity,
  start: entity.start + ((shift * entity.name.length) % 3),
  took: entity.took + shift,
  caller: Math.abs(entity.caller + shift),
  http: shift === 1 ? { response: { status: 503 } } : entity.http,
})

/** Half of the callers are none of the trace, some segments have none. */
const documentsOf = (drawn: ReadonlyArray<readonly [Drawn, readonly Drawn[]]>): object[] => {
  let last = 0
  const count = drawn.reduce((sum, [, below]) => sum + 1 + below.length, 0)
  const write = ({ start, took, caller, ...more }: Drawn): Record<string, unknown> => {
    last++
    // Ids in another order than that in which they are written.
    return {
      id: idOf(count - last),
      start_time: START + start / 8,
      end_time: START + (start + took) / 8,
      ...more,
    }
  }
  return drawn.map(([top, below]) => {
    const document = write(top)
    const made = below.map(write)
    for (const [index, entity] of made.entries()) {
      const above = made[(below[index]?.caller ?? 0) % (index + 1)]
      if (above && above !== entity) above.subsegments = [...((above.subsegments as object[]) ?? []), entity]
      else document.subsegments = [...((document.subsegments as object[]) ?? []), entity]
    }
    const caller = top.caller < 2 ? {} : { parent_id: idOf(top.caller - 2) }
    return { ...document, trace_id: TRACE_ID, ...caller }
  })
}

describe('PlainRows', () => {
  it.each(NOT_PLAIN)('leaves a trace with %s to be read in full', (_, documents) => {
    expect(plainly(new PlainRows(dictionary), documents)).toBeUndefined()
  })

  it('writes for plain traces what reading them in full makes of these', () => {
    let written = 0
    fc.assert(
      fc.property(
        DOCUMENTS,
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 }),
        (drawn, shifts) => {
          const plain = new PlainRows(dictionary)
          // Of the same shapes, so that what is known of the first is used for the others.
          for (const shift of [0, ...shifts]) {
            const documents = documentsOf(drawn.map(([top, below]) => [later(top, shift), below]))
            const rows = plainly(plain, documents)
            if (!rows) continue
            written++
            expect(rows).toEqual(slowly(documents))
          }
        },
      ),
      { numRuns: 1_000 },
    )
    expect(written).toBeGreaterThan(1_000)
  })

  it('tells traces of the same shapes apart', () => {
    const plain = new PlainRows(dictionary)
    for (let index = 0; index < 50; index++) {
      const documents = [
        segment(index + 1, { start_time: START + index, http: { response: { status: 200 + index } } }),
        segment(index + 100, {
          parent_id: idOf(index + 1),
          name: 'model',
          annotations: { number: index % 3 },
        }),
      ]
      expect(plainly(plain, documents)).toEqual(slowly(documents))
    }
  })

  it('takes the same bytes for what they are in each member', () => {
    const plain = new PlainRows(dictionary)
    for (const value of [{ a: 1 }, { response: { status: 500 } }, {}, null, { a: 1 }]) {
      const documents = [segment(1, { http: value, annotations: value, aws: value })]
      expect(plainly(plain, documents)).toEqual(slowly(documents))
    }
  })

  it.each([
    ['by their ids', [2, 0, 3, 0], [3, 0, 2, 0]],
    ['by their starts', [2, 1, 3, 0], [2, 0, 3, 1]],
  ])('orders children that took as long %s', (_, ...traces) => {
    const plain = new PlainRows(dictionary)
    for (const [x = 0, xStart = 0, y = 0, yStart = 0] of traces) {
      const child = (id: number, start: number, name: string) => ({
        id: idOf(id),
        name,
        start_time: START + start,
        end_time: START + start + 4,
      })
      const subsegments = [child(x, xStart, 'x'), child(y, yStart, 'y')]
      const documents = [segment(1, { start_time: START, end_time: START + 5, subsegments })]
      expect(plainly(plain, documents)).toEqual(slowly(documents))
    }
  })

  it('takes children before segments that were called and took as long', () => {
    const plain = new PlainRows(dictionary)
    for (const took of [5, 4]) {
      const child = { id: idOf(2), name: 'x', start_time: START + 1, end_time: START + 5 }
      const documents = [
        segment(3, { parent_id: idOf(1), name: 'called', start_time: START, end_time: START + took }),
        segment(1, { start_time: START, end_time: START + 6, subsegments: [child] }),
      ]
      expect(plainly(plain, documents)).toEqual(slowly(documents))
    }
  })
})
