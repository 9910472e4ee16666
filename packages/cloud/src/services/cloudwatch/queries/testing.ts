/** For tests of queries: metrics whose data points are written down, and expressions over them. */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { BandProvider } from '../anomaly/band-provider.ts'
import type { Metric, MetricReader, Period, PeriodRange } from '../metrics/metric-reader.ts'
import { createQueries, type Queries } from './index.ts'
import type { QueryResult } from './query-evaluator.ts'

export const SCOPE = { account: '123456789012', region: 'eu-west-1' }
export const MINUTE = 60_000
/** A Monday, midnight in UTC. */
export const START = Date.UTC(2026, 10, 23)
/** An hour after {@link START}. */
export const NOW = START + 60 * MINUTE

/** One sample of a metric. */
export interface Sample {
  readonly time: number
  readonly value: number
  readonly unit?: string
}

export interface TestMetric {
  readonly namespace?: string
  readonly name: string
  readonly dimensions?: Readonly<Record<string, string>>
  readonly samples: readonly Sample[]
}

const dimensionsKey = (dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(dimensions).sort())

const periodsOf = ({ samples }: TestMetric, { start, end, period, offset = 0 }: PeriodRange): Period[] => {
  const startOf = (time: number): number => Math.floor((time - offset) / period) * period + offset
  const grouped = Map.groupBy(
    samples.filter(({ time }) => time >= start && time < end),
    ({ time, unit = 'None' }) => `${startOf(time)} ${unit}`,
  )
  return Array.from(grouped.values(), group => {
    const values = group.map(({ value }) => value)
    const [first] = group
    const weights = new Map<number, number>()
    for (const value of values) weights.set(value, (weights.get(value) ?? 0) + 1)
    return {
      time: startOf(first?.time ?? 0),
      unit: first?.unit ?? 'None',
      count: values.length,
      sum: values.reduce((a, b) => a + b, 0),
      min: Math.min(...values),
      max: Math.max(...values),
      values: weights,
    }
  }).sort((a, b) => a.time - b.time)
}

/** Reads metrics that are written down. */
export const testReader = (metrics: readonly TestMetric[]): MetricReader => ({
  metrics: () =>
    metrics.map(
      ({ namespace = 'App', name, dimensions = {}, samples }): Metric => ({
        namespace,
        name,
        dimensions: Object.entries(dimensions).sort(),
        lastTimestamp: Math.max(0, ...samples.map(({ time }) => time)),
      }),
    ),
  periods: (_scope, namespace, name, dimensions, range) =>
    metrics
      .filter(
        metric =>
          (metric.namespace ?? 'App') === namespace &&
          metric.name === name &&
          dimensionsKey(metric.dimensions ?? {}) === dimensionsKey(dimensions),
      )
      .flatMap(metric => periodsOf(metric, range)),
})

export const NO_BANDS: BandProvider = { band: () => undefined }

export const testQueries = (
  metrics: readonly TestMetric[],
  bands: BandProvider = NO_BANDS,
  now = NOW,
): Queries => createQueries({ metrics: testReader(metrics), bands, clock: { now: () => now } })

/** Values at successive periods from {@link START}; `undefined` where a period has none. */
export type Values = ReadonlyArray<number | undefined>

/** A sample at each period that has a value. */
export const samplesOf = (values: Values, period = 60): Sample[] =>
  values.flatMap((value, index) =>
    value === undefined ? [] : [{ time: START + index * period * 1_000, value }],
  )

export const metricQuery = (
  Id: string,
  period = 60,
  other: Partial<MetricDataQuery> = {},
): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'App', MetricName: Id }, Period: period, Stat: 'Sum' },
  ReturnData: false,
  ...other,
})

export interface MathTest {
  /** By the ids of the queries, in the order of the request. */
  readonly metrics: Readonly<Record<string, Values>>
  /** In seconds. Default 60 for each. */
  readonly periods?: Readonly<Record<string, number>>
  /** How many minutes are asked for. Default: as long as the longest metric. */
  readonly minutes?: number
  readonly bands?: BandProvider
  readonly query?: Partial<MetricDataQuery>
}

/** Evaluates an expression over metrics whose ids are their names. */
export const evaluateExpression = (expression: string, test: MathTest): QueryResult => {
  const { metrics, periods = {}, bands, query } = test
  const queries = testQueries(
    Object.entries(metrics).map(([name, values]) => ({ name, samples: samplesOf(values, periods[name]) })),
    bands,
  )
  const lengths = Object.entries(metrics).map(([id, values]) => (values.length * (periods[id] ?? 60)) / 60)
  const minutes = test.minutes ?? Math.max(...lengths, 0)
  const results = queries.evaluate(
    SCOPE,
    [
      ...Object.keys(metrics).map(id => metricQuery(id, periods[id])),
      { Id: 'result', Expression: expression, ...query },
    ],
    { start: START, end: START + minutes * MINUTE },
  )
  const result = results.at(-1)
  if (!result) throw new Error('there is always a result')
  return result
}

/** Each series as its values by the minute, up to its last. */
export const valuesOf = ({ series }: QueryResult): Values[] =>
  series.map(({ timestamps, values }) => {
    const byMinute: Array<number | undefined> = []
    for (const [index, time] of timestamps.entries()) {
      const minute = (time - START) / MINUTE
      while (byMinute.length < minute) byMinute.push(undefined)
      byMinute.push(values[index])
    }
    return byMinute
  })

/** The one series of an expression over metrics, as its values by the minute. */
export const math = (
  expression: string,
  metrics: MathTest['metrics'],
  test: Omit<MathTest, 'metrics'> = {},
): Values => {
  const result = evaluateExpression(expression, { metrics, ...test })
  const [values, ...others] = valuesOf(result)
  if (result.error !== undefined || !values || others.length > 0) {
    throw new Error(result.error ?? `${expression} gave ${others.length + 1} series`)
  }
  return values
}
