import type { Service, TimeSeriesServiceStatistics } from '@aws-sdk/client-xray'
import { notImplemented } from '@sonde/wire'
import { createServiceGraph } from '../graph/service-graph.ts'
import {
  addRequests,
  emptyTally,
  histogramEntries,
  type Requests,
  statusOfFlags,
  summaryStatistics,
  type Tally,
} from '../graph/statistics.ts'
import { ERROR, FAULT, THROTTLE } from '../graph/visits.ts'
import { compileVisits } from './compile-filter.ts'
import type { Row } from './database.ts'
import type { GraphQuery, TimeSeriesQuery } from './queries.ts'
import { FINISH, INFERRED, ROOT, UNSET } from './schema.ts'
import { type Index, tracesMatching } from './summaries-query.ts'

const OUTCOME = FAULT | ERROR | THROTTLE

const requestsOf = ({ outcome, milliseconds, count, total }: Row): Requests | undefined =>
  Number(milliseconds) < 0
    ? undefined
    : {
        status: statusOfFlags(Number(outcome)),
        milliseconds: Number(milliseconds),
        count: Number(count),
        total: Number(total),
      }

const counted = (flags: string, time: string): string =>
  `${flags} & ${OUTCOME} AS outcome, IF(${time} < 0, ${UNSET}, round(${time} * 1000)::INTEGER) AS milliseconds, count(*)::INTEGER AS count,
   sum(${time}) AS total`

const visitsWithin = async (index: Index, scope: number, { range, filter }: GraphQuery) => {
  const chosen = await tracesMatching(index, scope, range, filter)
  return {
    sql: `v.scope = ${scope} AND v.start < ? AND ${FINISH} >= ? AND ${chosen.sql}`,
    values: [range.end, range.start, ...chosen.values],
  }
}

/** The services and edges seen in a range of time, with their statistics. */
export const findServices = async (index: Index, query: GraphQuery): Promise<Service[]> => {
  const { database, dictionary } = index
  const scope = dictionary.findScope(query.scope)
  if (scope === undefined) return []
  const within = await visitsWithin(index, scope, query)
  const graph = createServiceGraph()
  const visits = await database.rows(
    `SELECT service, (flags & ${ROOT}) <> 0 AS root, (flags & ${INFERRED}) = 0 AS active, min(v.start) AS first,
            max(${FINISH}) AS last, ${counted('flags', 'response_time')}
       FROM visits v WHERE ${within.sql} GROUP BY ALL`,
    within.values,
  )
  for (const row of visits) {
    const service = dictionary.service(Number(row.service))
    if (!service) continue
    const { first, last, root, active } = row
    graph.addVisits(
      service,
      { start: Number(first), end: Number(last), root: root === true, active: active === true },
      requestsOf(row),
    )
  }
  const durations = await database.rows(
    `SELECT service, round(duration * 1000)::INTEGER AS milliseconds, count(*)::INTEGER AS count
       FROM visits v WHERE ${within.sql} AND duration >= 0 GROUP BY ALL`,
    within.values,
  )
  for (const { service: id, milliseconds, count } of durations) {
    const service = dictionary.service(Number(id))
    if (service) graph.addDurations(service, Number(milliseconds), Number(count))
  }
  const calls = await database.rows(
    `SELECT source, service, ${counted('call_flags', 'call_response_time')}
       FROM visits v WHERE ${within.sql} AND source >= 0 GROUP BY ALL`,
    within.values,
  )
  for (const row of calls) {
    const [source, target] = [dictionary.service(Number(row.source)), dictionary.service(Number(row.service))]
    if (source && target) graph.addCalls(source, target, requestsOf(row))
  }
  return graph.services()
}

const drawInterval = (start: number, tally: Tally, isService: boolean): TimeSeriesServiceStatistics => ({
  Timestamp: new Date(start * 1_000),
  [isService ? 'ServiceSummaryStatistics' : 'EdgeSummaryStatistics']: summaryStatistics(tally),
  ResponseTimeHistogram: histogramEntries(tally.histogram),
})

/** Statistics by intervals of the period, aligned to it; intervals without requests are left out. */
export const findTimeSeries = async (
  index: Index,
  query: TimeSeriesQuery,
): Promise<TimeSeriesServiceStatistics[]> => {
  const { database, dictionary } = index
  const { selector, period } = query
  const scope = dictionary.findScope(query.scope)
  if (scope === undefined) return []
  const within = await visitsWithin(index, scope, query)
  const isService = selector?.kind === 'service'
  const selected = selector && compileVisits(selector, dictionary.servicesOf(scope))
  if (selected && !selected.exact) {
    throw notImplemented('An EntitySelectorExpression with such keywords in its braces')
  }
  const rows = await database.rows(
    `SELECT floor(v.start / ${period}) * ${period} AS interval,
            ${isService ? counted('flags', 'response_time') : counted('call_flags', 'call_response_time')}
       FROM visits v WHERE ${within.sql} AND v.start >= ?
        AND ${selected ? selected.sql : 'source >= 0'} GROUP BY ALL ORDER BY interval`,
    [...within.values, query.range.start, ...(selected?.values ?? [])],
  )
  const tallies = new Map<number, Tally>()
  for (const row of rows) {
    const interval = Number(row.interval)
    const tally = tallies.get(interval) ?? emptyTally()
    tallies.set(interval, tally)
    const requests = requestsOf(row)
    if (requests) addRequests(tally, requests)
  }
  return Array.from(tallies, ([start, tally]) => drawInterval(start, tally, isService))
}
