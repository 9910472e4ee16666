import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entity } from './entity.ts'
import { mergeDocuments } from './merge.ts'
import { writeDocument } from './write-document.ts'

const merge = (documents: readonly object[]) => {
  const { segments, orphans } = mergeDocuments(documents as Entity[])
  return [...segments, ...orphans].map(node => JSON.parse(writeDocument(node)))
}

const segment = { id: 'a', trace_id: 't', name: 's', start_time: 1, end_time: 9 }
const alone = (id: string, parent: string, more: object = {}) => ({
  id,
  name: id,
  start_time: 2,
  end_time: 3,
  type: 'subsegment',
  parent_id: parent,
  trace_id: 't',
  ...more,
})

/** A tree of entities as documents: each node is embedded in its parent or sent alone. */
const trees = fc
  .array(fc.record({ parent: fc.nat(), alone: fc.boolean(), start: fc.nat(9) }), { maxLength: 12 })
  .map(specs => {
    const documents: Array<Record<string, unknown>> = [{ ...segment, subsegments: [] }]
    const entities = [...documents]
    for (const [index, spec] of specs.entries()) {
      const id = `n${String(index).padStart(2, '0')}`
      const parent = entities[spec.parent % entities.length] ?? {}
      const entity = { id, name: id, start_time: spec.start, end_time: 9, subsegments: [] }
      if (spec.alone) documents.push({ ...entity, type: 'subsegment', trace_id: 't', parent_id: parent.id })
      else (parent.subsegments as object[]).push(entity)
      entities.push(spec.alone ? (documents.at(-1) as Record<string, unknown>) : entity)
    }
    return documents
  })

describe('merging the documents of a trace', () => {
  it('places subsegments that came alone, before or after their parents', () => {
    const expected = [
      {
        ...segment,
        subsegments: [
          {
            id: 'b',
            name: 'b',
            start_time: 2,
            end_time: 3,
            subsegments: [{ id: 'c', name: 'c', start_time: 2, end_time: 3 }],
          },
        ],
      },
    ]
    expect(merge([segment, alone('b', 'a'), alone('c', 'b')])).toEqual(expected)
    expect(merge([alone('c', 'b'), alone('b', 'a'), segment])).toEqual(expected)
  })

  it('is the same in whatever order documents come, and when they come twice', () => {
    fc.assert(
      fc.property(
        trees.chain(documents =>
          fc.tuple(fc.constant(documents), fc.shuffledSubarray(documents, { minLength: documents.length })),
        ),
        ([documents, shuffled]) => {
          const expected = merge(documents)
          expect(expected).toHaveLength(1)
          expect(merge(shuffled)).toEqual(expected)
          expect(merge([...shuffled, ...documents])).toEqual(expected)
        },
      ),
    )
  })

  it.each([
    ['complete, then in progress', [segment, { ...segment, end_time: undefined, in_progress: true }]],
    ['in progress, then complete', [{ ...segment, end_time: undefined, in_progress: true }, segment]],
    ['twice', [segment, segment]],
  ])('keeps what is complete: %s', (_, documents) => {
    expect(merge(documents)).toEqual([segment])
  })

  it('unites the children of an entity that came embedded and alone', () => {
    const embedded = {
      id: 'b',
      name: 'b',
      start_time: 2,
      in_progress: true,
      subsegments: [{ id: 'c', name: 'c', start_time: 2, end_time: 3 }],
    }
    const child = { id: 'd', name: 'd', start_time: 4, end_time: 5 }
    expect(
      merge([{ ...segment, subsegments: [embedded] }, alone('b', 'a', { subsegments: [child] })]),
    ).toEqual([
      {
        ...segment,
        subsegments: [
          {
            id: 'b',
            name: 'b',
            start_time: 2,
            end_time: 3,
            subsegments: [{ id: 'c', name: 'c', start_time: 2, end_time: 3 }, child],
          },
        ],
      },
    ])
  })

  it('shows subsegments whose segment never comes', () => {
    expect(merge([alone('b', 'x'), alone('c', 'b')])).toEqual([
      { ...alone('b', 'x'), subsegments: [{ id: 'c', name: 'c', start_time: 2, end_time: 3 }] },
    ])
  })

  it('loses nothing and never makes a circle, whatever the parents', () => {
    const id = fc.integer({ min: 0, max: 8 }).map(String)
    const document = fc.record({ id, parent: id, segment: fc.boolean() })
    fc.assert(
      fc.property(fc.uniqueArray(document, { selector: one => one.id }), specs => {
        const documents = specs.map(spec => ({
          ...alone(spec.id, spec.parent),
          ...(spec.segment && { type: undefined }),
        }))
        const text = JSON.stringify(merge(documents))
        expect(Array.from(text.matchAll(/"id":"(\w+)"/g), match => match[1]).sort()).toEqual(
          specs.map(spec => spec.id).sort(),
        )
      }),
    )
  })

  it('takes a chain of 100,000 subsegments, and as many siblings', () => {
    const count = 100_000
    const chain = Array.from({ length: count }, (_, n) => alone(`n${n + 1}`, n === 0 ? 'a' : `n${n}`))
    const deep = mergeDocuments([...chain.reverse(), segment] as Entity[])
    expect([deep.segments.length, deep.orphans.length, deep.nodes.size]).toEqual([1, 0, count + 1])
    expect(writeDocument(deep.segments[0] as never).match(/"id"/g)).toHaveLength(count + 1)
    const wide = mergeDocuments([segment, ...chain.map(one => ({ ...one, parent_id: 'a' }))] as Entity[])
    expect(wide.segments[0]?.children).toHaveLength(count)
    const circle = chain.map((one, n) => ({ ...one, parent_id: chain[(n + 1) % count]?.id }))
    expect(mergeDocuments(circle as Entity[]).orphans).toHaveLength(1)
  })
})
