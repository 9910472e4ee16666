import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSegment, readLines, type Segment, type StoredEvent, widen, writeLine } from './segment.ts'
import { type Cursor, compare, select } from './selection.ts'

const build = (times: readonly (readonly number[])[]) => {
  const texts = new Map<Segment, string>()
  for (const [index, list] of times.entries()) {
    const segment = newSegment('a', index + 1)
    for (const time of list) widen(segment, time)
    texts.set(segment, list.map((time, line) => writeLine(time, 0, `m${index}.${line}`)).join(''))
  }
  const reads: number[] = []
  const read = async (segment: Segment): Promise<StoredEvent[]> => {
    reads.push(segment.number)
    return readLines(texts.get(segment) ?? '', segment)
  }
  const all = [...texts].flatMap(([segment, text]) => readLines(text, segment)).sort(compare)
  return { segments: [...texts.keys()], read, reads, all }
}

const WHOLE = { start: 0, end: 1_000, limit: 10_000, maxBytes: 1e6, matches: () => true }

describe('a page of events', () => {
  it('reads no more segments than it needs', async () => {
    const { segments, read, reads } = build([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ])
    const page = await select(segments, { ...WHOLE, limit: 2, direction: 'backward' }, read)
    expect(page.events.map(({ timestamp }) => timestamp)).toEqual([7, 8])
    expect(page.more).toBe(true)
    expect(reads).toEqual([4, 3])
  })

  it('ends at its limit of bytes, but never empty', async () => {
    const { segments, read } = build([[1, 2, 3]])
    const page = await select(segments, { ...WHOLE, maxBytes: 3, direction: 'forward' }, read)
    expect(page).toMatchObject({ events: [{ timestamp: 1 }], more: true })
  })

  it('after page gives, in both directions, every event once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 21 }),
        fc.constantFrom('forward', 'backward'),
        async (times, limit, start, end, direction) => {
          const { segments, read, all } = build(times)
          const expected = all.filter(event => event.timestamp >= start && event.timestamp < end)
          const seen: StoredEvent[] = []
          for (let cursor: Cursor | undefined; ; ) {
            const { events, more } = await select(
              segments,
              { ...WHOLE, start, end, limit, cursor, direction },
              read,
            )
            if (direction === 'forward') seen.push(...events)
            else seen.unshift(...events)
            cursor = direction === 'forward' ? events.at(-1) : events[0]
            if (!more) break
          }
          expect(seen).toEqual(expected)
        },
      ),
    )
  })
})
