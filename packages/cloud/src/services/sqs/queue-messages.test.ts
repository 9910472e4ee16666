import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueueMessages } from './queue-messages.ts'
import type { MessageRecord } from './records.ts'

const message = (id: string, visibleAt: number, receives = 0): MessageRecord => ({
  id,
  body: id,
  attributes: {},
  senderId: 's',
  sent: 0,
  visibleAt,
  receives,
})

const empty = () => {
  const kept = new Map<string, MessageRecord>()
  const messages = new QueueMessages({
    put: record => kept.set(record.id, record),
    delete: id => kept.delete(id),
  })
  return { kept, messages }
}

describe('QueueMessages', () => {
  it('gives messages in the order of sending, and hidden ones when their time has come', () => {
    const { messages } = empty()
    messages.put(message('a', 0))
    messages.put(message('b', 0))
    expect(messages.next(1)?.id).toBe('a')
    messages.put(message('a', 30, 1))
    expect(messages.next(1)?.id).toBe('b')
    messages.delete('b')
    expect(messages.next(29)).toBeUndefined()
    expect(messages.nextVisible()).toBe(30)
    expect(messages.next(30)?.id).toBe('a')
  })

  it('counts visible, delayed and received messages', () => {
    const { messages } = empty()
    messages.put(message('a', 0))
    messages.put(message('b', 50))
    messages.put(message('c', 60, 2))
    expect(messages.counts(10)).toEqual({ visible: 1, delayed: 1, inFlight: 1 })
    expect(messages.counts(60)).toEqual({ visible: 3, delayed: 0, inFlight: 0 })
  })

  it('agrees with a plain list, whatever is done in whatever order', () => {
    const step = fc.record({
      kind: fc.constantFrom('add', 'hide', 'delete', 'next'),
      id: fc.integer({ min: 0, max: 12 }).map(String),
      delay: fc.integer({ min: 0, max: 20 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const { kept, messages } = empty()
        let now = 0
        for (const { kind, id, delay } of steps) {
          now++
          if (kind === 'delete') messages.delete(id)
          else if (kind !== 'next') messages.put(message(id, now + delay, kind === 'hide' ? 1 : 0))
          const visible = [...kept.values()].filter(({ visibleAt }) => visibleAt <= now)
          const next = messages.next(now)
          expect(next === undefined).toBe(visible.length === 0)
          if (next) expect(next).toEqual(kept.get(next.id))
          const hidden = [...kept.values()].flatMap(({ visibleAt }) => (visibleAt > now ? [visibleAt] : []))
          expect(messages.nextVisible()).toBe(hidden.length === 0 ? undefined : Math.min(...hidden))
          expect(messages.size).toBe(kept.size)
        }
      }),
      { numRuns: 300 },
    )
  })
})
