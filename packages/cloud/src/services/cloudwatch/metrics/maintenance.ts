import { setImmediate } from 'node:timers/promises'
import type { BlockInfo } from './block.ts'
import { nextStep } from './maintenance-plan.ts'
import type { Persistence } from './persistence.ts'
import type { Series } from './series-table.ts'

export interface MaintenanceLimits {
  /** Bytes in the log, and about as many in memory, before they become blocks. */
  readonly flushBytes: number
  /** Bytes of all blocks; beyond them the oldest go. */
  readonly maxBytes: number
}

/** How the store has fared since it was opened. */
export interface MaintenanceCounters {
  /** Bytes of blocks that went before their time, for the bound on bytes. */
  droppedBytes: number
  /** Times that blocks could not be written; what they would hold stays in the log and in memory. */
  failures: number
}

/** How long (real ms) it may hold up requests at a time. */
const SLICE = 4
/** How far the log may run ahead, in sizes of a flush, before putting waits for the blocks. */
const MAX_AHEAD = 4

/**
 * Turns what is in memory and log into blocks, merges and rolls up blocks and drops what is not kept: in slices beside the
 * requests, begun by what is put, so that nothing runs where nothing comes in. What is read is the same before and after.
 */
export class Maintenance {
  readonly counters: MaintenanceCounters = { droppedBytes: 0, failures: 0 }
  readonly #persistence: Persistence
  readonly #now: () => number
  readonly #limits: MaintenanceLimits
  readonly #beforeFreeze: () => void
  readonly #onDefect: (error: unknown) => void
  #work: Generator<void, void> | undefined
  #running: Promise<void> | undefined
  /** After a failure: not before the log has grown to this again. */
  #retryAt = 0

  /** @param beforeFreeze writes what is in memory but not in the log yet */
  constructor(
    persistence: Persistence,
    now: () => number,
    limits: MaintenanceLimits,
    beforeFreeze: () => void,
    onDefect: (error: unknown) => void,
  ) {
    this.#persistence = persistence
    this.#now = now
    this.#limits = limits
    this.#beforeFreeze = beforeFreeze
    this.#onDefect = onDefect
  }

  /** To be called when something was put. Waits only where putting outruns the disk. */
  poke(): void {
    const { bytes } = this.#persistence.log
    if (!this.#work && this.#flushIsDue()) this.start()
    if (this.#work && bytes > MAX_AHEAD * this.#limits.flushBytes) this.#attempt(() => this.#drain())
  }

  start(): void {
    if (this.#work) return
    this.#work = this.#all()
    this.#running = this.#runSliced(this.#work)
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** Gives up what is under way: the log still has it. */
  abandon(): void {
    this.#work?.return()
    this.#work = undefined
  }

  #flushIsDue(): boolean {
    const { bytes } = this.#persistence.log
    return bytes >= this.#limits.flushBytes && bytes >= this.#retryAt
  }

  #drain(): void {
    const work = this.#work
    while (work && !work.next().done);
    this.#work = undefined
  }

  #attempt(action: () => void): boolean {
    try {
      action()
      return true
    } catch (error) {
      this.counters.failures++
      this.#retryAt = this.#persistence.log.bytes + this.#limits.flushBytes
      this.#work = undefined
      this.#onDefect(error)
      return false
    }
  }

  async #runSliced(work: Generator<void, void>): Promise<void> {
    for (;;) {
      await setImmediate()
      // Given up, failed, or done by a put that had to wait.
      if (this.#work !== work) return
      const until = performance.now() + SLICE
      let done = false
      const went = this.#attempt(() => {
        while (!done && performance.now() < until) done = work.next().done === true
      })
      if (!went) return
      if (done) {
        this.#work = undefined
        return
      }
    }
  }

  *#all(): Generator<void, void> {
    const { blocks } = this.#persistence
    for (;;) {
      if (this.#flushIsDue()) yield* this.#flush()
      const now = this.#now()
      const step = nextStep(blocks.infos, now, this.#limits.maxBytes)
      if (!step) return
      if (step.kind === 'drop') {
        if (step.early) this.counters.droppedBytes += step.blocks.reduce((sum, { bytes }) => sum + bytes, 0)
        this.#commit(step.blocks, [], false)
      } else {
        this.#commit(step.blocks, yield* blocks.merge(step.blocks, now), false)
      }
      yield
    }
  }

  *#flush(): Generator<void, void> {
    const { table, blocks } = this.#persistence
    const frozen = this.#freeze()
    const sorted = frozen.toSorted((a, b) => a.id - b.id)
    const added = yield* blocks.flush(sorted.map(({ id, frozen: columns }) => ({ id, columns })))
    this.#commit([], added, true)
    for (const series of table.all()) series.frozen = []
    this.#retryAt = 0
  }

  /** Parts what is to be flushed from what comes in meanwhile, in memory and in the log alike. */
  #freeze(): Series[] {
    const { table, log } = this.#persistence
    const series = [...table.all()]
    const unfinished = series.filter(({ frozen }) => frozen.length > 0)
    // A flush that failed is tried again with the segments of the log that it had.
    if (unfinished.length > 0) return unfinished
    this.#beforeFreeze()
    log.rotate()
    const full = series.filter(({ head }) => head.length > 0)
    for (const one of full) {
      one.frozen = one.head
      one.head = []
    }
    return full
  }

  #commit(gone: readonly BlockInfo[], added: readonly BlockInfo[], flushed: boolean): void {
    const { blocks, log } = this.#persistence
    blocks.replace(gone, added)
    try {
      log.commit(flushed)
    } catch (error) {
      blocks.replace(added, gone)
      blocks.remove(added)
      throw error
    }
    blocks.remove(gone)
  }
}
