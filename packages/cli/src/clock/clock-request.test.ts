import { describe, expect, it } from 'vitest'
import { partsOf, readClockRequest } from './clock-request.ts'

describe('the operands of sonde clock', () => {
  it.each([
    [[], undefined],
    [['real'], { mode: 'real' }],
    [['speed', '60'], { mode: 'scaled', speed: 60 }],
    [['step'], { mode: 'stepped' }],
    [['step', '2030-01-01'], { mode: 'stepped', at: '2030-01-01T00:00:00.000Z' }],
    [['advance', '5m'], { advance: 300_000 }],
  ])('%j ask for %j', (operands, request) => {
    expect(readClockRequest(operands)).toEqual(request)
  })

  it.each([
    [['stop'], 'sonde clock takes one of real, speed, step, advance. See --help.'],
    [['speed'], 'Say how many times as fast: sonde clock speed 60.'],
    [['speed', '0'], 'The speed must be a number above 0, not 0.'],
    [['step', 'soon'], 'soon is no time. Write it as 2030-01-01T00:00:00Z.'],
    [['advance', '5'], 'The way must be a span such as 90s, 5m, 2h or 1d, not 5.'],
    [['real', 'now'], 'sonde clock real takes nothing more.'],
  ])('%j are refused in one line', (operands, message) => {
    expect(() => readClockRequest(operands)).toThrow(message)
  })
})

describe('a long way', () => {
  it('is gone by the hour, and nothing of it is lost', () => {
    expect(partsOf(2.5 * 3_600_000)).toEqual([3_600_000, 3_600_000, 1_800_000])
    expect(partsOf(0)).toEqual([0])
  })
})
