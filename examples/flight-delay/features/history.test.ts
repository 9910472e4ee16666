import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_PARTS, dayPart, historyOf, type LateCounts, priorOf, routePrior } from './history.ts'

const spread = (flights: number, late: number): LateCounts => ({
  flights: flights * DAY_PARTS,
  late: late * DAY_PARTS,
  flightsByPart: Array.from({ length: DAY_PARTS }, () => flights),
  lateByPart: Array.from({ length: DAY_PARTS }, () => late),
})

const countsArbitrary = fc
  .array(
    fc.nat(5000).chain(flights => fc.nat(flights).map(late => ({ flights, late }))),
    { minLength: DAY_PARTS, maxLength: DAY_PARTS },
  )
  .map(
    (parts): LateCounts => ({
      flights: parts.reduce((sum, part) => sum + part.flights, 0),
      late: parts.reduce((sum, part) => sum + part.late, 0),
      flightsByPart: parts.map(part => part.flights),
      lateByPart: parts.map(part => part.late),
    }),
  )

describe('histories', () => {
  it.each([
    [0, 0],
    [2, 0],
    [3, 1],
    [23, 7],
  ])('puts hour %i into part %i of the day', (hour, part) => {
    expect(dayPart(hour)).toBe(part)
  })

  it('gives a place without flights the rates of its prior', () => {
    const prior = priorOf({ ...spread(1000, 200), lateByPart: [300, 200, 200, 200, 200, 200, 200, 100] })
    const history = historyOf(spread(0, 0), prior, 10, 'airport')
    expect(history.flightsPerDay).toBe(0)
    expect(history.lateRate).toBeCloseTo(0.2, 5)
    expect(history.lateRateByPart[0]).toBeCloseTo(prior.lateRateByPart[0] ?? 0, 5)
    expect(history.lateRateByPart[7]).toBeCloseTo(prior.lateRateByPart[7] ?? 0, 5)
  })

  it('puts a place with as many flights as the prior weighs half-way', () => {
    const prior = priorOf(spread(1000, 200))
    expect(historyOf(spread(25, 10), prior, 1, 'airport').lateRate).toBe(0.3)
  })

  it('lets many flights speak for themselves', () => {
    const history = historyOf(spread(1_000_000, 400_000), priorOf(spread(1000, 200)), 100, 'route')
    expect(history.lateRate).toBeCloseTo(0.4, 4)
    expect(history.flightsPerDay).toBe(80_000)
  })

  it('raises every part of the day of a place that is late more often than others', () => {
    const prior = priorOf(spread(1000, 200))
    const onlyMornings: LateCounts = {
      flights: 10_000,
      late: 4000,
      flightsByPart: [0, 0, 10_000, 0, 0, 0, 0, 0],
      lateByPart: [0, 0, 4000, 0, 0, 0, 0, 0],
    }
    expect(historyOf(onlyMornings, prior, 1, 'airport').lateRateByPart[6]).toBeCloseTo(0.396, 2)
  })

  it('keeps all rates within 0 and 1, however few or many flights are late', () => {
    fc.assert(
      fc.property(countsArbitrary, countsArbitrary, (network, own) => {
        const prior = priorOf(network)
        const { lateRate, lateRateByPart } = historyOf(own, prior, 30, 'route')
        for (const rate of [lateRate, ...lateRateByPart]) {
          expect(rate).toBeGreaterThanOrEqual(0)
          expect(rate).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('expects of a new route the mean of its two ends', () => {
    const departures = { lateRate: 0.1, lateRateByPart: [0.1, 0.3] }
    const arrivals = { lateRate: 0.3, lateRateByPart: [0.2, 0.5] }
    const prior = routePrior(departures, arrivals)
    expect(prior.lateRate).toBeCloseTo(0.2)
    expect(prior.lateRateByPart[0]).toBeCloseTo(0.15)
    expect(prior.lateRateByPart[1]).toBeCloseTo(0.4)
  })
})
