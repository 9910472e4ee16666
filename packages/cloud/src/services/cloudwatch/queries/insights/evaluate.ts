import type { Scope } from '../../../../kernel/scope.ts'
import type { Aggregate, Metric, MetricReader } from '../../metrics/metric-reader.ts'
import { average, max, min, sum } from '../metric-math/functions/aggregate.ts'
import { metricRange } from '../metric-series.ts'
import type { QueryRange } from '../query-evaluator.ts'
import type { Series } from '../series.ts'
import type { InsightsFunction, InsightsQuery } from './parse.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-limits.html */
const MAX_METRICS = 10_000
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const REACH = 14 * 86_400_000
/** Of metrics that lack a label that they are grouped by. */
const OTHER = 'Other'

const OF_PERIOD: Readonly<Record<InsightsFunction, (total: Aggregate) => number>> = {
  AVG: total => total.sum / total.count,
  COUNT: total => total.count,
  MAX: total => total.max,
  MIN: total => total.min,
  SUM: total => total.sum,
}

const OF_SERIES: Readonly<Record<InsightsFunction, (values: readonly number[]) => number>> = {
  AVG: average,
  COUNT: values => values.length,
  MAX: max,
  MIN: min,
  SUM: sum,
}

interface Group {
  /** Values of the labels grouped by. */
  readonly labels: readonly string[]
  readonly periods: Map<number, Aggregate>
}

const labelOf = ({ dimensions }: Metric, label: string): string | undefined =>
  dimensions.find(([name]) => name === label)?.[1]

/** A metric without the label is neither equal nor unequal, as NULL in SQL. */
const matches = (query: InsightsQuery, metric: Metric): boolean =>
  metric.namespace === query.namespace &&
  metric.name === query.metric &&
  (query.schema === undefined ||
    (metric.dimensions.length === new Set(query.schema).size &&
      query.schema.every(label => labelOf(metric, label) !== undefined))) &&
  query.where.every(({ key, equal, value }) => {
    const found = labelOf(metric, key)
    return found !== undefined && (found === value) === equal
  })

const addTo = (group: Group, time: number, { count, sum: total, min: least, max: most }: Aggregate): void => {
  const into = group.periods.get(time)
  if (!into) {
    group.periods.set(time, { count, sum: total, min: least, max: most })
    return
  }
  into.count += count
  into.sum += total
  into.min = Math.min(into.min, least)
  into.max = Math.max(into.max, most)
}

const compareLabels = (a: readonly string[], b: readonly string[]): number => {
  for (let index = 0; index < a.length; index++) {
    const [left = '', right = ''] = [a[index], b[index]]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

const toSeries = (group: Group, query: InsightsQuery, period: number, defaultLabel: string): Series => {
  const periods = [...group.periods].sort(([a], [b]) => a - b)
  return {
    label: group.labels.length > 0 ? group.labels.join(' ') : defaultLabel,
    period,
    timestamps: periods.map(([time]) => time),
    values: periods.map(([, total]) => OF_PERIOD[query.aggregate](total)),
  }
}

/** What came of a query, and whether metrics or series had to be left out. */
export interface InsightsResult {
  readonly series: readonly Series[]
  readonly truncated: boolean
}

/** What a query is evaluated over. */
export interface InsightsSetting {
  readonly metrics: MetricReader
  readonly scope: Scope
  readonly range: QueryRange
  /** In ms since the epoch. */
  readonly now: number
}

/** The groups of all matching metrics, with their aggregated periods. */
const groupMetrics = (
  query: InsightsQuery,
  { metrics, scope, range, now }: InsightsSetting,
  period: number,
) => {
  const groups = new Map<string, Group>()
  const reached = metricRange({ ...range, start: Math.max(range.start, now - REACH) }, period, now)
  let read = 0
  for (const metric of metrics.metrics(scope)) {
    if (!matches(query, metric)) continue
    if (++read > MAX_METRICS) break
    const labels = query.groupBy.map(label => labelOf(metric, label) ?? OTHER)
    const key = JSON.stringify(labels)
    const group = groups.get(key) ?? { labels, periods: new Map<number, Aggregate>() }
    groups.set(key, group)
    const dimensions = Object.fromEntries(metric.dimensions)
    for (const each of metrics.periods(scope, metric.namespace, metric.name, dimensions, reached)) {
      addTo(group, each.time, each)
    }
  }
  return {
    groups: [...groups.values()].filter(({ periods }) => periods.size > 0),
    truncated: read > MAX_METRICS,
  }
}

/**
 * Evaluates a Metrics Insights query over the metrics of an account and region. Observations of all matching metrics
 * are aggregated by period, whatever their units. It reaches back two weeks from now.
 *
 * @param period in seconds
 * @param defaultLabel of the series of a query without GROUP BY
 */
export const evaluateInsights = (
  query: InsightsQuery,
  setting: InsightsSetting,
  period: number,
  defaultLabel: string,
): InsightsResult => {
  const { groups, truncated } = groupMetrics(query, setting, period)
  const series = groups
    .sort((a, b) => compareLabels(a.labels, b.labels))
    .map(group => toSeries(group, query, period, defaultLabel))
  const { orderBy } = query
  if (orderBy) {
    const rank = OF_SERIES[orderBy.by]
    const direction = orderBy.descending ? -1 : 1
    series.sort((a, b) => direction * (rank(a.values) - rank(b.values)))
  }
  return { series: series.slice(0, query.limit), truncated }
}
