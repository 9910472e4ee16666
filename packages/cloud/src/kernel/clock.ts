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
  /**
   * Names work that takes real time, such as a running function: a stepped clock does not move on before it has
   * settled, so that a day advanced in seconds still happens in order. Never for work that itself waits for this
   * clock: the two would wait for each other.
   */
  hold(work: Promise<unknown>): void
}

/** The clock as its owner sees it: `/_sonde/clock`, tests and rehearsals drive it. */
export interface DrivenClock extends Clock {
  readonly mode: ClockMode
  /** Clock milliseconds per real millisecond. 1 when real, 0 when stepped. */
  readonly speed: number
  /** Runs `speed` times as fast as the machine from this clock's present time on. 0 < speed <= 100,000. */
  scale(speed: number): void
  /** Stops the clock; it then moves by {@link advance} alone. `at` sets the time it stops at, not before now. */
  step(at?: number): void
  /** Returns to the machine's time. Timers which that passes fire. */
  follow(): void
  /**
   * Moves a stepped clock forward, firing each timer at its own time in order and awaiting it and the work that is
   * {@link hold held}, including the timers which those set.
   *
   * @throws RangeError when the clock is not stepped, or `milliseconds` is negative or not finite
   */
  advance(milliseconds: number): Promise<void>
  /** Cancels every timer and lets the process end. */
  close(): void
}

/** `setTimeout` takes no delay above this; longer ones are taken in parts. */
const LONGEST_TIMEOUT = 2 ** 31 - 1
const FASTEST = 100_000

interface Pending {
  readonly due: number
  /** Timers due at the same time fire in the order they were set. */
  readonly sequence: number
  readonly task: () => void | Promise<void>
  cancelled: boolean
}

const noOp = (): void => {}

const before = (a: Pending, b: Pending): boolean =>
  a.due < b.due || (a.due === b.due && a.sequence < b.sequence)

/** A binary min-heap of timers: ten thousand alarms cost a logarithm each. */
class TimerHeap {
  readonly #items: Pending[] = []

  get first(): Pending | undefined {
    while (this.#items[0]?.cancelled) this.shift()
    return this.#items[0]
  }

  push(item: Pending): void {
    const items = this.#items
    let index = items.push(item) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = items[parent] as Pending
      if (!before(item, above)) break
      items[index] = above
      index = parent
    }
    items[index] = item
  }

  shift(): void {
    const items = this.#items
    const last = items.pop()
    if (!last || items.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const right = items[child + 1]
      if (right && before(right, items[child] as Pending)) child++
      const below = items[child]
      if (!below || !before(below, last)) break
      items[index] = below
      index = child
    }
    items[index] = last
  }

  clear(): void {
    this.#items.length = 0
  }
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
  const held = new Set<Promise<unknown>>()

  const now = (): number => {
    if (mode === 'real') return Date.now()
    return mode === 'stepped' ? origin : origin + Math.floor((Date.now() - machineOrigin) * speed)
  }

  const run = async (timer: Pending): Promise<void> => {
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
      void run(timer)
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

  return {
    now,
    at,
    hold,
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
      origin = time ?? present
      mode = 'stepped'
      arm()
    },
    follow: () => {
      mode = 'real'
      speed = 1
      arm()
    },
    advance: async milliseconds => {
      if (mode !== 'stepped') throw new RangeError('only a stepped clock can be advanced')
      if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) {
        throw new RangeError(`a clock advances by a finite time of 0 or more, not ${milliseconds}`)
      }
      const target = origin + milliseconds
      await settle()
      for (let timer = heap.first; timer && timer.due <= target; timer = heap.first) {
        heap.shift()
        origin = Math.max(origin, timer.due)
        await run(timer)
        if (held.size > 0) await settle()
      }
      origin = target
    },
    close: () => {
      closed = true
      heap.clear()
      clearTimeout(alarm)
    },
  }
}
