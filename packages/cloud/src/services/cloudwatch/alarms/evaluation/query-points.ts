import { ServiceError } from '@sonde/wire'
import type { QueryEvaluator, QueryResult, TimeSeries } from '../../queries/query-evaluator.ts'
import type { QueryWatch } from '../watch.ts'
import type { DataPoint } from './comparison.ts'

/** What a query gave for an evaluation range, or why it gave nothing. */
export type QueryPoints =
  | { readonly points: ReadonlyArray<DataPoint | undefined>; readonly partial: boolean }
  | { readonly error: string }

const valuesByTime = (series: TimeSeries | undefined): ReadonlyMap<number, number> =>
  new Map(series?.timestamps.map((time, place) => [time, series.values[place] ?? Number.NaN]))

const bandOf = (result: QueryResult | undefined) => {
  const [upper, lower] = result?.series ?? []
  return { upper: valuesByTime(upper), lower: valuesByTime(lower) }
}

const failure = (results: readonly QueryResult[], id: string): string | undefined => {
  const result = results.find(candidate => candidate.id === id)
  if (!result) return `No result of the query ${id}.`
  return (
    result.error ??
    (result.series.length > 1 ? `The query ${id} returns more than one time series.` : undefined)
  )
}

/**
 * Evaluates an alarm's queries over its range, whose buckets slide like those of an alarm on one metric. Missing values of the result are what the alarm treats as missing; a
 * value for which there is no band is missing too.
 *
 * @param start of the oldest bucket, in ms since the epoch
 */
export const queryPoints = (
  evaluator: Pick<QueryEvaluator, 'evaluate'>,
  watch: QueryWatch,
  start: number,
): QueryPoints => {
  const { scope, queries, watched, band, range, period } = watch
  let results: readonly QueryResult[]
  try {
    results = evaluator.evaluate(scope, queries, { start, end: start + range * period, alignToStart: true })
  } catch (error) {
    if (error instanceof ServiceError) return { error: error.message }
    throw error
  }
  const bandResult = band === undefined ? undefined : results.find(({ id }) => id === band)
  const error = failure(results, watched) ?? bandResult?.error
  if (error !== undefined) return { error }

  const points: Array<DataPoint | undefined> = Array.from({ length: range }, () => undefined)
  const [series] = results.find(({ id }) => id === watched)?.series ?? []
  const { upper, lower } = bandOf(bandResult)
  for (const [index, time] of (series?.timestamps ?? []).entries()) {
    const value = series?.values[index]
    const place = (time - start) / period
    if (value === undefined || !Number.isFinite(value) || !Number.isInteger(place)) continue
    const [low, high] = [lower.get(time), upper.get(time)]
    if (band !== undefined && !(Number.isFinite(low) && Number.isFinite(high))) continue
    const sampleCount = series?.sampleCounts?.[index]
    points[place] = {
      time,
      value,
      ...(sampleCount !== undefined && { sampleCount }),
      ...(low !== undefined && { lower: low }),
      ...(high !== undefined && { upper: high }),
    }
  }
  const partial = results.some(({ messages }) => messages.some(({ Code }) => Code === 'PartialData'))
  return { points, partial }
}
