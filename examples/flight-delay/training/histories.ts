/** Late histories of airports and routes, counted over chosen months. */
import { DAY_PARTS, dayPart, historyOf, type LateCounts, priorOf, routePrior } from '../features/history.ts'
import type { AirportReference, RouteReference, TripReference } from '../features/reference.ts'
import type { Dataset } from './dataset.ts'

/** What the reference table holds, in memory. */
export interface References {
  /** One per airport of the data set, in its order. */
  readonly airports: readonly AirportReference[]
  /** One per route of the data set, in its order; `undefined` where it was not flown in the months counted. */
  readonly routes: ReadonlyArray<RouteReference | undefined>
}

class Counts implements LateCounts {
  flights = 0
  late = 0
  readonly flightsByPart: number[] = Array.from({ length: DAY_PARTS }, () => 0)
  readonly lateByPart: number[] = Array.from({ length: DAY_PARTS }, () => 0)

  add(part: number, flights: number, late: number): void {
    this.flights += flights
    this.late += late
    this.flightsByPart[part] = (this.flightsByPart[part] ?? 0) + flights
    this.lateByPart[part] = (this.lateByPart[part] ?? 0) + late
  }
}

/**
 * Counts the flights of `months` and no other, which is what keeps the hold-out out of the histories.
 *
 * @param months such as 200105
 */
export const countReferences = (dataset: Dataset, months: ReadonlySet<number>): References => {
  const { groups } = dataset
  const network = new Counts()
  const departures = dataset.airports.map(() => new Counts())
  const arrivals = dataset.airports.map(() => new Counts())
  const routes = dataset.routes.map(() => new Counts())
  for (let i = 0; i < groups.length; i++) {
    if (!months.has(groups.month[i] ?? 0)) continue
    const id = groups.route[i] ?? 0
    const route = dataset.routes[id]
    if (!route) throw new Error(`Group ${i} has no route.`)
    const part = dayPart(groups.hour[i] ?? 0)
    for (const counts of [network, departures[route.origin], arrivals[route.destination], routes[id]]) {
      counts?.add(part, groups.flights[i] ?? 0, groups.late[i] ?? 0)
    }
  }

  const days = [...months].reduce((sum, month) => sum + (dataset.days.get(month) ?? 0), 0)
  const prior = priorOf(network)
  const airports = dataset.airports.map(
    (airport, i): AirportReference => ({
      ...airport,
      departures: historyOf(departures[i] ?? new Counts(), prior, days, 'airport'),
      arrivals: historyOf(arrivals[i] ?? new Counts(), prior, days, 'airport'),
    }),
  )
  return {
    airports,
    routes: dataset.routes.map((route, i): RouteReference | undefined => {
      const counts = routes[i]
      const origin = airports[route.origin]
      const destination = airports[route.destination]
      if (!counts?.flights || !origin || !destination) return undefined
      return {
        origin: origin.iata,
        destination: destination.iata,
        distance: route.distance,
        history: historyOf(counts, routePrior(origin.departures, destination.arrivals), days, 'route'),
      }
    }),
  }
}

/** The references of one route's trips, as the function would look them up. */
export const tripReference = (dataset: Dataset, references: References, id: number): TripReference => {
  const route = dataset.routes[id]
  const origin = route && references.airports[route.origin]
  const destination = route && references.airports[route.destination]
  if (!origin || !destination) throw new Error(`There is no route ${id}.`)
  return { origin, destination, route: references.routes[id] }
}
