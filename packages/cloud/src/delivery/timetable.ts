import type { Clock, ClockTimer } from '../kernel/clock.ts'

/**
 * How late a timer may come for its occurrence still to be made, in real ms: AWS's schedules keep the minute. What a
 * sleeping laptop, a stopped cloud or a clock that was set forward has missed is not made up for.
 */
const LATEST = 60_000

/** In ms of the clock: a machine that was busy for a second is a minute late at speed 60. */
const latest = ({ speed }: Clock): number => LATEST * Math.max(1, speed)

/** Whether a clock that was set that much later, or back, calls for recurrences to be put in anew. */
export const isAnotherTime = (by: number): boolean => by < 0 || by > LATEST

export interface Recurrence {
  /** The first time after `after` that it is due at, or `undefined` where it never is again. */
  next(after: number): number | undefined
  /**
   * Called at each time it is due, on a stepped clock at exactly that time; `due` is the time. Real-time work that this
   * begins is its own to hold.
   */
  fire(due: number): void
  /** Called after the last time, made or missed. */
  end?(): void
}

/** What occurs again and again by the cloud's clock: one timer for each, none where there is nothing. */
export class Timetable {
  readonly #clock: Clock
  readonly #timers = new Map<string, ClockTimer>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Puts a recurrence in, in place of another of that key.
   *
   * @param after times up to this one do not count. Default now
   * @returns whether it is ever due again
   */
  set(key: string, recurrence: Recurrence, after: number = this.#clock.now()): boolean {
    this.delete(key)
    return this.#arm(key, recurrence, after)
  }

  delete(key: string): void {
    this.#timers.get(key)?.cancel()
    this.#timers.delete(key)
  }

  clear(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #arm(key: string, recurrence: Recurrence, after: number): boolean {
    const due = recurrence.next(after)
    if (due === undefined) return false
    const timer = this.#clock.at(due, () => {
      this.#timers.delete(key)
      const now = this.#clock.now()
      const isLate = now - due > latest(this.#clock)
      // Armed first: what fires may take it out again.
      const isArmed = this.#arm(key, recurrence, isLate ? now : due)
      if (!isLate) recurrence.fire(due)
      if (!isArmed) recurrence.end?.()
    })
    this.#timers.set(key, timer)
    return true
  }
}
