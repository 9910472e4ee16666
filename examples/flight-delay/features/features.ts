/**
 * The model's inputs. Training and the function both call {@link featureVector}, so what the model learned from is
 * what it is asked with.
 */
import { milesBetween } from './distance.ts'
import { dayPart, type LateHistory, routePrior } from './history.ts'
import type { TripReference } from './reference.ts'

/** When a trip departs, as far as the model looks. */
export interface DepartureTime {
  /** Local hour at the origin, 0 to 23. */
  readonly hour: number
  /** 0 is Sunday. */
  readonly dayOfWeek: number
}

interface Trip {
  readonly departure: DepartureTime
  readonly reference: TripReference
  readonly route: LateHistory
  readonly part: number
}

const partRate = (history: LateHistory, part: number): number =>
  history.lateRateByPart[part] ?? history.lateRate

const FEATURES: Readonly<Record<string, (trip: Trip) => number>> = {
  hour: trip => trip.departure.hour,
  day_of_week: trip => trip.departure.dayOfWeek,
  distance_miles: ({ reference: { origin, destination, route } }) =>
    route?.distance ?? milesBetween(origin, destination),
  origin_late_rate: trip => trip.reference.origin.departures.lateRate,
  origin_late_rate_then: trip => partRate(trip.reference.origin.departures, trip.part),
  origin_flights_per_day: trip => trip.reference.origin.departures.flightsPerDay,
  origin_latitude: trip => trip.reference.origin.latitude,
  origin_longitude: trip => trip.reference.origin.longitude,
  destination_late_rate: trip => trip.reference.destination.arrivals.lateRate,
  destination_late_rate_then: trip => partRate(trip.reference.destination.arrivals, trip.part),
  destination_flights_per_day: trip => trip.reference.destination.arrivals.flightsPerDay,
  destination_latitude: trip => trip.reference.destination.latitude,
  destination_longitude: trip => trip.reference.destination.longitude,
  route_late_rate: trip => trip.route.lateRate,
  route_late_rate_then: trip => partRate(trip.route, trip.part),
  route_flights_per_day: trip => trip.route.flightsPerDay,
}

/** In the order of {@link featureVector}. `…_then` is the rate in the departure's part of the day. */
export const FEATURE_NAMES: readonly string[] = Object.keys(FEATURES)

const COMPUTE = Object.values(FEATURES)

/** The model's input for one trip: one number per name in {@link FEATURE_NAMES}, each exactly a float32. */
export const featureVector = (departure: DepartureTime, reference: TripReference): number[] => {
  const route = reference.route?.history ?? {
    flightsPerDay: 0,
    ...routePrior(reference.origin.departures, reference.destination.arrivals),
  }
  const trip: Trip = { departure, reference, route, part: dayPart(departure.hour) }
  return COMPUTE.map(compute => Math.fround(compute(trip)))
}
