import { describe, expect, it } from 'vitest'
import { createSpareProcessorTime } from './spare-processor-time.ts'

/** Two cores: each step is `at` ms of real time and the share of both that was idle. */
const measured = (...steps: ReadonlyArray<readonly [at: number, idleShare: number]>): boolean[] => {
  let total = 0
  let idle = 0
  let last = 0
  const samples = [[0, 1] as const, ...steps].map(([at, share]) => {
    total += (at - last) * 2
    idle += (at - last) * 2 * share
    last = at
    return { at, idle, total }
  })
  const hasSpareTime = createSpareProcessorTime(() => samples.shift() ?? { at: last, idle, total })
  return steps.map(() => hasSpareTime())
}

describe('spare processor time', () => {
  it('is there while a share of it is idle', () => {
    expect(measured([100, 0.5], [200, 0.45])).toEqual([true, true])
  })

  it('is not there when all cores are busy, and is again when they are not', () => {
    expect(measured([100, 0.05], [200, 0], [300, 0.9])).toEqual([false, false, true])
  })

  it('is measured over a tenth of a second, not from one call to the next', () => {
    expect(measured([100, 0], [110, 1], [120, 1], [250, 1])).toEqual([false, false, false, true])
  })
})
