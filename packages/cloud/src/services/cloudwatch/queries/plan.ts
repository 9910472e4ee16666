import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { readStatistic } from '../metrics/statistics.ts'
import { ExpressionError, inExpression, validationError } from './errors.ts'
import { type InsightsQuery, isInsights, parseInsights } from './insights/parse.ts'
import { metricLabels } from './labels/default-labels.ts'
import { type DynamicLabel, parseDynamicLabel } from './labels/dynamic-label.ts'
import { type MathNode, nodesOf } from './metric-math/ast.ts'
import { checkMath } from './metric-math/check.ts'
import { parseMath } from './metric-math/parse.ts'
import { readMetricSource } from './read-metric-stat.ts'
import { checkQuery, checkQueryList, checkSearchPeriod } from './read-query.ts'
import { remember } from './remember.ts'
import { compileSearch, type MetricTest } from './search/matches.ts'
import type { MetricSource } from './series.ts'

interface StepBase {
  readonly id: string
  readonly query: MetricDataQuery
  readonly returned: boolean
  /** What the label is filled in by; `undefined` where it is as written, or there is none. */
  readonly dynamicLabel: DynamicLabel | undefined
}

export interface MetricStep extends StepBase {
  readonly kind: 'metric'
  readonly source: MetricSource
  readonly defaultLabel: string
}

export interface MathStep extends StepBase {
  readonly kind: 'math'
  readonly node: MathNode
  readonly gives: 'TS' | 'TS[]'
  /** Ids of the queries it needs, METRICS() included. */
  readonly needs: readonly string[]
  /** In seconds; `undefined` where neither the query nor the request tells. */
  readonly period: number | undefined
}

export interface InsightsStep extends StepBase {
  readonly kind: 'insights'
  readonly insights: InsightsQuery
  readonly period: number
}

export type Step = MetricStep | MathStep | InsightsStep

/** Queries that have been read: what to evaluate, each after what it needs. */
export interface QueryPlan {
  readonly steps: readonly Step[]
  /** In the order of the request. */
  readonly ids: readonly string[]
  readonly byId: ReadonlyMap<string, Step>
  /** Searches by their text. */
  readonly searches: ReadonlyMap<string, MetricTest>
}

/** Whether a query gives an array of time series, not one. */
export const givesArray = (step: Step): boolean =>
  step.kind === 'math' ? step.gives === 'TS[]' : step.kind === 'insights' && step.insights.groupBy.length > 0

/** The ids of the other queries that one needs, directly or not, in the order of evaluation. */
export const needsOf = ({ steps }: QueryPlan, id: string): readonly string[] => {
  const wanted = new Set([id])
  // Steps come after what they need, so that one pass from the last finds all.
  for (const step of steps.toReversed()) {
    if (wanted.has(step.id) && step.kind === 'math') for (const needed of step.needs) wanted.add(needed)
  }
  return steps.map(step => step.id).filter(each => each !== id && wanted.has(each))
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
const MAX_SEARCHES = 100
/** Of expressions that are kept parsed: ten thousand alarms have half of it. */
const REMEMBERED_CHARACTERS = 2_000_000

const parseRemembered = remember(parseMath, REMEMBERED_CHARACTERS)

/** Puts the id before what is wrong with an expression. */
const forQuery = <T>(id: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw error instanceof ExpressionError ? validationError(inExpression(id, error)) : error
  }
}

const insightsStep = (base: StepBase, text: string): InsightsStep => {
  const { Period: period } = base.query
  const insights = forQuery(base.id, () => parseInsights(text))
  if (period === undefined) {
    throw validationError(`The parameter Period is required for the Metrics Insights query '${base.id}'.`)
  }
  return { ...base, kind: 'insights', insights, period }
}

/** What METRICS() and METRICS("text") stand for. */
const metricsNeeded = (node: MathNode, metricIds: readonly string[]): readonly string[] => {
  if (node.kind !== 'call' || node.name !== 'METRICS') return []
  const [contained] = node.arguments
  return contained?.kind === 'string' ? metricIds.filter(id => id.includes(contained.value)) : metricIds
}

class Planner {
  readonly #queries: ReadonlyMap<string, MetricDataQuery>
  readonly #metrics: ReadonlyMap<string, MetricStep>
  readonly #steps = new Map<string, Step>()
  readonly #open = new Set<string>()
  readonly #searches = new Map<string, MetricTest>()

  constructor(queries: readonly MetricDataQuery[], parameter: string) {
    this.#queries = new Map(queries.map(query => [query.Id ?? '', query]))
    this.#metrics = new Map(this.#metricSteps(queries, parameter).map(step => [step.id, step]))
  }

