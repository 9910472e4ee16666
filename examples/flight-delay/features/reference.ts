import type { LateHistory } from './history.ts'

/** What the reference table knows of an airport. */
export interface AirportReference {
  /** Three capital letters or digits: `ATL`. */
  readonly iata: string
  readonly name: string
  readonly city: string
  /** Two capital letters: `GA`. */
  readonly state: string
  /** Degrees. */
  readonly latitude: number
  readonly longitude: number
  /** Of flights that leave here. */
  readonly departures: LateHistory
  /** Of flights that arrive here. */
  readonly arrivals: LateHistory
}

/** What the reference table knows of a route, one way. */
export interface RouteReference {
  readonly origin: string
  readonly destination: string
  /** Statute miles. */
  readonly distance: number
  readonly history: LateHistory
}

/** What one prediction needs. `route` is absent where nobody flew it in the training part of the data. */
export interface TripReference {
  readonly origin: AirportReference
  readonly destination: AirportReference
  readonly route?: RouteReference | undefined
}

/** The `pk` of an airport's item. */
export const airportKey = (iata: string): string => `airport#${iata}`

/** The `pk` of a route's item. */
export const routeKey = (origin: string, destination: string): string => `route#${origin}#${destination}`
