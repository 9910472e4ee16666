/** The reference table's items, written by training and read by the function. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { DAY_PARTS, type LateHistory } from './history.ts'
import { type AirportReference, airportKey, type RouteReference, routeKey } from './reference.ts'

/** An item in DynamoDB's JSON. */
export type Item = Record<string, AttributeValue>

/** An item that is not what training writes: the table was filled by something else. */
export class ReferenceItemError extends Error {
  override readonly name = 'ReferenceItemError' as const
}

const text = (value: string): AttributeValue => ({ S: value })
const number = (value: number): AttributeValue => ({ N: String(value) })

const readText = (item: Item, name: string): string => {
  const value = item[name]?.S
  if (value === undefined) throw new ReferenceItemError(`The item has no string ${name}.`)
  return value
}

const toNumber = (value: AttributeValue | undefined, name: string): number => {
  const read = Number(value?.N ?? Number.NaN)
  if (!Number.isFinite(read)) throw new ReferenceItemError(`The item has no number ${name}.`)
  return read
}

const readNumber = (item: Item, name: string): number => toNumber(item[name], name)

const historyToAttribute = (history: LateHistory): AttributeValue => ({
  M: {
    flightsPerDay: number(history.flightsPerDay),
    lateRate: number(history.lateRate),
    lateRateByPart: { L: history.lateRateByPart.map(number) },
  },
})

const readHistory = (item: Item, name: string): LateHistory => {
  const map = item[name]?.M
  const parts = map?.lateRateByPart?.L
  if (!map || parts?.length !== DAY_PARTS) throw new ReferenceItemError(`The item has no history ${name}.`)
  return {
    flightsPerDay: readNumber(map, 'flightsPerDay'),
    lateRate: readNumber(map, 'lateRate'),
    lateRateByPart: parts.map(part => toNumber(part, `${name}.lateRateByPart`)),
  }
}

export const airportToItem = (airport: AirportReference): Item => ({
  pk: text(airportKey(airport.iata)),
  iata: text(airport.iata),
  name: text(airport.name),
  city: text(airport.city),
  state: text(airport.state),
  latitude: number(airport.latitude),
  longitude: number(airport.longitude),
  departures: historyToAttribute(airport.departures),
  arrivals: historyToAttribute(airport.arrivals),
})

/** @throws ReferenceItemError */
export const airportFromItem = (item: Item): AirportReference => ({
  iata: readText(item, 'iata'),
  name: readText(item, 'name'),
  city: readText(item, 'city'),
  state: readText(item, 'state'),
  latitude: readNumber(item, 'latitude'),
  longitude: readNumber(item, 'longitude'),
  departures: readHistory(item, 'departures'),
  arrivals: readHistory(item, 'arrivals'),
})

export const routeToItem = (route: RouteReference): Item => ({
  pk: text(routeKey(route.origin, route.destination)),
  origin: text(route.origin),
  destination: text(route.destination),
  distance: number(route.distance),
  history: historyToAttribute(route.history),
})

/** @throws ReferenceItemError */
export const routeFromItem = (item: Item): RouteReference => ({
  origin: readText(item, 'origin'),
  destination: readText(item, 'destination'),
  distance: readNumber(item, 'distance'),
  history: readHistory(item, 'history'),
})
