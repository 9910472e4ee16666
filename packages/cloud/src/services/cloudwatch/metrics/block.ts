import { crc32 } from 'node:zlib'
import type { BlockStorage } from './block-storage.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import { readColumns, writeColumn } from './cell-codec.ts'
import type { Column } from './column.ts'
import { DAY, MINUTE } from './tiers.ts'

/** What is known of a block without reading it. All times in ms since the epoch. */
export interface BlockInfo {
  readonly number: number
  /** The UTC day that all its buckets lie in. */
  readonly day: number
  /** Of the first bucket, and of the last one. */
  readonly first: number
  readonly last: number
  readonly bytes: number
  /** Where the index begins. */
  readonly index: number
  /** CRC-32 of the index. */
  readonly checksum: number
  /** The finest grain of a minute or more, in ms. */
  readonly grain: number
  /** The last bucket of a grain below a minute; 0 where there is none. */
  readonly lastSecond: number
}

/** Numbers of an index entry: series, offset, length, first bucket, last bucket, CRC-32. */
const ENTRY = 6
const FLUSH_BYTES = 256 * 1_024

/** Where each series of a block lies; sorted by series. */
export class BlockIndex {
  readonly #entries: Float64Array

  constructor(entries: Float64Array) {
    this.#entries = entries
  }

  get bytes(): number {
    return this.#entries.byteLength
  }

  *entries(): Generator<{ readonly series: number; readonly last: number }> {
    for (let at = 0; at < this.#entries.length; at += ENTRY) {
      yield { series: this.#entries[at] as number, last: this.#entries[at + 4] as number }
    }
  }

  find(series: number) {
    const entries = this.#entries
    let low = 0
    let high = entries.length / ENTRY
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((entries[middle * ENTRY] as number) < series) low = middle + 1
      else high = middle
    }
    const at = low * ENTRY
    if (entries[at] !== series) return undefined
    return {
      offset: entries[at + 1] as number,
      length: entries[at + 2] as number,
      first: entries[at + 3] as number,
      last: entries[at + 4] as number,
      checksum: entries[at + 5] as number,
    }
  }
}

const readChecked = (
  storage: BlockStorage,
  block: number,
  {
    offset,
    length,
    checksum,
  }: { readonly offset: number; readonly length: number; readonly checksum: number },
): Buffer => {
  const bytes = storage.read(block, offset, length)
  if (crc32(bytes) === checksum) return bytes
  throw new Error(`Block ${block} of the metrics is damaged. Start over with: sonde reset`)
}

/** @throws Error where it is damaged */
export const readIndex = (storage: BlockStorage, block: BlockInfo): BlockIndex => {
  const { index: offset, bytes, checksum } = block
  const read = readChecked(storage, block.number, { offset, length: bytes - offset, checksum })
  // A copy, since a buffer need not begin at a multiple of eight.
  return new BlockIndex(new Float64Array(new Uint8Array(read).buffer))
}

/** @throws Error where it is damaged */
export const readSeries = (
  storage: BlockStorage,
  block: BlockInfo,
  entry: NonNullable<ReturnType<BlockIndex['find']>>,
): Column[] => readColumns(new ByteReader(readChecked(storage, block.number, entry)))

/** Writes a block of one day, series by series in ascending order, and then its index. */
export class BlockWriter {
  readonly #number: number
  readonly #day: number
  readonly #output: ReturnType<BlockStorage['create']>
  readonly #buffer = new ByteWriter(2 * FLUSH_BYTES)
  readonly #entries: number[] = []
  #written = 0
  #first = Number.POSITIVE_INFINITY
  #last = 0
  #grain = DAY
  #lastSecond = 0

  constructor(storage: BlockStorage, number: number, day: number) {
    this.#number = number
    this.#day = day
    this.#output = storage.create(number)
  }

  /** Writes what the columns have of the block's day. */
  add(series: number, columns: readonly Column[]): void {
    const start = this.#buffer.length
    const end = this.#day + DAY
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const column of columns) {
      if (!writeColumn(this.#buffer, column, this.#day, end)) continue
      first = Math.min(first, column.time(column.firstAt(this.#day)))
      const lastOfColumn = column.time(column.firstAt(end) - 1)
      last = Math.max(last, lastOfColumn)
      if (column.grain < MINUTE) this.#lastSecond = Math.max(this.#lastSecond, lastOfColumn)
      else this.#grain = Math.min(this.#grain, column.grain)
    }
    if (this.#buffer.length === start) return
    const bytes = this.#buffer.written.subarray(start)
    this.#entries.push(series, this.#written + start, bytes.length, first, last, crc32(bytes))
    this.#first = Math.min(this.#first, first)
    this.#last = Math.max(this.#last, last)
    if (this.#buffer.length >= FLUSH_BYTES) this.#flush()
  }

  /** `undefined` where nothing was added; the block is to be removed then. */
  finish(): BlockInfo | undefined {
    this.#flush()
    const index = this.#written
    const entries = new Uint8Array(new Float64Array(this.#entries).buffer)
    this.#output.write(entries)
    this.#output.close()
    if (entries.length === 0) return undefined
    return {
      number: this.#number,
      day: this.#day,
      first: this.#first,
      last: this.#last,
      bytes: index + entries.byteLength,
      index,
      checksum: crc32(entries),
      grain: this.#grain,
      lastSecond: this.#lastSecond,
    }
  }

  /** Gives up; what is written is to be removed. */
  abandon(): void {
    this.#output.close()
  }

  #flush(): void {
    this.#output.write(this.#buffer.written)
    this.#written += this.#buffer.length
    this.#buffer.clear()
  }
}
