import {
  type CloudWatchClient,
  type Metric,
  type MetricDataQuery,
  paginateGetMetricData,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch'

/** Most queries of one GetMetricData. */
const MOST_QUERIES = 500

/** Datapoints of one metric or expression. */
export interface Series {
  readonly id: string
  readonly label: string
  /** By the start of its period, in ms since the epoch. */
  readonly points: ReadonlyMap<number, number>
}

export interface Window {
  /** ms since the epoch; `start` inclusive, `end` exclusive, both whole periods. */
  readonly start: number
  readonly end: number
  /** ms */
  readonly period: number
}

/** The window of some length that ends with the period that `now` is in. */
export const windowOf = (now: number, span: number, period: number): Window => {
  const end = Math.floor(now / period) * period + period
  return { start: end - Math.max(1, Math.ceil(span / period)) * period, end, period }
}

/** One value a period of a window, from old to new; `undefined` where there is none. */
export const valuesOf = ({ points }: Series, { start, end, period }: Window): Array<number | undefined> => {
  const values: Array<number | undefined> = []
  for (let time = start; time < end; time += period) values.push(points.get(time))
  return values
}

/** Asks for the data of queries, however many, with all their pages. */
export const readSeries = async (
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  { start, end }: Window,
): Promise<Series[]> => {
  const series = new Map<string, Series & { readonly points: Map<number, number> }>()
  for (let first = 0; first < queries.length; first += MOST_QUERIES) {
    const pages = paginateGetMetricData(
      { client },
      {
        MetricDataQueries: queries.slice(first, first + MOST_QUERIES),
        StartTime: new Date(start),
        EndTime: new Date(end),
      },
    )
    for await (const { MetricDataResults = [] } of pages) {
      for (const { Id = '', Label = '', Timestamps = [], Values = [] } of MetricDataResults) {
        const key = `${Id}\0${Label}`
        const one = series.get(key) ?? { id: Id, label: Label, points: new Map() }
        series.set(key, one)
        for (const [index, time] of Timestamps.entries()) one.points.set(time.getTime(), Values[index] ?? 0)
      }
    }
  }
  return [...series.values()]
}

/** All metrics that match, and how many there are at most to be taken. */
export const listMetrics = async (
  client: CloudWatchClient,
  filter: {
    readonly Namespace?: string
    readonly MetricName?: string
    readonly Dimensions?: Metric['Dimensions']
  },
): Promise<Metric[]> => {
  const found: Metric[] = []
  for await (const { Metrics = [] } of paginateListMetrics({ client }, filter)) found.push(...Metrics)
  return found
}
