import { type Cell, type Column, columnOf } from './column.ts'
import type { Entry } from './persistence.ts'
import type { Series } from './series-table.ts'

/** Real ms from a sample's coming in to its being written. */
const DELAY = 1_000
/** Samples that are written without waiting. */
const MAX_SAMPLES = 20_000

/**
 * Samples of services on their way to the log: summed up by bucket, written together, so that a request that publishes ten
 * metrics costs no write of its own.
 */
export class PendingSamples {
  readonly #write: (entries: readonly Entry[]) => void
  readonly #columns = new Map<Series, Column[]>()
  #samples = 0
  #lost = 0
  #timer: NodeJS.Timeout | undefined

  constructor(write: (entries: readonly Entry[]) => void) {
    this.#write = write
  }

  /** Samples that could not be written. */
  get lost(): number {
    return this.#lost
  }

  add(series: Series, unit: number, grain: number, time: number, cell: Cell): void {
    let columns = this.#columns.get(series)
    if (!columns) {
      columns = []
      this.#columns.set(series, columns)
    }
    columnOf(columns, unit, grain).merge(time, cell)
    this.#samples++
    if (this.#samples >= MAX_SAMPLES) this.write()
    else this.#timer ??= setTimeout(() => this.write(), DELAY).unref()
  }

  /** Writes what waits. What cannot be written is counted and stays in memory alone. */
  write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#samples === 0) return
    const entries: Entry[] = []
    for (const [series, columns] of this.#columns) {
      for (const column of columns) {
        const { unit, grain } = column
        for (let index = 0; index < column.length; index++) {
          entries.push({ series, unit, grain, timestamp: column.time(index), cell: column.cell(index) })
        }
      }
    }
    try {
      this.#write(entries)
    } catch {
      this.#lost += this.#samples
    }
    this.clear()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#columns.clear()
    this.#samples = 0
  }
}
