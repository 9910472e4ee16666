import { type Pending, TimerHeap } from './timer-heap.ts'

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
  /** Clock milliseconds per real millisecond. 1 when real, 0 when stepped. */
  readonly speed: number
  /** Calls `task` once, `delay` milliseconds of this clock from now. Stepping waits for the promise it returns. */
  after(delay: number, task: () => void | Promise<void>): ClockTimer
  /** Calls `task` once when this clock reaches `time` (ms since the epoch); at once if that has passed. */
  at(time: number, task: () => void | Promise<void>): ClockTimer
  /**
   * Names work that takes real time, such as a running function: a stepped clock does not move on before it has
   * settled, so that a day advanced in seconds still happens in order. Never for work that itself waits for this
   * clock: the two would wait for each other.
   */
  hold(work: Promise<unknown>): void
  /**
   * Calls `listener` whenever the clock was set to another time instead of having run there, with how many milliseconds
   * later that is; less than 0 where it went back. A timer that was to fire in the time which that takes back keeps its
   * distance from now: whoever means a time of day by it sets it anew.
   */
  onSet(listener: (by: number) => void): void
}

/** The clock as its owner sees it: `/_sonde/clock`, tests and rehearsals drive it. */
export interface DrivenClock extends Clock {
  readonly mode: ClockMode
  /** Runs `speed` times as fast as the machine from this clock's present time on. 0 < speed <= 100,000. */
  scale(speed: number): void
  /**
   * Stops the clock; it then moves by {@link advance} alone. `at` sets the time it stops at, not before now.
   *
   * @throws RangeError where that is before now, or beyond the year 9998
   */
  step(at?: number): void
  /** Returns to the machine's time. Timers which that passes fire; where it goes back, see {@link Clock.onSet}. */
  follow(): void
  /**
   * Moves a stepped clock forward, firing each timer at its own time in order and awaiting it and the work that is
   * {@link hold held}, including the timers which those set. One advance begins when the former has ended.
   *
   * @throws RangeError when the clock is not stepped, or is no more before it has advanced, or `milliseconds` is negative
   * or not finite, or leads beyond the year 9998
   */
  advance(milliseconds: number): Promise<void>
  /** Cancels every timer and lets the process end. */
  close(): void
}

/** `setTimeout` takes no delay above this; longer ones are taken in parts. */
const LONGEST_TIMEOUT = 2 ** 31 - 1
const FASTEST = 100_000
/** Times are printed with four digits of the year. */
const END = Date.UTC(9999, 0, 1)
/** How long advancing may keep the event loop to itself, in real milliseconds. */
const SLICE = 20

const noOp = (): void => {}

const checkEnd = (time: number): void => {
  if (time > END) throw new RangeError(`a clock goes no further than ${new Date(END).toISOString()}`)
}

/**
 * A clock that follows the machine until it is told otherwise.
 *
 * @param onError receives what a timer's task throws; a failing task never stops the clock
 * @example
 * const clock = createClock()
 * clock.step(Date.UTC(2030, 0, 1))
 * await clock.advance(60_000)
 */
