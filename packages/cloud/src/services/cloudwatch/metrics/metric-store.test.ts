import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Period } from './metric-reader.ts'
import { createMetricStore, type Measurement, type MetricLimits, type MetricStore } from './metric-store.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000
const NOON = Date.UTC(2026, 10, 23, 12)

const startIn = (folder: string | undefined, limits: Partial<MetricLimits> = {}, at = NOON) => {
  const clock = { now: at }
  const defects: unknown[] = []
  const open = (): MetricStore => {
    const store = createMetricStore(() => clock.now, {
      ...(folder !== undefined && { folder: () => folder }),
      limits,
      onDefect: error => defects.push(error),
    })
    onTestFinished(() => store.close())
    return store
  }
  return { clock, open, defects }
}

const start = (limits: Partial<MetricLimits> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-metrics-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, ...startIn(folder, limits) }
}

const value = (timestamp: number, ...values: number[]): Measurement => ({
  timestamp,
  unit: 'None',
  highResolution: false,
  data: values.map(one => [one, 1]),
})

const read = (store: MetricStore, period: number, start = 0, end = NOON + 400 * DAY, name = 'M') =>
  store.periods(SCOPE, 'N', name, {}, { start, end, period })

const plain = ({ time, count, sum, min, max, values }: Period) => ({
  time,
  count,
  sum,
  min,
  max,
  values: values && [...values].sort(([a], [b]) => a - b),
})

