import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { type MathNode, nodesOf } from './metric-math/ast.ts'
import { DEFAULT_BAND_WIDTH } from './metric-math/functions/sources.ts'
import { givesArray, needsOf, type QueryPlan, type Step } from './plan.ts'

/** A metric that queries ask for. */
export interface MetricReference {
  /** Of the query. */
  readonly id: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  /** In seconds. */
  readonly period: number
  readonly stat: string
  readonly unit?: string | undefined
}

/** An ANOMALY_DETECTION_BAND in an expression. */
export interface BandReference {
  /** Of the expression that it is in. */
  readonly id: string
  /** The id of the query that the band is around. */
  readonly around: string
  /** In standard deviations; `undefined` where it is computed. */
  readonly width: number | undefined
}

/** What alarms and anomaly detectors ask about queries before they take them. */
export interface QuerySet {
  readonly metrics: readonly MetricReference[]
  /** Ids of metric math expressions, and of Metrics Insights queries, that there are. */
  readonly expressions: readonly string[]
  readonly insights: readonly string[]
  /** Ids of the queries whose data are returned. */
  readonly returned: readonly string[]
  /** Ids of those queries that give an array of time series. */
  readonly arrays: readonly string[]
  readonly usesSearch: boolean
  /** METRICS(). */
  readonly usesMetrics: boolean
  readonly bands: readonly BandReference[]
  /** The different periods of the metrics and Metrics Insights queries, in seconds, ascending. */
  readonly periods: readonly number[]
  /** The other queries that one needs, directly or not, in the order they are evaluated in. */
  needs(id: string): readonly string[]
  readonly queries: readonly MetricDataQuery[]
}

const callsOf = (node: MathNode, name: string) =>
  [...nodesOf(node)].filter(each => each.kind === 'call').filter(call => call.name === name)

const bandsOf = (step: Step): BandReference[] => {
  if (step.kind !== 'math') return []
  return callsOf(step.node, 'ANOMALY_DETECTION_BAND').flatMap(({ arguments: [around, width] }) => {
    if (around?.kind !== 'reference') return []
    const deviations =
      width === undefined ? DEFAULT_BAND_WIDTH : width.kind === 'number' ? width.value : undefined
    return [{ id: step.id, around: around.id, width: deviations }]
  })
}

/** Tells what queries that have been read consist of. */
export const describePlan = (plan: QueryPlan): QuerySet => {
  const steps = plan.ids.flatMap(id => plan.byId.get(id) ?? [])
  const idsOf = (test: (step: Step) => boolean): string[] => steps.filter(test).map(({ id }) => id)
  const calls = (name: string): boolean =>
    steps.some(step => step.kind === 'math' && callsOf(step.node, name).length > 0)
  const periods = steps.flatMap(step => {
    if (step.kind === 'metric') return step.source.period
    return step.kind === 'insights' ? step.period : []
  })
  return {
    metrics: steps.flatMap(step => {
      if (step.kind !== 'metric') return []
      const { namespace, name, dimensions, period, stat, unit } = step.source
      return [{ id: step.id, namespace, name, dimensions, period, stat, unit }]
    }),
    expressions: idsOf(({ kind }) => kind === 'math'),
    insights: idsOf(({ kind }) => kind === 'insights'),
    returned: idsOf(({ returned }) => returned),
    arrays: idsOf(givesArray),
    usesSearch: calls('SEARCH'),
    usesMetrics: calls('METRICS'),
    bands: steps.flatMap(bandsOf),
    periods: [...new Set(periods)].sort((a, b) => a - b),
    needs: id => needsOf(plan, id),
    queries: steps.map(({ query }) => query),
  }
}
