import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Clock } from '../../../kernel/clock.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Store } from '../../../kernel/store.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import type { BandProvider } from './band-provider.ts'
import { type Configuration, type Detector, type State, stateOf, type Training } from './detector.ts'
import { bandOf } from './model/model.ts'
import { bandTargets, periodOf, type Target, targetKey, targetOf } from './target.ts'
import { createTrainer } from './trainer.ts'

export interface DetectorsDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly evaluate: QueryEvaluator['evaluate']
  /** Receives what a training throws that is not the caller's fault. */
  readonly onDefect: (error: unknown) => void
}

/** In ms: what metrics are most often drawn with. */
const DEFAULT_PERIOD = 300_000
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html */
export const LEAST_PERIOD = 60_000
/** A detector is trained for the periods it was last asked for. */
const MAX_PERIODS = 8

/** The account's anomaly detectors and what they know. */
export interface Detectors extends BandProvider {
  /** Makes a detector or changes how it is trained, and trains it. */
  put(
    scope: Scope,
    target: Target,
    settings: { readonly configuration: Configuration; readonly periodicSpikes?: boolean },
  ): Detector
  /** Makes detectors for the bands among an alarm's queries where they are missing, as PutMetricAlarm does. */
  ensureBands(scope: Scope, queries: readonly MetricDataQuery[]): void
  find(scope: Scope, target: Target): Detector | undefined
  list(scope: Scope): Detector[]
  stateOf(scope: Scope, detector: Detector): State
  remove(scope: Scope, detector: Detector): void
  /** Takes up training after a restart. */
  start(): void
  stop(): Promise<void>
  reset(): void
}

export const createDetectors = (dependencies: DetectorsDependencies): Detectors => {
  const { store } = dependencies
  const detectors = store.collection<Detector>('cloudwatch.anomaly-detectors')
  const trainings = store.collection<Training>('cloudwatch.anomaly-models')
  const trainer = createTrainer({ ...dependencies, detectors, trainings })

  const trainingOf = (scope: Scope, detector: Detector, period: number): Training | undefined =>
    trainings.get(scope, `${detector.id}/${period}`)
  const trainingsOf = (scope: Scope, detector: Detector): Training[] =>
    detector.periods.flatMap(period => trainingOf(scope, detector, period) ?? [])

  const save = (scope: Scope, detector: Detector): Detector => {
    detectors.put(scope, targetKey(detector.target), detector)
    return detector
  }

  const withPeriod = (scope: Scope, detector: Detector, period: number): Detector => {
    if (detector.periods.includes(period)) return detector
    const dropped = detector.periods.slice(0, Math.max(0, detector.periods.length + 1 - MAX_PERIODS))
    for (const old of dropped) trainings.delete(scope, `${detector.id}/${old}`)
    return save(scope, { ...detector, periods: [...detector.periods.slice(dropped.length), period] })
  }

  const put: Detectors['put'] = (scope, target, { configuration, periodicSpikes }) => {
    const present = detectors.get(scope, targetKey(target))
    const own = target.type === 'METRIC_MATH' ? periodOf(target.queries) : undefined
    const detector = save(scope, {
      id: present?.id ?? uuid(),
      target,
      configuration,
      ...(periodicSpikes !== undefined && { periodicSpikes }),
      periods: present?.periods ?? [own ?? DEFAULT_PERIOD],
    })
    for (const period of detector.periods) trainer.request(scope, detector, period)
    return detector
  }

  const ensure = (scope: Scope, queries: readonly MetricDataQuery[]): void => {
    const [target, period] = [targetOf(queries), periodOf(queries)]
    if (!target || period === undefined || period < LEAST_PERIOD) return
    const detector = detectors.get(scope, targetKey(target))
    if (detector?.periods.includes(period)) return
    const ensured = detector
      ? withPeriod(scope, detector, period)
      : save(scope, { id: uuid(), target, configuration: { excluded: [] }, periods: [period] })
    trainer.request(scope, ensured, period)
  }

  return {
    put,
    ensureBands: (scope, queries) => {
      for (const around of bandTargets(queries)) ensure(scope, around)
    },
    find: (scope, target) => detectors.get(scope, targetKey(target)),
    list: scope => detectors.list(scope),
    stateOf: (scope, detector) => stateOf(trainingsOf(scope, detector)),
    remove: (scope, detector) => {
      detectors.delete(scope, targetKey(detector.target))
      for (const period of detector.periods) {
        trainings.delete(scope, `${detector.id}/${period}`)
        trainer.forget(scope, detector, period)
      }
    },

    band: (scope, queries, width, timestamps) => {
      const [target, period] = [targetOf(queries), periodOf(queries)]
      const detector = target && detectors.get(scope, targetKey(target))
      if (!detector || period === undefined || period < LEAST_PERIOD) return undefined
      let training = trainingOf(scope, detector, period)
      if (!training && stateOf(trainingsOf(scope, detector)) === 'TRAINED') {
        // It knows the metric: that nobody asked with this period before is no reason to answer nothing.
        training = trainer.trainNow(scope, withPeriod(scope, detector, period), period)
      }
      return training?.model && bandOf(training.model, timestamps, width)
    },

    start: trainer.start,
    stop: trainer.stop,
    reset: trainer.reset,
  }
}