export const createClock = (onError: (error: unknown) => void = () => {}): DrivenClock => {
  const heap = new TimerHeap()
  let mode: ClockMode = 'real'
  let speed = 1
  // The clock reads `origin + (machine - machineOrigin) * speed`.
  let origin = 0
  let machineOrigin = 0
  let sequence = 0
  let alarm: NodeJS.Timeout | undefined
  let closed = false
  /** Counts how often the clock began to run by itself: an advance that is under way then ends. */
  let runs = 0
  let advancing: Promise<void> = Promise.resolve()
  const listeners: Array<(by: number) => void> = []
  const held = new Set<Promise<unknown>>()

  const now = (): number => {
    if (mode === 'real') return Date.now()
    return mode === 'stepped' ? origin : origin + Math.floor((Date.now() - machineOrigin) * speed)
  }

  const fire = async (timer: Pending): Promise<void> => {
    timer.cancelled = true
    try {
      await timer.task()
    } catch (error) {
      onError(error)
    }
  }

  const hold = (work: Promise<unknown>): void => {
    if (mode !== 'stepped') return
    const settled: Promise<unknown> = work.then(noOp, noOp).then(() => held.delete(settled))
    held.add(settled)
  }

  /** Work that ends may have begun other work. */
  const settle = async (): Promise<void> => {
    while (held.size > 0) await Promise.all(held)
  }

  const fireDue = (): void => {
    for (let timer = heap.first; timer && timer.due <= now(); timer = heap.first) {
      heap.shift()
      void fire(timer)
    }
    arm()
  }

  const arm = (): void => {
    clearTimeout(alarm)
    alarm = undefined
    const next = heap.first
    if (!next || mode === 'stepped' || closed) return
    const wait = Math.max(0, Math.ceil((next.due - now()) / speed))
    alarm = setTimeout(fireDue, Math.min(wait, LONGEST_TIMEOUT))
  }

  const at = (time: number, task: () => void | Promise<void>): ClockTimer => {
    const timer: Pending = { due: time, sequence: sequence++, task, cancelled: closed }
    if (!closed) {
      heap.push(timer)
      if (heap.first === timer) arm()
    }
    return {
      cancel: () => {
        timer.cancelled = true
      },
    }
  }

  const tell = (by: number): void => {
    if (by === 0) return
    for (const listener of listeners) {
      try {
        listener(by)
      } catch (error) {
        onError(error)
      }
    }
  }

  const advanceTo = async (milliseconds: number): Promise<void> => {
    const run = runs
    if (mode !== 'stepped') throw new RangeError('only a stepped clock can be advanced')
    const target = origin + milliseconds
    checkEnd(target)
    let began = performance.now()
    await settle()
    for (let timer = heap.first; timer && timer.due <= target && run === runs; timer = heap.first) {
      heap.shift()
      origin = Math.max(origin, timer.due)
      await fire(timer)
      if (performance.now() - began > SLICE) {
        await new Promise(resolve => setImmediate(resolve))
        began = performance.now()
      }
      if (held.size > 0) await settle()
    }
    if (run !== runs) throw new RangeError(`the clock was set to run before it had advanced to ${target}`)
    origin = Math.max(origin, target)
  }

  return {
    now,
    at,
    hold,
    onSet: listener => void listeners.push(listener),
    after: (delay, task) => at(now() + Math.max(0, delay), task),
    get mode() {
      return mode
    },
    get speed() {
      return mode === 'stepped' ? 0 : speed
    },
    scale: factor => {
      if (!(factor > 0 && factor <= FASTEST)) {
        throw new RangeError(`speed must be above 0 and at most ${FASTEST}, not ${factor}`)
      }
      runs++
      origin = now()
      machineOrigin = Date.now()
      speed = factor
      mode = 'scaled'
      arm()
    },
    step: time => {
      const present = now()
      if (time !== undefined && !(Number.isFinite(time) && time >= present)) {
        throw new RangeError(`a clock cannot be set back: it is ${new Date(present).toISOString()}`)
      }
      checkEnd(time ?? present)
      origin = time ?? present
      mode = 'stepped'
      arm()
      tell(origin - present)
    },
    follow: () => {
      runs++
      const present = now()
      mode = 'real'
      speed = 1
      const by = now() - present
      if (by < 0) heap.move(present, by)
      arm()
      tell(by)
    },
    advance: async milliseconds => {
      if (mode !== 'stepped') throw new RangeError('only a stepped clock can be advanced')
      if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) {
        throw new RangeError(`a clock advances by a finite time of 0 or more, not ${milliseconds}`)
      }
      const advance = advancing.then(() => advanceTo(milliseconds))
      advancing = advance.catch(noOp)
      return advance
    },
    close: () => {
      closed = true
      heap.clear()
      clearTimeout(alarm)
    },
  }
}