describe('the store of metrics', () => {
  it('has what was put after it was killed, without what was torn', () => {
    const { open, folder } = start()
    const first = open()
    first.add(SCOPE, 'N', 'M', {}, value(NOON, 1, 2, 2))
    first.add(SCOPE, 'N', 'M', { d: 'é "1"' }, value(NOON, 7))
    // No close: the process is gone. What it was writing was torn.
    const log = readdirSync(folder).find(name => name.startsWith('log-')) ?? ''
    const whole = readFileSync(join(folder, log))
    appendFileSync(join(folder, log), whole.subarray(0, 20))
    appendFileSync(join(folder, 'series.ndjson'), '[3,"1234')
    const second = open()
    expect(read(second, MINUTE).map(plain)).toEqual([
      {
        time: NOON,
        count: 3,
        sum: 5,
        min: 1,
        max: 2,
        values: [
          [1, 1],
          [2, 2],
        ],
      },
    ])
    second.add(SCOPE, 'N', 'Other', {}, value(NOON, 3))
    const third = open()
    expect(Array.from(third.metrics(SCOPE), ({ name, dimensions }) => [name, dimensions])).toEqual([
      ['M', []],
      ['M', [['d', 'é "1"']]],
      ['Other', []],
    ])
    expect(read(third, MINUTE, 0, NOON + DAY, 'Other')).toHaveLength(1)
  })

  it('reads the same before and after data became blocks, were merged and were read back', () => {
    const sample = fc.record({
      name: fc.constantFrom('M', 'L'),
      minute: fc.integer({ min: -3 * 1_440, max: 60 }),
      second: fc.integer({ min: 0, max: 59 }),
      highResolution: fc.boolean(),
      unit: fc.constantFrom('None', 'Seconds'),
      data: fc.oneof(
        fc.array(
          fc.tuple(
            fc.oneof(fc.integer({ min: -3, max: 9 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 })),
            fc.oneof(fc.integer({ min: 1, max: 300 }), fc.double({ noNaN: true, min: 0.1, max: 9 })),
          ),
          { minLength: 1, maxLength: 5 },
        ),
        fc.constant({ count: 3, sum: 9, min: 1, max: 5 }),
        fc.constant({ count: 2, sum: 8, min: 4, max: 4 }),
      ),
    })
    return fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 60 }), async samples => {
        const folder = mkdtempSync(join(tmpdir(), 'sonde-metrics-'))
        try {
          const plainStore = startIn(undefined).open()
          // Every few samples are a block.
          const { open, defects } = startIn(folder, { flushBytes: 120 })
          let stored = open()
          for (const [index, { name, minute, second, ...rest }] of samples.entries()) {
            const measurement = { ...rest, timestamp: NOON + minute * MINUTE + second * 1_000 }
            plainStore.add(SCOPE, 'N', name, {}, measurement)
            stored.add(SCOPE, 'N', name, {}, measurement)
            if (index % 7 === 0) await stored.settled()
            if (index % 19 === 18) stored = open()
          }
          await stored.settled()
          stored = open()
          await stored.settled()
          for (const period of [1_000, 5_000, MINUTE, HOUR, DAY]) {
            for (const name of ['M', 'L']) {
              const expected = read(plainStore, period, 0, NOON + DAY, name)
              const actual = read(stored, period, 0, NOON + DAY, name)
              const byUnit = (periods: readonly Period[]) =>
                periods.toSorted((a, b) => a.time - b.time || (a.unit < b.unit ? -1 : 1))
              const [left, right] = [byUnit(expected), byUnit(actual)]
              expect(right.map(({ time, unit, min, max }) => [time, unit, min, max])).toEqual(
                left.map(({ time, unit, min, max }) => [time, unit, min, max]),
              )
              for (const [index, one] of left.entries()) {
                const other = right[index]
                expect(other?.count).toBeCloseTo(one.count, 6)
                expect(Math.abs((other?.sum ?? 0) - one.sum)).toBeLessThanOrEqual(1e-3)
                expect([...(other?.values?.keys() ?? [])]).toEqual([...(one.values?.keys() ?? [])])
              }
            }
          }
          expect(defects).toEqual([])
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('rolls up by age: a period finer than what is kept has no data, percentiles stay', async () => {
    const { open, clock } = start({ flushBytes: 1 })
    const store = open()
    for (let second = 0; second < 120; second++) {
      store.add(SCOPE, 'N', 'M', {}, { ...value(NOON + second * 1_000, second), highResolution: true })
    }
    const counts = () =>
      Object.fromEntries(
        [1_000, 30_000, MINUTE, 5 * MINUTE, HOUR].map(period => [period, read(store, period).length]),
      )
    const after = async (age: number) => {
      clock.now = NOON + age
      // What is put makes the store look after its blocks.
      store.add(SCOPE, 'N', 'Other', {}, value(clock.now, 1))
      await store.settled()
      return counts()
    }
    const minute = { 60000: 2, 300000: 1, 3600000: 1 }
    expect(await after(2 * HOUR)).toEqual({ 1000: 120, 30000: 4, ...minute })
    expect(await after(4 * HOUR)).toEqual({ 1000: 0, 30000: 0, ...minute })
    expect(await after(16 * DAY)).toEqual({ 1000: 0, 30000: 0, ...minute, 60000: 0 })
    expect(await after(64 * DAY)).toEqual({ 1000: 0, 30000: 0, 60000: 0, 300000: 0, 3600000: 1 })
    const [hour] = read(store, HOUR)
    expect(hour && plain(hour)).toMatchObject({ time: NOON, count: 120, sum: 7_140, min: 0, max: 119 })
    expect(hour?.values?.size).toBe(120)
    // Back at an earlier time, what is in hours is not passed off as minutes.
    clock.now = NOON + HOUR
    expect(counts()).toEqual({ 1000: 0, 30000: 0, 60000: 0, 300000: 0, 3600000: 1 })
    const bytes = store.counters().bytes
    expect(await after(457 * DAY)).toEqual({ 1000: 0, 30000: 0, 60000: 0, 300000: 0, 3600000: 0 })
    expect(store.counters().bytes).toBeLessThan(bytes)
  })

  it('answers at once after the clock jumped by months', async () => {
    const { open, clock } = start({ flushBytes: 200_000 })
    const store = open()
    for (let day = 0; day < 400; day++) {
      clock.now = NOON + day * DAY
      for (let minute = 0; minute < 20; minute++) {
        store.add(SCOPE, 'N', 'M', {}, value(clock.now + minute * MINUTE, minute))
      }
    }
    await store.settled()
    expect(read(store, DAY)).toHaveLength(400)
    expect(read(store, MINUTE)).toHaveLength(16 * 20)
  })

  it('keeps within its bytes: the oldest go, and that is counted', async () => {
    const { open } = start({ flushBytes: 2_000, maxBytes: 20_000 })
    const store = open()
    for (let minute = 0; minute < 10_000; minute++) {
      store.add(SCOPE, 'N', 'M', {}, value(NOON - (10_000 - minute) * MINUTE, minute))
    }
    await store.settled()
    const { bytes, droppedBytes, failures } = store.counters()
    expect(bytes).toBeLessThanOrEqual(20_000)
    expect(droppedBytes).toBeGreaterThan(20_000)
    expect(failures).toBe(0)
    const periods = read(store, MINUTE)
    expect(periods.at(-1)?.time).toBe(NOON - MINUTE)
    expect(periods.length).toBeLessThan(5_000)
  })

  it('refuses metrics beyond its bound, and keeps those that it has', () => {
    const store = startIn(undefined, { maxSeries: 2 }).open()
    for (const name of ['a', 'b']) store.add(SCOPE, 'N', name, {}, value(NOON, 1))
    expect(() => store.add(SCOPE, 'N', 'c', {}, value(NOON, 1))).toThrow('2 metrics at most')
    store.add(SCOPE, 'N', 'a', {}, value(NOON, 1))
    store.record(SCOPE, [
      { namespace: 'N', name: 'd', dimensions: {}, value: 1, unit: 'None', timestamp: NOON },
    ])
    expect(store.counters()).toMatchObject({ metrics: 2, lost: 1 })
    expect(read(store, MINUTE, 0, NOON + DAY, 'a')[0]?.count).toBe(2)
  })

  it('refuses a damaged file by its name instead of answering without it', async () => {
    const { open, folder } = start({ flushBytes: 1 })
    const store = open()
    store.add(SCOPE, 'N', 'M', {}, value(NOON, 1))
    await store.settled()
    const block = readdirSync(folder).find(name => name.startsWith('block-')) ?? ''
    const bytes = readFileSync(join(folder, block))
    bytes[3] = (bytes[3] ?? 0) ^ 1
    writeFileSync(join(folder, block), bytes)
    expect(() => read(open(), MINUTE)).toThrow(/Block 1 of the metrics is damaged/)
    writeFileSync(join(folder, 'manifest.json'), '{')
    expect(() => read(open(), MINUTE)).toThrow(/manifest\.json is damaged/)
  })

  it('goes on where blocks cannot be written, from log and memory, until they can', async () => {
    const { open, folder, defects } = start({ flushBytes: 100 })
    const store = open()
    const blocked = join(folder, 'block-00000001.bin')
    store.counters()
    mkdirSync(blocked)
    for (let minute = 0; minute < 6; minute++) {
      store.add(SCOPE, 'N', 'M', {}, value(NOON + minute * MINUTE, minute))
      await store.settled()
    }
    expect(defects.length).toBeGreaterThan(0)
    expect(store.counters().failures).toBe(defects.length)
    rmSync(blocked, { recursive: true, force: true })
    for (let minute = 6; minute < 60; minute++) {
      store.add(SCOPE, 'N', 'M', {}, value(NOON + minute * MINUTE, minute))
      await store.settled()
    }
    const expected = Array.from({ length: 60 }, (_, minute) => minute)
    expect(read(store, MINUTE).map(({ sum }) => sum)).toEqual(expected)
    expect(read(open(), MINUTE).map(({ sum }) => sum)).toEqual(expected)
  })

  it('keeps what a flush that was killed left in the log, whatever becomes of the blocks', async () => {
    const { open, folder } = start({ flushBytes: 1 })
    const first = open()
    first.add(SCOPE, 'N', 'Old', {}, value(NOON, 1))
    await first.settled()
    startIn(folder).open().add(SCOPE, 'N', 'M', {}, value(NOON, 2))
    // A flush begins a new segment of the log, and was killed before its blocks counted.
    const logs = readdirSync(folder).filter(name => name.startsWith('log-'))
    expect(logs).toEqual(['log-00000002.bin'])
    writeFileSync(join(folder, 'log-00000003.bin'), '')
    const third = startIn(folder, { maxBytes: 1 }).open()
    expect(read(third, MINUTE).map(({ sum }) => sum)).toEqual([2])
    await third.settled()
    expect(third.counters().droppedBytes).toBeGreaterThan(0)
    expect(read(startIn(folder).open(), MINUTE).map(({ sum }) => sum)).toEqual([2])
  })

  it('forgets all when it is cleared, on disk too', async () => {
    const { open } = start({ flushBytes: 1 })
    const store = open()
    store.add(SCOPE, 'N', 'M', {}, value(NOON, 1))
    await store.settled()
    store.add(SCOPE, 'N', 'M', {}, value(NOON, 1))
    store.clear()
    expect([...store.metrics(SCOPE)]).toEqual([])
    store.add(SCOPE, 'N', 'New', {}, value(NOON, 1))
    expect(Array.from(open().metrics(SCOPE), ({ name }) => name)).toEqual(['New'])
  })

  it('has what services recorded at once, and on disk when it is closed', () => {
    const { open } = start()
    const store = open()
    const sample = { namespace: 'N', name: 'M', dimensions: {}, unit: 'Count', timestamp: NOON }
    store.record(SCOPE, [
      { ...sample, value: 5 },
      { ...sample, value: 5, count: 3 },
      { ...sample, value: 1 },
      { ...sample, value: Number.NaN },
      { ...sample, value: 1, unit: 'Parsecs' },
    ])
    const expected = {
      time: NOON,
      count: 5,
      sum: 21,
      min: 1,
      max: 5,
      values: [
        [1, 1],
        [5, 4],
      ],
    }
    expect(read(store, MINUTE).map(plain)).toEqual([expected])
    expect(store.counters().lost).toBe(2)
    store.close()
    store.record(SCOPE, [{ ...sample, value: 1 }])
    expect(read(open(), MINUTE).map(plain)).toEqual([expected])
  })

  it('keeps metrics apart whose names run into each other', () => {
    const store = startIn(undefined).open()
    store.add(SCOPE, 'N', 'a', { b: '1c', d: '2' }, value(NOON, 1))
    store.add(SCOPE, 'N', 'a', { b: '1', cd: '2' }, value(NOON, 2))
    store.add(SCOPE, 'Na', '', { b: '1', cd: '2' }, value(NOON, 3))
    expect([...store.metrics(SCOPE)]).toHaveLength(3)
  })
})
