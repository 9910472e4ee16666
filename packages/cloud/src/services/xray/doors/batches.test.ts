import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBatches } from './batches.ts'

const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `d${i + from}`)

describe('batches', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const settle = () => new Promise<void>(resolve => setImmediate(() => setImmediate(resolve)))

  it('go out when 50 documents wait, in the order they came', async () => {
    const sent: string[][] = []
    const batches = createBatches({ deliver: documents => sent.push(documents) * 0, concurrency: 1 })
    for (const name of names(120)) batches.add(name)
    await vi.waitFor(() => expect(sent.length).toBe(2))
    expect(sent).toEqual([names(50), names(50, 50)])
    expect(batches.pending()).toBe(20)
    await batches.close()
    expect(sent[2]).toEqual(names(20, 100))
    expect(batches.counters()).toEqual({ added: 120, delivered: 120, unprocessed: 0, dropped: 0, failed: 0 })
  })

  it('go out a second after their first document where they do not fill', async () => {
    const sent: string[][] = []
    const batches = createBatches({ deliver: documents => sent.push(documents) * 0 })
    batches.add('first')
    vi.advanceTimersByTime(600)
    batches.add('second')
    vi.advanceTimersByTime(399)
    await settle()
    expect(sent).toEqual([])
    vi.advanceTimersByTime(1)
    await settle()
    expect(sent).toEqual([['first', 'second']])
    batches.add('third')
    vi.advanceTimersByTime(1_000)
    await settle()
    expect(sent[1]).toEqual(['third'])
  })

  it('drop the oldest that wait when the memory is full, and count them', async () => {
    const sent: string[][] = []
    let release = (): void => {}
    const gate = new Promise<void>(resolve => {
      release = resolve
    })
    const batches = createBatches({
      deliver: async documents => {
        await gate
        sent.push(documents)
        return 0
      },
      size: 2,
      concurrency: 1,
      maxCharacters: 8,
    })
    for (const name of ['aa', 'bb']) batches.add(name)
    await settle()
    for (const name of ['cc', 'dd', 'ee', 'ff']) batches.add(name)
    expect(batches.counters()).toMatchObject({ added: 6, dropped: 2 })
    release()
    await batches.close()
    expect(sent).toEqual([
      ['aa', 'bb'],
      ['ee', 'ff'],
    ])
  })

  it('count what is refused and what fails, and go on', async () => {
    const failures: unknown[] = []
    const answers = [() => 1, () => Promise.reject(new Error('full')), () => 0]
    const batches = createBatches({
      deliver: () => answers.shift()?.() ?? 0,
      onFailure: (error, documents) => failures.push([(error as Error).message, documents]),
      size: 2,
      concurrency: 1,
    })
    for (const name of names(6)) batches.add(name)
    await batches.close()
    expect(batches.counters()).toEqual({ added: 6, delivered: 3, unprocessed: 1, dropped: 0, failed: 2 })
    expect(failures).toEqual([['full', 2]])
  })

  it('let the event loop turn between two, so that a flood never holds it', async () => {
    let turns = 0
    let sent = 0
    const batches = createBatches({
      deliver: () => {
        sent++
        return 0
      },
      concurrency: 1,
    })
    for (const name of names(5_000)) batches.add(name)
    while (sent < 100) {
      const before = sent
      await new Promise(resolve => setImmediate(resolve))
      turns++
      expect(sent - before).toBeLessThanOrEqual(2)
    }
    expect(turns).toBeGreaterThanOrEqual(50)
  })

  it('wait while many more come, so that bursts are taken in first, and go out once it is calm', async () => {
    let sent = 0
    const batches = createBatches({
      deliver: documents => {
        sent += documents.length
        return 0
      },
    })
    const turn = () => new Promise(resolve => setImmediate(resolve))
    for (let count = 0; count < 20; count++) {
      for (const name of names(100)) batches.add(name)
      await turn()
    }
    expect(sent).toBe(0)
    await vi.waitFor(() => expect(sent).toBe(2_000))
  })

  it('do not wait when half of the memory is taken', async () => {
    let sent = 0
    const batches = createBatches({
      deliver: documents => {
        sent += documents.length
        return 0
      },
      maxCharacters: 2_000,
    })
    for (const name of names(400, 100)) batches.add(name)
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    expect(sent).toBeGreaterThan(0)
    expect(batches.counters().dropped).toBe(0)
  })

  it('have at most so many on their way as they may', async () => {
    let running = 0
    let most = 0
    const batches = createBatches({
      deliver: async () => {
        running++
        most = Math.max(most, running)
        await settle()
        running--
        return 0
      },
      size: 1,
      concurrency: 3,
    })
    for (const name of names(20)) batches.add(name)
    await batches.close()
    expect(most).toBe(3)
  })

  it('forget what waits when they are told to, and count it', async () => {
    const sent: string[][] = []
    const batches = createBatches({ deliver: documents => sent.push(documents) * 0 })
    for (const name of names(3)) batches.add(name)
    batches.discard()
    expect(batches.pending()).toBe(0)
    batches.add('after')
    await batches.close()
    expect(sent).toEqual([['after']])
    expect(batches.counters()).toMatchObject({ added: 4, delivered: 1, dropped: 3 })
  })

  it('take nothing after they are closed, and count that', async () => {
    const batches = createBatches({ deliver: () => 0 })
    await batches.close()
    batches.add('late')
    expect(batches.counters()).toMatchObject({ added: 1, delivered: 0, dropped: 1 })
  })
})
