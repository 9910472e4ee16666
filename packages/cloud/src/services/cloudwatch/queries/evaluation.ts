import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../../kernel/scope.ts'
import type { BandProvider } from '../anomaly/band-provider.ts'
import type { MetricReader } from '../metrics/metric-reader.ts'
import { readStatistic } from '../metrics/statistics.ts'
import { ExpressionError, inExpression } from './errors.ts'
import { evaluateInsights } from './insights/evaluate.ts'
import { searchLabels } from './labels/default-labels.ts'
import type { LabelContext } from './labels/dynamic-label.ts'
import { evaluateMath, type MathScope } from './metric-math/evaluate.ts'
import { isSeries, type MathValue } from './metric-math/math-function.ts'
import { gridLength, gridOf, readMetric } from './metric-series.ts'
import { givesArray, type MathStep, needsOf, type QueryPlan, type Step } from './plan.ts'
import type { QueryRange, QueryResult } from './query-evaluator.ts'
import { checkSearchPeriod } from './read-query.ts'
import { findMetrics } from './search/find.ts'
import { compileSearch } from './search/matches.ts'
import { type MetricSource, type Series, withoutGaps } from './series.ts'

/** Of what FILL, TIME_SERIES and the functions of time make, over a whole request: they fill memory from nothing. */
const MAX_MADE_POINTS = 4_000_000
/** Of all results of functions and operators, over a whole request: some two seconds of work. */
const MAX_COMPUTED_POINTS = 40_000_000

/** What queries are evaluated over. */
export interface EvaluationSetting {
  readonly metrics: MetricReader
  readonly bands: BandProvider
  readonly scope: Scope
  readonly range: QueryRange
  /** In ms since the epoch. */
  readonly now: number
  /** Of the times in labels: `+HHMM` or `-HHMM`. */
  readonly timezone: string
}

export interface Message {
  readonly Code: string
  readonly Value: string
}

export interface Evaluation {
  /** In the order of the request. */
  readonly results: ReadonlyArray<QueryResult & { readonly series: readonly Series[] }>
  /** About the request as a whole. */
  readonly messages: readonly Message[]
}

type Evaluated = Evaluation['results'][number]

const TOO_MANY_METRICS: Message = {
  Code: 'MaxMetricsExceeded',
  Value: 'Maximum number of allowed metrics exceeded',
}
const NO_MESSAGES: readonly Message[] = []

/** The queries that one needs, and itself last; the same array each time, so that it is read once. */
const closures = new WeakMap<QueryPlan, Map<string, readonly MetricDataQuery[]>>()

const closureOf = (plan: QueryPlan, id: string): readonly MetricDataQuery[] => {
  const known = closures.get(plan) ?? new Map<string, readonly MetricDataQuery[]>()
  closures.set(plan, known)
  const made = known.get(id)
  if (made) return made
  const queries = [...needsOf(plan, id), id].flatMap(each => {
    const step = plan.byId.get(each)
    return step ? { ...step.query, ReturnData: each === id } : []
  })
  known.set(id, queries)
  return queries
}

class Evaluator {
  readonly #plan: QueryPlan
  readonly #setting: EvaluationSetting
  readonly #done = new Map<string, Evaluated>()
  readonly #grids = new Map<number, readonly number[]>()
  readonly #labels: LabelContext
  #madePoints = 0
  #computedPoints = 0
  #truncated = false

  constructor(plan: QueryPlan, setting: EvaluationSetting) {
    this.#plan = plan
    this.#setting = setting
    const { scope, now, timezone } = setting
    this.#labels = { account: scope.account, region: scope.region, now, timezone }
  }

  evaluate(): Evaluation {
    for (const step of this.#plan.steps) this.#done.set(step.id, this.#tryStep(step))
    return {
      results: this.#plan.ids.flatMap(id => this.#done.get(id) ?? []),
      messages: this.#truncated ? [TOO_MANY_METRICS] : NO_MESSAGES,
    }
  }

  #tryStep(step: Step): Evaluated {
    try {
      return this.#step(step)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      return { id: step.id, series: [], messages: NO_MESSAGES, error: inExpression(step.id, error) }
    }
  }

