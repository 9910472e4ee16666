/** The flights and airports of the npm package `vega-datasets`, read with DuckDB. */
import { DuckDBInstance } from '@duckdb/node-api'

/** A flight is late when it arrives more than this many minutes after its scheduled arrival. */
export const LATE_AFTER_MINUTES = 15

export interface Airport {
  readonly iata: string
  readonly name: string
  readonly city: string
  readonly state: string
  readonly latitude: number
  readonly longitude: number
}

/** `origin` and `destination` are positions in {@link Dataset.airports}. */
export interface Route {
  readonly origin: number
  readonly destination: number
  /** Statute miles. */
  readonly distance: number
}

/**
 * Flights of one route, hour, day of the week and month share every feature, so they are counted together: 3 million
 * flights become 850 thousand groups. One entry per group in each array.
 */
export interface FlightGroups {
  readonly length: number
  /** Position in {@link Dataset.routes}. */
  readonly route: Int32Array
  /** Local hour of departure. */
  readonly hour: Int32Array
  /** 0 is Sunday. */
  readonly dayOfWeek: Int32Array
  /** Calendar month: 200106 is June 2001. */
  readonly month: Int32Array
  readonly flights: Int32Array
  readonly late: Int32Array
}

export interface Dataset {
  /** Those that a flight left from or arrived at, in order of their codes. */
  readonly airports: readonly Airport[]
  readonly routes: readonly Route[]
  /** By the departure time in the data, which is the actual one. */
  readonly groups: FlightGroups
  /** By an estimate of the scheduled departure; see {@link SCHEDULE_ESTIMATE}. For diagnosis alone. */
  readonly groupsBySchedule: FlightGroups
  /** Days with flights in each month. */
  readonly days: ReadonlyMap<number, number>
}

export interface DatasetFiles {
  /** Parquet with date, delay, distance, origin, destination. */
  readonly flights: string
  /** CSV with iata, name, city, state, latitude, longitude. */
  readonly airports: string
}

/**
 * The data have actual departure times only. A late arrival is mostly a late departure, so the delay taken off gives
 * about the scheduled time. It is made from the label: a model must never be fed with it.
 */
const SCHEDULE_ESTIMATE = 'date - to_minutes(greatest(delay, 0))'

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

const groupsQuery = (time: string): string => `
  select r.id, hour(${time})::int, dayofweek(${time})::int, (year(date) * 100 + month(date))::int,
         count(*)::int, sum((delay > ${LATE_AFTER_MINUTES})::int)::int
  from flights f join routes r on r.origin = f.origin and r.destination = f.destination
  group by all order by all`

/**
 * @throws where a file is missing, or a flight's airport is not in the list of airports
 */
export const readDataset = async (files: DatasetFiles): Promise<Dataset> => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const read = async (query: string) => (await connection.runAndReadAll(query)).getColumnsJS()
  const readGroups = async (time: string): Promise<FlightGroups> => {
    const [route, hour, dayOfWeek, month, flights, late] = (await read(groupsQuery(time))).map(column =>
      Int32Array.from(column, Number),
    )
    if (!route || !hour || !dayOfWeek || !month || !flights || !late) throw new Error('There are no flights.')
    return { length: route.length, route, hour, dayOfWeek, month, flights, late }
  }

  try {
    await connection.run(`create view flights as from read_parquet(${quote(files.flights)})`)
    await connection.run(
      `create table airports as
       select row_number() over (order by iata) - 1 as id, iata, name, city, state, latitude, longitude
       from read_csv(${quote(files.airports)}, header = true, all_varchar = true)
       where iata in (select origin from flights union select destination from flights)`,
    )
    await connection.run(
      `create table routes as
       select row_number() over (order by origin, destination) - 1 as id, *
       from (select origin, destination, min(distance) as distance from flights group by all)`,
    )
    const [unknown] = await read(
      `select distinct code from (select origin as code from routes union all select destination from routes)
       where code not in (select iata from airports) order by 1`,
    )
    if (unknown?.length) throw new Error(`Airports without a place: ${unknown.join(', ')}`)

    const [iata = [], name = [], city = [], state = [], latitude = [], longitude = []] = await read(
      'select iata, name, city, state, latitude, longitude from airports order by id',
    )
    const [origin = [], destination = [], distance = []] = await read(
      `select o.id, d.id, r.distance from routes r join airports o on o.iata = r.origin
       join airports d on d.iata = r.destination order by r.id`,
    )
    const [month = [], days = []] = await read(
      'select (year(date) * 100 + month(date))::int, count(distinct date::date)::int from flights group by 1',
    )
    return {
      airports: iata.map((code, i) => ({
        iata: String(code),
        name: String(name[i]).trim(),
        city: String(city[i]).trim(),
        state: String(state[i]).trim(),
        latitude: Number(latitude[i]),
        longitude: Number(longitude[i]),
      })),
      routes: origin.map((id, i) => ({
        origin: Number(id),
        destination: Number(destination[i]),
        distance: Number(distance[i]),
      })),
      groups: await readGroups('date'),
      groupsBySchedule: await readGroups(SCHEDULE_ESTIMATE),
      days: new Map(month.map((key, i) => [Number(key), Number(days[i])])),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
