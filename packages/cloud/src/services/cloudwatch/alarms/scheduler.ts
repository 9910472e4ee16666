import type { Clock, ClockTimer } from '../../../kernel/clock.ts'
import type { Evaluator } from './evaluator.ts'
import type { WatchList } from './watch-list.ts'

const HIGH_RESOLUTION = 10_000
const MINUTE = 60_000
const HOUR = 3_600_000
/** How long evaluation may keep the event loop to itself, in real milliseconds. */
const SLICE = 20

export interface SchedulerDependencies {
  readonly clock: Clock
  readonly watches: WatchList
  readonly evaluator: Evaluator
  /** Called once all alarms of a time have been evaluated. */
  readonly onEvaluated: () => void
  /** Receives what the evaluation of one alarm, or of a metric's alarms, threw: the others go on. */
  readonly onDefect: (error: unknown) => void
}

/**
 * Evaluates alarms on the minute, those of high resolution every 10 seconds, and those that look back more than a day
 * on the hour. Where the clock has jumped, once for the present time: what was missed is not made up for. Without
 * alarms there is no timer.
 */
export interface Scheduler {
  /** Call after alarms were added or removed. */
  update(): void
  /** An alarm with this key was written: it is evaluated at the next minute also where its turn comes later. */
  expect(key: string): void
  /** Evaluates all alarms for the present time. */
  evaluateNow(): Promise<void>
  stop(): void
}

const floor = (time: number, step: number): number => Math.floor(time / step) * step

export const createScheduler = (dependencies: SchedulerDependencies): Scheduler => {
  const { clock, watches, evaluator, onEvaluated, onDefect } = dependencies
  const expected = new Set<string>()
  let timer: ClockTimer | undefined
  let due = Number.POSITIVE_INFINITY
  let lastMinute = Number.NEGATIVE_INFINITY
  let running = false
  let stopped = false

  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      onDefect(error)
    }
  }

  /** Runs pieces of work, leaving the event loop to others in between where they take long. */
  const inSlices = async (pieces: Iterable<() => void>): Promise<void> => {
    let began = performance.now()
    for (const piece of pieces) {
      attempt(piece)
      if (performance.now() - began < SLICE) continue
      await new Promise(resolve => setImmediate(resolve))
      if (stopped) return
      began = performance.now()
    }
  }

  function* cadence(length: number, time: number): Generator<() => void> {
    for (const group of watches.groups(length)) yield () => evaluator.group(group, time)
    for (const watch of watches.queries(length)) yield () => evaluator.query(watch, time)
  }

  function* expectedOnes(time: number): Generator<() => void> {
    for (const key of expected) {
      const watch = watches.find(key)
      if (watch?.cadence !== HOUR) continue
      if (watch.kind === 'query') yield () => evaluator.query(watch, time)
      else yield () => evaluator.group({ watches: new Map([[key, watch]]), range: watch.range }, time)
    }
  }

  function* pieces(now: number, all: boolean): Generator<() => void> {
    yield* cadence(HIGH_RESOLUTION, floor(now, HIGH_RESOLUTION))
    const minute = floor(now, MINUTE)
    if (minute === lastMinute && !all) return
    const isHour = floor(minute, HOUR) !== floor(lastMinute, HOUR)
    yield* cadence(MINUTE, minute)
    if (isHour || all) yield* cadence(HOUR, minute)
    else yield* expectedOnes(minute)
    expected.clear()
    lastMinute = minute
  }

  const evaluate = async (all: boolean): Promise<void> => {
    if (running) return
    running = true
    try {
      await inSlices(pieces(clock.now(), all))
      if (!stopped) attempt(onEvaluated)
    } finally {
      running = false
      update()
    }
  }

  const update = (): void => {
    if (running || stopped) return
    if (watches.size === 0) {
      timer?.cancel()
      due = Number.POSITIVE_INFINITY
      return
    }
    const step = watches.has(HIGH_RESOLUTION) ? HIGH_RESOLUTION : MINUTE
    const next = floor(clock.now(), step) + step
    if (next === due) return
    timer?.cancel()
    due = next
    timer = clock.at(next, () => evaluate(false))
  }

  // Forward, the timer fires at once for the present time; back, it would come at a time that is no minute.
  clock.onSet(by => {
    if (by < 0) update()
  })

  return {
    update,
    expect: key => {
      expected.add(key)
    },
    evaluateNow: () => evaluate(true),
    stop: () => {
      stopped = true
      timer?.cancel()
    },
  }
}