  plan(): QueryPlan {
    for (const id of this.#queries.keys()) this.#visit(id, [])
    if (this.#searches.size > MAX_SEARCHES) {
      throw validationError(`A request must have at most ${MAX_SEARCHES} search expressions.`)
    }
    if ([...this.#steps.values()].filter(({ kind }) => kind === 'insights').length > 1) {
      throw validationError('A request must have at most one Metrics Insights query.')
    }
    return {
      steps: [...this.#steps.values()],
      ids: [...this.#queries.keys()],
      byId: this.#steps,
      searches: this.#searches,
    }
  }

  #base(query: MetricDataQuery): StepBase {
    const id = query.Id ?? ''
    const { Label: label } = query
    const dynamicLabel = label === undefined ? undefined : forQuery(id, () => parseDynamicLabel(label))
    return { id, query, returned: query.ReturnData ?? true, dynamicLabel }
  }

  #metricSteps(queries: readonly MetricDataQuery[], parameter: string): MetricStep[] {
    const read = queries.flatMap((query, index) => {
      const source = readMetricSource(query, `${parameter}.member.${index + 1}`)
      return source ? [{ query, source }] : []
    })
    const labels = metricLabels(read.map(({ source }) => source))
    return read.map(({ query, source }, index) => ({
      ...this.#base(query),
      kind: 'metric',
      source,
      defaultLabel: labels[index] ?? source.name,
    }))
  }

  /** Plans a query after what it needs; `path` is how it was reached. Bounded by the number of queries. */
  #visit(id: string, path: readonly string[]): Step | undefined {
    const known = this.#steps.get(id)
    const query = this.#queries.get(id)
    if (known || !query) return known
    if (this.#open.has(id)) {
      throw validationError(`The expressions '${path.join("', '")}' refer to each other in a circle.`)
    }
    this.#open.add(id)
    const step = this.#metrics.get(id) ?? this.#expression(query, [...path, id])
    this.#steps.set(id, step)
    return step
  }

  #expression(query: MetricDataQuery, path: readonly string[]): Step {
    const base = this.#base(query)
    const { id } = base
    const text = query.Expression ?? ''
    if (isInsights(text)) return insightsStep(base, text)
    const node = forQuery(id, () => parseRemembered(text))
    const needs = this.#needs(node)
    for (const needed of needs) this.#visit(needed, path)
    const gives = forQuery(id, () =>
      checkMath(node, {
        typeOf: other => this.#typeOf(other),
        isMetric: other => this.#metrics.has(other),
      }),
    )
    forQuery(id, () => this.#readSearches(node))
    return { ...base, kind: 'math', node, gives, needs, period: query.Period ?? this.#periodOf(needs) }
  }

  #needs(node: MathNode): readonly string[] {
    const metricIds = [...this.#metrics.keys()]
    const needed = new Set<string>()
    for (const each of nodesOf(node)) {
      if (each.kind === 'reference') needed.add(each.id)
      else for (const id of metricsNeeded(each, metricIds)) needed.add(id)
    }
    return [...needed].filter(id => this.#queries.has(id))
  }

  #typeOf(id: string): 'TS' | 'TS[]' | undefined {
    const step = this.#steps.get(id)
    return step && (givesArray(step) ? 'TS[]' : 'TS')
  }

  /** The shortest period of what an expression refers to, else of the request's metrics. */
  #periodOf(needs: readonly string[]): number | undefined {
    const needed = needs.flatMap(id => {
      const step = this.#steps.get(id)
      return (step?.kind === 'metric' ? step.source.period : step?.period) ?? []
    })
    const known = needed.length > 0 ? needed : [...this.#metrics.values()].map(({ source }) => source.period)
    return known.length > 0 ? Math.min(...known) : undefined
  }

  #readSearches(node: MathNode): void {
    for (const each of nodesOf(node)) {
      if (each.kind !== 'call' || each.name !== 'SEARCH') continue
      const [text, stat, period] = each.arguments
      if (text?.kind !== 'string' || stat?.kind !== 'string') continue
      if (!this.#searches.has(text.value)) this.#searches.set(text.value, compileSearch(text.value))
      if (!readStatistic(stat.value)) throw new ExpressionError(`There is no statistic '${stat.value}'`)
      if (period?.kind === 'number') checkSearchPeriod(period.value)
    }
  }
}

/** Alarms bring the same array at each evaluation. Queries are never changed once they are read. */
const planned = new WeakMap<readonly MetricDataQuery[], QueryPlan>()

/**
 * Reads and checks queries.
 *
 * @param parameter the request's parameter that they come in, for messages
 * @throws ServiceError `ValidationException`, or 501 for what is not provided
 */
export const planQueries = (
  queries: readonly MetricDataQuery[],
  parameter = 'MetricDataQueries',
): QueryPlan => {
  const known = planned.get(queries)
  if (known) return known
  checkQueryList(queries, parameter)
  for (const [index, query] of queries.entries()) checkQuery(query, `${parameter}.member.${index + 1}`)
  const plan = new Planner(queries, parameter).plan()
  planned.set(queries, plan)
  return plan
}
