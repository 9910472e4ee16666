import { describe, expect, it } from 'vitest'
import { createRealTime } from './real-time.ts'

const ORIGIN = 1_583_798_639_000

describe('the time of segments', () => {
  it('is exact to the microsecond, whatever the rounding of the wall clock', () => {
    let monotonic = 10
    const realTime = createRealTime(
      () => monotonic,
      () => Math.floor(ORIGIN + monotonic),
      ORIGIN,
    )
    for (monotonic of [10, 1234.9994, 99_999.123]) {
      expect(realTime()(monotonic)).toBe(Math.round((ORIGIN + monotonic) * 1000) / 1e6)
    }
  })

  it('follows the wall clock where the machine has slept, and keeps differences', () => {
    let slept = 0
    const realTime = createRealTime(
      () => 1000,
      () => ORIGIN + 1000 + slept,
      ORIGIN,
    )
    expect(realTime()(1000)).toBe((ORIGIN + 1000) / 1000)
    slept = 3_600_000
    const toEpoch = realTime()
    expect(toEpoch(1000)).toBeCloseTo((ORIGIN + 1000 + slept) / 1000, 2)
    expect(toEpoch(1007.5) - toEpoch(1000)).toBeCloseTo(0.0075, 6)
  })
})
