import { type BlockIndex, type BlockInfo, BlockWriter, readIndex, readSeries } from './block.ts'
import type { BlockStorage } from './block-storage.ts'
import { type Column, columnOf } from './column.ts'
import { DAY, grainAt } from './tiers.ts'

/** Columns of blocks kept in memory after they were read, in bytes. */
const CACHE_BYTES = 24 * 1_024 ** 2
/** Above the highest id of a series: a block and a series make one number. */
const IDS = 2 ** 24

interface LiveBlock {
  readonly info: BlockInfo
  index?: BlockIndex
}

/** Each bucket in the grain that it is kept in at `now`; what is not kept any more is left out. */
export const rolledUp = (columns: readonly Column[], now: number): Column[] => {
  const rolled: Column[] = []
  for (const column of columns) {
    for (let index = 0; index < column.length; index++) {
      const time = column.time(index)
      const grain = grainAt(time, column.grain, now)
      if (grain === undefined) continue
      columnOf(rolled, column.unit, grain).merge(Math.floor(time / grain) * grain, column.cell(index))
    }
  }
  return rolled
}

/** A series with what it has in memory, to be written. */
export interface FlushedSeries {
  readonly id: number
  readonly columns: readonly Column[]
}

/** The days that columns have buckets in. */
const daysOf = (columns: readonly Column[], into: Set<number>): void => {
  for (const column of columns) {
    for (let index = 0; index < column.length; ) {
      const day = Math.floor(column.time(index) / DAY) * DAY
      into.add(day)
      index = column.firstAt(day + DAY)
    }
  }
}

/**
 * The blocks that count. What takes long (flushing, merging) is a generator that yields where it may be interrupted, and changes
 * nothing of what is read before it has returned.
 */
export class BlockSet {
  readonly #storage: BlockStorage
  readonly #cache = new Map<number, { readonly columns: readonly Column[]; readonly bytes: number }>()
  #cached = 0
  #blocks: LiveBlock[] = []
  #lastNumber = 0

  constructor(storage: BlockStorage, blocks: readonly BlockInfo[]) {
    this.#storage = storage
    this.#blocks = blocks.map(info => ({ info }))
    this.#lastNumber = blocks.reduce((most, { number }) => Math.max(most, number), 0)
    storage.keepOnly(new Set(blocks.map(({ number }) => number)))
  }

  get infos(): readonly BlockInfo[] {
    return this.#blocks.map(({ info }) => info)
  }

  /** Columns of a series that may have buckets from `start` to before `end`. Not to be changed. */
  *columns(series: number, start: number, end: number): Generator<readonly Column[]> {
    for (const block of this.#blocks) {
      if (block.info.last < start || block.info.first >= end) continue
      const entry = this.#indexOf(block).find(series)
      if (entry && entry.last >= start && entry.first < end) yield this.#read(block, series, entry)
    }
  }

  /** Tells of each series in blocks that end at `since` or later when its last bucket begins. */
  lastBuckets(since: number, tell: (series: number, last: number) => void): void {
    for (const block of this.#blocks) {
      if (block.info.last < since) continue
      for (const { series, last } of this.#indexOf(block).entries()) tell(series, last)
    }
  }

  /** Writes series in ascending order of their ids, a block for each day. What is of age is rolled up by merging. */
  *flush(series: readonly FlushedSeries[]): Generator<void, BlockInfo[]> {
    const days = new Set<number>()
    for (const { columns } of series) daysOf(columns, days)
    const blocks: BlockInfo[] = []
    for (const day of days) {
      const block = yield* this.#write(day, function* () {
        yield* series
      })
      if (block) blocks.push(block)
    }
    return blocks
  }

  /** Writes the blocks of one day as one, rolled up. */
  *merge(infos: readonly BlockInfo[], now: number): Generator<void, BlockInfo[]> {
    const indexes = infos.map(info => ({ info, index: readIndex(this.#storage, info) }))
    const ids = new Set<number>()
    for (const { index } of indexes) for (const { series } of index.entries()) ids.add(series)
    const sorted = Float64Array.from(ids).sort()
    const storage = this.#storage
    const block = yield* this.#write(infos[0]?.day ?? 0, function* () {
      for (const id of sorted) {
        const columns = indexes.flatMap(({ info, index }) => {
          const entry = index.find(id)
          return entry ? readSeries(storage, info, entry) : []
        })
        yield { id, columns: rolledUp(columns, now) }
      }
    })
    return block ? [block] : []
  }

  /** Lets some blocks count instead of others; the files of the others are removed by {@link remove}. */
  replace(gone: readonly BlockInfo[], added: readonly BlockInfo[]): void {
    const numbers = new Set(gone.map(({ number }) => number))
    this.#blocks = this.#blocks.filter(({ info }) => !numbers.has(info.number))
    this.#blocks.push(...added.map(info => ({ info })))
    // From old to new, so that readers meet buckets in order.
    this.#blocks.sort((a, b) => a.info.first - b.info.first)
  }

  remove(blocks: readonly BlockInfo[]): void {
    for (const { number } of blocks) this.#storage.remove(number)
  }

  clear(): void {
    this.#blocks = []
    this.#cache.clear()
    this.#cached = 0
    this.#storage.keepOnly(new Set())
  }

  *#write(day: number, series: () => Iterable<FlushedSeries>): Generator<void, BlockInfo | undefined> {
    const number = ++this.#lastNumber
    const writer = new BlockWriter(this.#storage, number, day)
    let block: BlockInfo | undefined
    let finished = false
    try {
      for (const { id, columns } of series()) {
        writer.add(id, columns)
        yield
      }
      block = writer.finish()
      finished = true
    } finally {
      // Also where nobody wants it any more.
      if (!finished) writer.abandon()
      if (!block) this.#storage.remove(number)
    }
    return block
  }

  #indexOf(block: LiveBlock): BlockIndex {
    block.index ??= readIndex(this.#storage, block.info)
    return block.index
  }

  #read(
    { info }: LiveBlock,
    series: number,
    entry: NonNullable<ReturnType<BlockIndex['find']>>,
  ): readonly Column[] {
    const key = info.number * IDS + series
    const known = this.#cache.get(key)
    if (known) {
      this.#cache.delete(key)
      this.#cache.set(key, known)
      return known.columns
    }
    const columns = readSeries(this.#storage, info, entry)
    const bytes = columns.reduce((sum, column) => sum + column.bytes, 0)
    this.#cache.set(key, { columns, bytes })
    this.#cached += bytes
    for (const [oldest, { bytes: freed }] of this.#cache) {
      if (this.#cached <= CACHE_BYTES) break
      this.#cache.delete(oldest)
      this.#cached -= freed
    }
    return columns
  }
}
