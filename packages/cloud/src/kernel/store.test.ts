import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { createStore } from './store.ts'

const here = { account: '000000000000', region: 'us-east-1' }
const there = { account: '111111111111', region: 'cn-north-1' }

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sonde-store-'))
})

describe('a collection', () => {
  it('keeps the records of two scopes apart', () => {
    const things = createStore(undefined).collection<number>('things')
    things.put(here, 'a', 1)
    things.put(there, 'a', 2)
    expect(things.get(here, 'a')).toBe(1)
    expect(things.list(there)).toEqual([2])
  })

  it('is read back as it was, in order of first insertion', () => {
    const first = createStore(directory).collection<{ n: number }>('things')
    first.put(here, 'a', { n: 1 })
    first.put(here, 'b', { n: 2 })
    first.put(here, 'c', { n: 3 })
    first.put(here, 'a', { n: 4 })
    first.delete(here, 'b')
    const again = createStore(directory).collection<{ n: number }>('things')
    expect(again.list(here)).toEqual([{ n: 4 }, { n: 3 }])
  })

  it('drops a record that was torn by a kill, and appends after it cleanly', () => {
    const path = join(directory, 'state', 'things.ndjson')
    createStore(directory).collection<string>('things').put(here, 'a', 'whole')
    appendFileSync(path, '["000000000000","us-east-1","b","to')
    const again = createStore(directory).collection<string>('things')
    again.put(here, 'c', 'after')
    expect(createStore(directory).collection<string>('things').list(here)).toEqual(['whole', 'after'])
  })

  it('says which line is damaged instead of losing state', () => {
    const path = join(directory, 'state', 'things.ndjson')
    const store = createStore(directory)
    store.collection<string>('things').put(here, 'a', 'x')
    writeFileSync(path, `not json\n${readFileSync(path, 'utf8')}`)
    expect(() => createStore(directory).collection('things')).toThrow(/things\.ndjson line 1 is damaged/)
  })

  it('stays small on disk when a record is written over and over', () => {
    const things = createStore(directory).collection<number>('things')
    for (let n = 0; n < 5_000; n++) things.put(here, 'a', n)
    expect(createStore(directory).collection<number>('things').get(here, 'a')).toBe(4_999)
    const lines = readFileSync(join(directory, 'state', 'things.ndjson'), 'utf8').split('\n')
    expect(lines.length).toBeLessThan(10)
  })

  it('stays small on disk while records come and go', () => {
    const path = join(directory, 'state', 'things.ndjson')
    const things = createStore(directory).collection<string>('things')
    things.put(here, 'kept', 'k')
    things.put(there, 'kept', 'k')
    let largest = 0
    for (let n = 0; n < 20_000; n++) {
      things.put(here, String(n), 'x'.repeat(1_000))
      if (n >= 5) things.delete(here, String(n - 5))
      if (n % 100 === 0) largest = Math.max(largest, statSync(path).size)
    }
    expect(largest).toBeLessThan(6 * 1024 ** 2)
    const again = createStore(directory).collection<string>('things')
    expect(again.list(here).map(value => value.length)).toEqual([1, 1_000, 1_000, 1_000, 1_000, 1_000])
    expect(again.list(there)).toEqual(['k'])
  })

  it('is read back as it was, whatever was written, deleted and compacted in whatever order', () => {
    const step = fc.record({
      scope: fc.constantFrom(here, there),
      key: fc.constantFrom('a', 'b', 'c'),
      // Large enough for these steps to call for compaction.
      size: fc.option(fc.constantFrom(1, 80_000)),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 300 }), steps => {
        const folder = mkdtempSync(join(directory, 'run-'))
        const store = createStore(folder)
        const things = store.collection<string>('things')
        for (const { scope, key, size } of steps) {
          if (size === null) things.delete(scope, key)
          else things.put(scope, key, 'x'.repeat(size))
        }
        store.close()
        const again = createStore(folder)
        const readBack = again.collection<string>('things')
        for (const scope of [here, there]) expect(readBack.list(scope)).toEqual(things.list(scope))
        again.close()
        rmSync(folder, { recursive: true })
      }),
      { numRuns: 5 },
    )
  })

  it('is for its owner to read alone', () => {
    createStore(directory).collection<number>('things').put(here, 'a', 1)
    expect(statSync(join(directory, 'state', 'things.ndjson')).mode & 0o777).toBe(0o600)
  })

  it('is empty after a reset, also on disk', () => {
    const store = createStore(directory)
    store.collection<number>('things').put(here, 'a', 1)
    store.reset()
    expect(store.collection<number>('things').list(here)).toEqual([])
    expect(createStore(directory).collection<number>('things').list(here)).toEqual([])
  })
})
