import { describe, expect, it } from 'vitest'
import { FEATURE_NAMES, featureVector } from './features.ts'
import type { AirportReference, TripReference } from './reference.ts'

const history = (flightsPerDay: number, lateRate: number) => ({
  flightsPerDay,
  lateRate,
  lateRateByPart: [0, 1, 2, 3, 4, 5, 6, 7].map(part => lateRate + part / 100),
})

const airport = (iata: string, latitude: number, longitude: number, rate: number): AirportReference => ({
  iata,
  name: iata,
  city: iata,
  state: 'XX',
  latitude,
  longitude,
  departures: history(100, rate),
  arrivals: history(200, rate + 0.5),
})

const reference: TripReference = {
  origin: airport('ATL', 33.64, -84.43, 0.125),
  destination: airport('DFW', 32.9, -97.04, 0.25),
  route: { origin: 'ATL', destination: 'DFW', distance: 732, history: history(12, 0.375) },
}

const named = (vector: readonly number[]): Record<string, number> =>
  Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, vector[i] ?? Number.NaN]))

describe('featureVector', () => {
  it('takes each feature from where its name says', () => {
    const features = named(featureVector({ hour: 17, dayOfWeek: 5 }, reference))
    expect(features).toEqual(
      Object.fromEntries(
        Object.entries({
          hour: 17,
          day_of_week: 5,
          distance_miles: 732,
          origin_late_rate: 0.125,
          origin_late_rate_then: 0.125 + 5 / 100,
          origin_flights_per_day: 100,
          origin_latitude: 33.64,
          origin_longitude: -84.43,
          destination_late_rate: 0.75,
          destination_late_rate_then: 0.75 + 5 / 100,
          destination_flights_per_day: 200,
          destination_latitude: 32.9,
          destination_longitude: -97.04,
          route_late_rate: 0.375,
          route_late_rate_then: 0.375 + 5 / 100,
          route_flights_per_day: 12,
        }).map(([name, value]) => [name, Math.fround(value)]),
      ),
    )
  })

  it('takes the great circle and the means of both ends for a route without a history', () => {
    const features = named(
      featureVector(
        { hour: 0, dayOfWeek: 0 },
        { origin: reference.origin, destination: reference.destination },
      ),
    )
    // The published distance of ATL to DFW is 732 miles.
    expect(features.distance_miles).toBeGreaterThan(725)
    expect(features.distance_miles).toBeLessThan(740)
    expect(features.route_late_rate).toBe(Math.fround((0.125 + 0.75) / 2))
    expect(features.route_flights_per_day).toBe(0)
  })
})
