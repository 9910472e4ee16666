import type { Clock, ClockTimer } from '../../../kernel/clock.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Collection } from '../../../kernel/store.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import type { Detector, Training } from './detector.ts'
import { type FitOptions, fit } from './model/fit.ts'
import type { Model } from './model/model.ts'
import { targetKey } from './target.ts'
import { createTrainingData, type TrainingSeries } from './training-data.ts'
import { createTrainingThread } from './training-thread.ts'

/** In ms of the clock: a model learns each hour what is new. */
const RETRAINED = 3_600_000
/** Data that were too few are looked at more often, so that a metric that begins has its band soon. */
const LOOKED_FOR_DATA = 300_000

interface TrainerDependencies {
  readonly clock: Clock
  readonly evaluate: QueryEvaluator['evaluate']
  readonly detectors: Collection<Detector>
  readonly trainings: Collection<Training>
  readonly onDefect: (error: unknown) => void
}

/** One model to train, and when. */
interface Job {
  readonly scope: Scope
  /** The detector's key in its collection. */
  readonly key: string
  readonly id: string
  readonly period: number
  /** ms since the epoch. */
  due: number
  /** How it is to be trained, or what from, has changed. */
  changed: boolean
}

/** Trains models, one after the other, when they are due. Without detectors it has no timer. */
export interface Trainer {
  /** Trains soon; a stepped clock waits for it. */
  request(scope: Scope, detector: Detector, period: number): void
  /** Trains at once, on the event loop. */
  trainNow(scope: Scope, detector: Detector, period: number): Training
  forget(scope: Scope, detector: Detector, period: number): void
  start(): void
  stop(): Promise<void>
  reset(): void
}

const optionsOf = ({ configuration, periodicSpikes = false }: Detector, period: number): FitOptions => ({
  period,
  timeZone: configuration.timeZone ?? 'UTC',
  adaptation: configuration.adaptation ?? 'NORMAL',
  outlierFiltering: configuration.outlierFiltering ?? 'MODERATE',
  periodicSpikes,
})

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Whether a model was trained on the newest of these data already. */
const isOld = ({ times }: TrainingSeries, model: Model | undefined): boolean =>
  model !== undefined && (times.at(-1) ?? model.to) <= model.to

export const createTrainer = ({
  clock,
  evaluate,
  detectors,
  trainings,
  onDefect,
}: TrainerDependencies): Trainer => {
  const data = createTrainingData(evaluate, () => clock.now())
  const thread = createTrainingThread()
  const jobs = new Map<string, Job>()
  let timer: ClockTimer | undefined
  let running = false
  let stopped = false

  const jobKey = (scope: Scope, id: string, period: number): string => `${scopeKey(scope)}/${id}/${period}`

  const jobOf = (scope: Scope, detector: Detector, period: number, due: number): Job => {
    const key = jobKey(scope, detector.id, period)
    const job = jobs.get(key)
    if (job) return job
    const made = { scope, key: targetKey(detector.target), id: detector.id, period, due, changed: true }
    jobs.set(key, made)
    return made
  }

  /** When to train again after a training; the clock may have been set back since that began. */
  const next = (trainedAt: number, model: Model | undefined): number =>
    Math.min(trainedAt, clock.now()) + (model ? RETRAINED : LOOKED_FOR_DATA)

  const save = (job: Job, trainedAt: number, model: Model | undefined): Training => {
    const training: Training = { detectorId: job.id, trainedAt, ...(model && { model }) }
    trainings.put(job.scope, `${job.id}/${job.period}`, training)
    job.due = next(trainedAt, model)
    return training
  }

  /** The detector that a job is for, as it is now; `undefined` once it is gone or no longer trained for the period. */
  const detectorOf = ({ scope, key, id, period }: Job): Detector | undefined => {
    const detector = detectors.get(scope, key)
    return detector?.id === id && detector.periods.includes(period) ? detector : undefined
  }

  const train = async (jobId: string, job: Job): Promise<void> => {
    const { scope, period } = job
    const detector = detectorOf(job)
    if (!detector) {
      jobs.delete(jobId)
      data.forget(jobId)
      return
    }
    const trainedAt = clock.now()
    const { changed } = job
    job.changed = false
    // Until it is known better: a training that fails is not tried again at once.
    job.due = trainedAt + RETRAINED
    const steps = data.read(jobId, scope, detector.target, period, detector.configuration)
    let step = steps.next()
    for (; !step.done; step = steps.next()) await nextTurn()
    const series = step.value
    const present = trainings.get(scope, `${job.id}/${period}`)
    if (
      !changed &&
      present &&
      (isOld(series, present.model) || (!present.model && series.times.length === 0))
    ) {
      job.due = next(trainedAt, present.model)
      return
    }
    const model = await thread.fit(series.times, series.values, optionsOf(detector, period))
    // It may have been deleted, or changed, or all been reset meanwhile.
    if (stopped || jobs.get(jobId) !== job || !detectorOf(job)) return
    save(job, trainedAt, model)
    if (job.changed) job.due = clock.now()
  }

  const arm = (): void => {
    timer?.cancel()
    timer = undefined
    if (jobs.size === 0 || stopped) return
    let due = Number.POSITIVE_INFINITY
    for (const job of jobs.values()) due = Math.min(due, job.due)
    timer = clock.at(due, run)
  }

  const run = async (): Promise<void> => {
    if (running) return
    running = true
    await nextTurn()
    for (let found = true; found && !stopped; ) {
      found = false
      for (const [jobId, job] of jobs) {
        if (job.due > clock.now() || stopped) continue
        found = true
        await train(jobId, job).catch(error => {
          if (!stopped) onDefect(error)
        })
      }
    }
    running = false
    arm()
  }

  // What was learned of a time that is to come again is learned anew.
  clock.onSet(by => {
    if (by >= 0) return
    data.clear()
    for (const job of jobs.values()) {
      job.due = clock.now()
      job.changed = true
    }
    if (!running) arm()
  })

  return {
    request: (scope, detector, period) => {
      const job = jobOf(scope, detector, period, clock.now())
      job.due = clock.now()
      job.changed = true
      clock.hold(run())
    },

    trainNow: (scope, detector, period) => {
      const trainedAt = clock.now()
      const job = jobOf(scope, detector, period, trainedAt)
      // A name of its own: a training of the same series may be reading between two turns.
      const name = `${jobKey(scope, detector.id, period)}/now`
      const steps = data.read(name, scope, detector.target, period, detector.configuration)
      let step = steps.next()
      while (!step.done) step = steps.next()
      data.forget(name)
      const training = save(
        job,
        trainedAt,
        fit(step.value.times, step.value.values, optionsOf(detector, period)),
      )
      job.changed = false
      if (!running) arm()
      return training
    },

    forget: (scope, { id }, period) => {
      jobs.delete(jobKey(scope, id, period))
      data.forget(jobKey(scope, id, period))
      if (!running) arm()
    },

    start: () => {
      for (const { scope, value: detector } of detectors.entries()) {
        for (const period of detector.periods) {
          const training = trainings.get(scope, `${detector.id}/${period}`)
          // A training of the future is of a clock that went ahead before the restart.
          const known = training && training.trainedAt <= clock.now() ? training : undefined
          const due = known ? next(known.trainedAt, known.model) : clock.now()
          jobOf(scope, detector, period, due).changed = known === undefined
        }
      }
      arm()
    },

    stop: async () => {
      stopped = true
      timer?.cancel()
      await thread.close()
    },

    reset: () => {
      jobs.clear()
      data.clear()
      timer?.cancel()
      timer = undefined
    },
  }
}
