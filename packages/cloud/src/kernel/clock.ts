/** A timer of a {@link Clock}. */
export interface ClockTimer {
  /** Idempotent; a cancelled timer never fires. */
  cancel(): void
}

/** `real` follows the machine, `scaled` runs `speed` times as fast, `stepped` moves only when told to. */
export type ClockMode = 'real' | 'scaled' | 'stepped'

/**
 * The time of the local cloud. Schedules, metric periods, alarms, quotas and retention ask this clock and set their
 * timers on it, so that all of them follow when it is scaled or stepped. What real processes do (a function's
 * timeout, a model server's ping) takes real time and does not use it.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `task` once, `delay` milliseconds of this clock from now. Stepping waits for the promise it returns. */
  after(delay: number, task: () => void | Promise<void>): ClockTimer
  /** Calls `task` once when this clock reaches `time` (ms since the epoch); at once if that has passed. */
  at(time: number, task: () => void | Promise<void>): ClockTimer
}
