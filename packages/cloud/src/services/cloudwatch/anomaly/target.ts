import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'

/** What a detector watches: a statistic of a metric, or the result of an expression. */
export type Target =
  | {
      readonly type: 'SINGLE_METRIC'
      readonly namespace: string
      readonly metricName: string
      readonly dimensions: ReadonlyArray<readonly [name: string, value: string]>
      readonly stat: string
    }
  | {
      readonly type: 'METRIC_MATH'
      /** As they were given, dates and functions excluded by their type: plain JSON. */
      readonly queries: readonly MetricDataQuery[]
    }

const SECOND = 1_000
/** The id of a single metric's query. */
const ID = 'm1'

const identifiers = (expression: string): string[] =>
  expression.replace(/"[^"]*"|'[^']*'/g, '').match(/\b[a-z][a-zA-Z0-9_]*\b/g) ?? []

/** A query and those that it refers to, itself last. */
export const withReferences = (queries: readonly MetricDataQuery[], id: string): MetricDataQuery[] => {
  const byId = new Map(queries.map(query => [query.Id, query]))
  const found = new Map<string, MetricDataQuery>()
  const waiting = [id]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const query = byId.get(next)
    if (!query || found.has(next)) continue
    found.set(next, query)
    waiting.push(...identifiers(query.Expression ?? ''))
  }
  return queries.filter(query => query.Id !== id && found.has(query.Id ?? '')).concat(byId.get(id) ?? [])
}

const targetOfMetric = ({ MetricStat }: MetricDataQuery): Target => ({
  type: 'SINGLE_METRIC',
  namespace: MetricStat?.Metric?.Namespace ?? '',
  metricName: MetricStat?.Metric?.MetricName ?? '',
  dimensions: (MetricStat?.Metric?.Dimensions ?? []).map(
    ({ Name = '', Value = '' }) => [Name, Value] as const,
  ),
  stat: MetricStat?.Stat ?? '',
})

/** What the last of some queries is about, those that it refers to standing before it. */
export const targetOf = (queries: readonly MetricDataQuery[]): Target | undefined => {
  const root = queries.at(-1)
  if (!root) return undefined
  return root.MetricStat ? targetOfMetric(root) : { type: 'METRIC_MATH', queries }
}

/** The query that returns data; the target's own is the last. */
export const rootOf = (target: Target): string =>
  target.type === 'SINGLE_METRIC' ? ID : (target.queries.at(-1)?.Id ?? '')

const byName = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1)

const identityOf = ({ Id, Expression, MetricStat }: MetricDataQuery): readonly unknown[] => {
  if (!MetricStat) return [Id, Expression?.replace(/\s+/g, '')]
  const { Metric, Stat, Unit } = MetricStat
  const dimensions = (Metric?.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value] as const)
  return [Id, Metric?.Namespace, Metric?.MetricName, dimensions.sort(byName), Stat, Unit]
}

/** Equal exactly for targets that are the same but for their period, labels and the order of what they list. */
export const targetKey = (target: Target): string => {
  if (target.type === 'SINGLE_METRIC') {
    const { namespace, metricName, dimensions, stat } = target
    return JSON.stringify([namespace, metricName, [...dimensions].sort(byName), stat])
  }
  const { queries } = target
  const references = queries.slice(0, -1).map(query => JSON.stringify(identityOf(query)))
  return JSON.stringify(['math', ...references.sort(), ...queries.slice(-1).map(identityOf)])
}

/** The period of some queries, in ms; `undefined` where they have several or none. */
export const periodOf = (queries: readonly MetricDataQuery[]): number | undefined => {
  const periods = new Set(
    queries.flatMap(
      ({ MetricStat, Period }) => MetricStat?.Period ?? (MetricStat ? Period : undefined) ?? [],
    ),
  )
  const [period] = periods
  return periods.size === 1 && period !== undefined ? period * SECOND : undefined
}

/** The queries that evaluate a target with a period in ms. */
export const queriesOf = (target: Target, period: number): MetricDataQuery[] => {
  const Period = period / SECOND
  if (target.type === 'METRIC_MATH') {
    return target.queries.map(({ Id, Expression, MetricStat }) =>
      MetricStat
        ? { Id, MetricStat: { ...MetricStat, Period }, ReturnData: false }
        : { Id, Expression, ReturnData: Id === rootOf(target) },
    )
  }
  const { namespace, metricName, dimensions, stat } = target
  const Metric = {
    Namespace: namespace,
    MetricName: metricName,
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  }
  return [{ Id: ID, MetricStat: { Metric, Period, Stat: stat }, ReturnData: true }]
}

const BAND = /\bANOMALY_DETECTION_BAND\s*\(\s*([a-z][a-zA-Z0-9_]*)/

/** The queries that the bands among some queries are around, each with its references. */
export const bandTargets = (queries: readonly MetricDataQuery[]): MetricDataQuery[][] =>
  queries.flatMap(({ Expression }) => {
    const id = BAND.exec(Expression ?? '')?.[1]
    const around = id === undefined ? [] : withReferences(queries, id)
    return around.length > 0 ? [around] : []
  })
