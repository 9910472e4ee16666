import type { Clock } from '../../../kernel/clock.ts'
import type { MetricReader } from '../metrics/metric-reader.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import { type AlarmRecord, INITIAL_REASON } from './alarm.ts'
import type { AlarmStore } from './alarm-store.ts'
import { assess } from './evaluation/assessment.ts'
import { type Bucket, readBuckets } from './evaluation/buckets.ts'
import type { DataPoint } from './evaluation/comparison.ts'
import { pointsOf } from './evaluation/points.ts'
import { queryPoints } from './evaluation/query-points.ts'
import { stateReason } from './evaluation/state-reason.ts'
import { stateReasonData } from './evaluation/state-reason-data.ts'
import { warmUpStep } from './evaluation/warm-up.ts'
import type { Verdict } from './transitions.ts'
import type { MetricWatch, QueryWatch } from './watch.ts'
import type { MetricGroup, WatchList } from './watch-list.ts'

export interface EvaluatorDependencies {
  readonly clock: Clock
  readonly alarms: AlarmStore
  readonly watches: WatchList
  readonly metrics: MetricReader
  readonly queries: Pick<QueryEvaluator, 'evaluate'>
  /** Takes a verdict that differs from the alarm's state. */
  readonly onVerdict: (record: AlarmRecord, verdict: Verdict) => void
}

/** Evaluates alarms at a time: what is written are changes alone. */
export interface Evaluator {
  /** @param now a multiple of the group's cadence, in ms since the epoch: where its newest bucket ends */
  group(group: MetricGroup, now: number): void
  query(watch: QueryWatch, now: number): void
}

export const createEvaluator = (dependencies: EvaluatorDependencies): Evaluator => {
  const { clock, alarms, watches, metrics, queries, onVerdict } = dependencies

  /** The alarm, unless it was written anew or deleted since its evaluation began. */
  const current = (watch: MetricWatch | QueryWatch): AlarmRecord | undefined =>
    watches.find(watch.key) === watch ? alarms.find(watch.scope, watch.alarm.name) : undefined

  /** @returns whether the alarm is not to be evaluated yet */
  const warmsUp = (
    watch: MetricWatch | QueryWatch,
    record: AlarmRecord,
    range: ReadonlyArray<DataPoint | undefined>,
    now: number,
  ): boolean => {
    const { warmUp, evaluationState: _, ...state } = record.state
    if (!warmUp) return false
    const window = watch.alarm.evaluationPeriods * watch.period
    const step = warmUpStep(
      warmUp,
      watch.alarm.warmUp?.fullPeriod === true,
      range,
      window,
      watch.cadence,
      now,
    )
    if (step.over) alarms.putState(record, state)
    else if (step.dataSince !== undefined && step.dataSince !== warmUp.dataSince) {
      alarms.putState(record, { ...record.state, warmUp: { ...warmUp, dataSince: step.dataSince } })
    }
    return !step.over
  }

  /** @param now where the newest bucket ends, in ms since the epoch */
  const judge = (
    watch: MetricWatch | QueryWatch,
    range: ReadonlyArray<DataPoint | undefined>,
    now: number,
    partial = false,
  ): void => {
    const before = current(watch)
    if (!before || warmsUp(watch, before, range, now)) return
    const record = before.state.warmUp ? current(watch) : before
    const assessment = record && assess(watch.criteria, range)
    if (!record || !assessment) return
    const { state } = record
    const evaluationState = partial ? ('PARTIAL_DATA' as const) : undefined
    const same = assessment.state === state.value && evaluationState === state.evaluationState
    if (same && state.reason !== INITIAL_REASON) return
    const start = now - range.length * watch.period
    const times = range.map((_, place) => start + place * watch.period)
    onVerdict(record, {
      value: assessment.state,
      reason: stateReason(watch.criteria, assessment),
      reasonData: stateReasonData(watch.criteria, watch.subject, assessment, range, times, clock.now()),
      ...(evaluationState && { evaluationState }),
    })
  }

  const fail = (watch: QueryWatch, error: string, now: number): void => {
    const record = current(watch)
    if (!record || record.state.evaluationState === 'EVALUATION_ERROR') return
    if (record.state.warmUp && now < record.state.warmUp.until) return
    const reason = `The alarm could not be evaluated: ${error}`.slice(0, 1_023)
    onVerdict(record, { value: 'INSUFFICIENT_DATA', reason, evaluationState: 'EVALUATION_ERROR' })
  }

  return {
    group: ({ watches, range }, now) => {
      let buckets: readonly Bucket[] | undefined
      const computed = new Map<string, ReadonlyArray<DataPoint | undefined>>()
      for (const watch of watches.values()) {
        buckets ??= readBuckets(metrics, watch.source, now, range)
        const key = `${watch.statisticName} ${watch.unit}`
        let points = computed.get(key)
        if (!points) {
          points = pointsOf(buckets, watch.statistic, watch.unit)
          computed.set(key, points)
        }
        judge(watch, watch.range === points.length ? points : points.slice(-watch.range), now)
      }
    },
    query: (watch, now) => {
      const result = queryPoints(queries, watch, now - watch.range * watch.period)
      if ('error' in result) fail(watch, result.error, now)
      else judge(watch, result.points, now, result.partial)
    },
  }
}
