import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import type { Configuration } from './detector.ts'
import { queriesOf, rootOf, type Target } from './target.ts'

const DAY = 86_400_000
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html */
export const TRAINING_WINDOW = 14 * DAY
/** Read at once; in between, others get their turn. */
const SLICE = DAY
/** What may still change behind the newest point that was read: data that come late. */
const LATE = 3 * 3_600_000
/** Series kept from one training to the next: 20,160 points of two weeks of minutes are 320 KB. */
const MAX_SERIES = 32

/** What was read of a target, up to a time. */
interface Series {
  times: number[]
  values: number[]
  /** The first ms that was not read. */
  end: number
}

export interface TrainingSeries {
  readonly times: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
}

/** Reads what models are trained on, and remembers it, so that each training reads what is new alone. */
export interface TrainingData {
  /**
   * Reads a target's periods of the last two weeks that have fully passed.
   *
   * @param key under which the series is remembered
   * @param period in ms
   * @returns a step for each slice; the data are the generator's result
   */
  read(
    key: string,
    scope: Scope,
    target: Target,
    period: number,
    configuration: Configuration,
  ): Generator<void, TrainingSeries>
  forget(key: string): void
  clear(): void
}

/** The one series of a target in a range, or nothing where it cannot be evaluated over these data. */
const evaluateSlice = (
  evaluate: QueryEvaluator['evaluate'],
  scope: Scope,
  target: Target,
  period: number,
  range: { readonly start: number; readonly end: number },
) => {
  try {
    const results = evaluate(scope, queriesOf(target, period), range)
    const series = results.find(({ id }) => id === rootOf(target))?.series ?? []
    return series.length === 1 ? series[0] : undefined
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

const isExcluded = (time: number, period: number, { excluded }: Configuration): boolean =>
  excluded.some(({ start, end }) => time < end && time + period > start)

const dropBefore = (series: Series, time: number): void => {
  const first = series.times.findIndex(at => at >= time)
  const count = first === -1 ? series.times.length : first
  series.times.splice(0, count)
  series.values.splice(0, count)
}

const dropFrom = (series: Series, time: number): void => {
  while ((series.times.at(-1) ?? Number.NEGATIVE_INFINITY) >= time) {
    series.times.pop()
    series.values.pop()
  }
}

export const createTrainingData = (evaluate: QueryEvaluator['evaluate'], now: () => number): TrainingData => {
  /** The least recently used first. */
  const remembered = new Map<string, Series>()

  const take = (key: string, start: number): Series => {
    const series = remembered.get(key) ?? { times: [], values: [], end: start }
    remembered.delete(key)
    remembered.set(key, series)
    const [oldest] = remembered.keys()
    if (remembered.size > MAX_SERIES && oldest !== undefined) remembered.delete(oldest)
    return series
  }

  return {
    *read(key, scope, target, period, configuration) {
      const end = Math.floor(now() / period) * period
      const start = Math.ceil((end - TRAINING_WINDOW) / period) * period
      const series = take(key, start)
      const from = Math.max(start, Math.floor((series.end - LATE) / period) * period)
      dropBefore(series, start)
      dropFrom(series, from)
      const step = Math.max(period, Math.floor(SLICE / period) * period)
      for (let at = from; at < end; at += step) {
        const until = Math.min(at + step, end)
        const part = evaluateSlice(evaluate, scope, target, period, { start: at, end: until })
        part?.timestamps.forEach((time, index) => {
          const value = part.values[index] ?? Number.NaN
          if (!Number.isFinite(value) || time < at || time >= until) return
          series.times.push(time)
          series.values.push(value)
        })
        series.end = until
        if (until < end) yield
      }
      const rows = series.times.flatMap((time, row) => (isExcluded(time, period, configuration) ? [] : row))
      return {
        times: Float64Array.from(rows, row => series.times[row] ?? 0),
        values: Float64Array.from(rows, row => series.values[row] ?? 0),
      }
    },
    forget: key => remembered.delete(key),
    clear: () => remembered.clear(),
  }
}