  #step(step: Step): Evaluated {
    const { id } = step
    const { metrics, scope, range, now } = this.#setting
    if (step.kind === 'metric') {
      const label = step.query.Label ?? step.defaultLabel
      const { series, messages } = readMetric(metrics, scope, step.source, range, now, label)
      return { id, series: [this.#relabel(step, series, step.defaultLabel)], messages }
    }
    if (step.kind === 'insights') {
      const { insights, period } = step
      const found = evaluateInsights(insights, this.#setting, period, id)
      this.#truncated ||= found.truncated
      // A query without groups always has its one series.
      const value =
        insights.groupBy.length > 0 ? found.series : (found.series[0] ?? withoutGaps(id, period, [], []))
      return { id, series: this.#labelled(step, value), messages: NO_MESSAGES }
    }
    const value = evaluateMath(step.node, this.#scopeOf(step))
    return { id, series: this.#labelled(step, value), messages: NO_MESSAGES }
  }

  #relabel(step: Step, series: Series, defaultLabel: string): Series {
    if (!step.dynamicLabel) return series
    return { ...series, label: step.dynamicLabel(series, defaultLabel, this.#labels) }
  }

  /** One series has the expression's label, or its id; those of an array have it before their own. */
  #labelled(step: Step, value: MathValue): Series[] {
    if (typeof value === 'number') throw new TypeError('a time series was checked for')
    const { Label: own } = step.query
    if (isSeries(value)) {
      const { sampleCounts: _counts, unit: _unit, ...series } = value
      return [this.#relabel(step, { ...series, label: own ?? step.id }, step.id)]
    }
    if (step.dynamicLabel) return value.map(series => this.#relabel(step, series, series.label))
    if (own === undefined || own === '') return [...value]
    return value.map(series => ({ ...series, label: `${own} ${series.label}`.trimEnd() }))
  }

  #scopeOf(step: MathStep): MathScope {
    return {
      range: this.#setting.range,
      grid: period => this.#grid(period),
      defaultPeriod: () => {
        if (step.period === undefined) throw new ExpressionError('The parameter Period is required')
        return step.period
      },
      metrics: contained => this.#metrics(contained),
      search: (text, stat, period) => this.#search(text, stat, period),
      band: (id, series, width) => this.#band(id, series, width),
      valueOf: id => this.#valueOf(id),
      spend: points => {
        this.#computedPoints += points
        if (this.#computedPoints > MAX_COMPUTED_POINTS) {
          throw new ExpressionError(`The request computes more than ${MAX_COMPUTED_POINTS} data points`)
        }
      },
    }
  }

  #grid(period: number): readonly number[] {
    const { range, now } = this.#setting
    if (!(period > 0)) return []
    this.#madePoints += gridLength(range, period)
    if (this.#madePoints > MAX_MADE_POINTS) {
      throw new ExpressionError(`The request makes more than ${MAX_MADE_POINTS} data points`)
    }
    const grid = this.#grids.get(period) ?? gridOf(range, period, now)
    this.#grids.set(period, grid)
    return grid
  }

  #seriesOf(id: string): readonly Series[] {
    const done = this.#done.get(id)
    if (done?.error !== undefined) throw new ExpressionError(done.error)
    return done?.series ?? []
  }

  #valueOf(id: string): MathValue {
    const step = this.#plan.byId.get(id)
    const series = this.#seriesOf(id)
    const [only] = series
    if (step && givesArray(step)) return series
    if (!only) throw new TypeError(`the query ${id} was checked for`)
    return only
  }

  #metrics(contained: string): readonly Series[] {
    return this.#plan.ids
      .filter(id => this.#plan.byId.get(id)?.kind === 'metric' && id.includes(contained))
      .flatMap(id => this.#seriesOf(id))
  }

  #search(text: string, stat: string, period: number): readonly Series[] {
    const { metrics: reader, scope, range, now } = this.#setting
    const statistic = readStatistic(stat)
    if (!statistic) throw new ExpressionError(`There is no statistic '${stat}'`)
    checkSearchPeriod(period)
    const test = this.#plan.searches.get(text) ?? compileSearch(text)
    const { metrics, truncated } = findMetrics(reader, scope, test, now)
    this.#truncated ||= truncated
    const sources: MetricSource[] = metrics.map(({ namespace, name, dimensions }) => ({
      namespace,
      name,
      dimensions: Object.fromEntries(dimensions),
      period,
      stat,
      statistic,
    }))
    const labels = searchLabels(sources)
    return sources.map(
      (source, index) => readMetric(reader, scope, source, range, now, labels[index] ?? '').series,
    )
  }

  #band(id: string, series: Series, width: number): { readonly upper: Series; readonly lower: Series } {
    const { label, period } = series
    const grid = this.#grid(period)
    const queries = closureOf(this.#plan, id)
    const band = this.#setting.bands.band(this.#setting.scope, queries, width, grid)
    return {
      upper: withoutGaps(label, period, band ? grid : [], band?.upper ?? []),
      lower: withoutGaps(label, period, band ? grid : [], band?.lower ?? []),
    }
  }
}

/** Evaluates queries that have been read. */
export const evaluatePlan = (plan: QueryPlan, setting: EvaluationSetting): Evaluation =>
  new Evaluator(plan, setting).evaluate()
