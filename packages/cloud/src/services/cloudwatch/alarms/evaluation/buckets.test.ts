import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStatistic } from '../../metrics/statistics.ts'
import { createFakeMetrics } from '../testing.ts'
import { readBuckets } from './buckets.ts'
import { pointsOf } from './points.ts'

const scope = { account: '123456789012', region: 'eu-west-1' }
const NOON = Date.UTC(2026, 10, 23, 12)
const MINUTE = 60_000

const storeOf = (
  values: ReadonlyArray<readonly [time: number, value: number, unit?: string]>,
  highResolution = false,
) => {
  const store = createFakeMetrics()
  for (const [time, value, unit = 'None'] of values) store.put('m', time, value, { unit, highResolution })
  return store
}

const read = (
  store: ReturnType<typeof storeOf>,
  statistic: string,
  { end, period, count, unit }: { end: number; period: number; count: number; unit?: string },
) => {
  const buckets = readBuckets(store, { scope, namespace: 'n', name: 'm', dimensions: {}, period }, end, count)
  const compute = readStatistic(statistic)
  if (!compute) throw new Error(`no ${statistic}`)
  return pointsOf(buckets, compute, unit).map(point => point && [point.time - NOON, point.value])
}

describe('the buckets of an alarm', () => {
  it('are counted back from the minute of the evaluation, off the grid of the hour', () => {
    const store = storeOf(
      [0, 1, 2, 3, 4, 5, 6, 7].map(minute => [NOON + minute * MINUTE, 2 ** minute] as const),
    )
    expect(read(store, 'Sum', { end: NOON + 8 * MINUTE, period: 5 * MINUTE, count: 2 })).toEqual([
      [-2 * MINUTE, 1 + 2 + 4],
      [3 * MINUTE, 8 + 16 + 32 + 64 + 128],
    ])
    expect(read(store, 'Sum', { end: NOON + 5 * MINUTE, period: 5 * MINUTE, count: 2 })).toEqual([
      undefined,
      [0, 31],
    ])
  })

  it('are counted in tens of seconds below a minute', () => {
    const seconds = [0, 10, 20, 30, 40, 50].map(second => [NOON + second * 1_000, second] as const)
    expect(read(storeOf(seconds, true), 'Maximum', { end: NOON + 50_000, period: 20_000, count: 3 })).toEqual(
      [
        [-10_000, 0],
        [10_000, 20],
        [30_000, 40],
      ],
    )
    expect(read(storeOf(seconds), 'Maximum', { end: NOON + 50_000, period: 20_000, count: 3 })).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('take the unit that the alarm names, else the one that GetMetricData takes', () => {
    const store = storeOf([
      [NOON, 1, 'Seconds'],
      [NOON, 2, 'Count'],
    ])
    const at = { end: NOON + MINUTE, period: MINUTE, count: 1 }
    expect(read(store, 'Sum', { ...at, unit: 'Seconds' })).toEqual([[0, 1]])
    expect(read(store, 'Sum', at)).toEqual([[0, 2]])
    expect(read(store, 'Sum', { ...at, unit: 'Percent' })).toEqual([undefined])
  })

  it('hold the same values as a plain search through all data', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 20 }),
        (data, minutes, past) => {
          const period = minutes * MINUTE
          const end = NOON + past * MINUTE
          const count = 4
          const expected = Array.from({ length: count }, (_, place) => {
            const start = end - (count - place) * period
            const values = data
              .filter(
                ([minute]) => NOON + minute * MINUTE >= start && NOON + minute * MINUTE < start + period,
              )
              .map(([, value]) => value)
              .sort((a, b) => a - b)
            return values.length === 0
              ? undefined
              : [start - NOON, values[Math.max(0, Math.ceil(values.length * 0.9 - 1e-9) - 1)]]
          })
          const store = storeOf(data.map(([minute, value]) => [NOON + minute * MINUTE, value]))
          expect(read(store, 'p90', { end, period, count })).toEqual(expected)
        },
      ),
    )
  })
})
