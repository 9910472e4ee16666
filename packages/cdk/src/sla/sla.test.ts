import { Duration } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { availabilityWindows, latencyWindows } from './burn-rates.ts'
import { objectivesOf } from './service-level-agreement.ts'

const latency = { p90: Duration.millis(200) }

describe('an agreement', () => {
  it('is read in plain numbers', () => {
    expect(objectivesOf({ availability: 99.95, latency })).toEqual({
      availability: 0.9995,
      errorBudget: 0.0005,
      latency: 200,
      slowBudget: 0.1,
      days: 30,
    })
  })

  it.each([
    [{ availability: 100, latency }, '100 % leaves no budget'],
    [{ availability: 0.9995, latency }, 'write 99.95 instead of 0.9995'],
    [{ availability: 99, latency: { p90: Duration.millis(0) } }, 'longer than 0 ms'],
    [{ availability: 99, latency, period: Duration.hours(1) }, 'from 1 to 366 days'],
  ])('%j is refused by saying what to write', (sla, message) => {
    expect(() => objectivesOf(sla)).toThrow(message)
  })
})

describe('burn rates of 99.95 % over 30 days', () => {
  // The table of Google's workbook on alerting, chapter 5, at this objective.
  it.each([
    ['fast', 60, 5, 14.4, 0.0072],
    ['medium', 360, 30, 6, 0.003],
    ['slow', 1_440, 120, 3, 0.0015],
    ['creeping', 4_320, 360, 1, 0.0005],
  ])('%s: %d and %d minutes at %d times the budget', (key, long, short, rate, threshold) => {
    const window = availabilityWindows(0.0005, 30).find(found => found.key === key)
    expect(window).toMatchObject({ long, short, rate, threshold })
  })

  it('over 28 days are lower, as the budget is smaller', () => {
    expect(availabilityWindows(0.0005, 28).map(({ rate }) => rate)).toEqual([13.44, 5.6, 2.8, 0.9333333333])
  })

  it('that no outage could reach are refused', () => {
    expect(() => availabilityWindows(0.1, 30)).toThrow('can never fire')
  })
})

it('a latency objective alarms at shares of slow requests that are possible', () => {
  expect(latencyWindows(0.1, 30).map(({ threshold }) => threshold)).toEqual([0.6, 0.3, 0.15, 0.1])
})
