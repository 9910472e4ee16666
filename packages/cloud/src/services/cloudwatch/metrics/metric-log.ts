import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type AppendFile, openAppendFile } from './append-file.ts'
import { ByteWriter } from './bytes.ts'

/** In front of each record: its length and its CRC-32. */
const HEADER = 8
const NAME = /^log-(\d{8})\.bin$/

/**
 * The append-only log of what was put and is not in a block yet: numbered segments of records. A record is one request's,
 * kept whole or not at all.
 */
export interface MetricLog {
  /** Bytes of the segment that is written to. */
  readonly bytes: number
  /** The segment that is written to. */
  readonly segment: number
  /** Writes what `fill` writes as one record. Throws what the disk throws, with nothing of the record kept. */
  append(fill: (writer: ByteWriter) => void): void
  /** Begins a new segment. */
  rotate(): void
  /** Removes the segments before one. */
  removeBefore(segment: number): void
  close(): void
}

const pathOf = (folder: string, segment: number): string =>
  join(folder, `log-${String(segment).padStart(8, '0')}.bin`)

const segmentsIn = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap(name => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

/** Reads the whole records of a segment. Returns where the last of them ends. */
const replay = (bytes: Buffer, read: (record: Uint8Array) => void): number => {
  let at = 0
  while (at + HEADER <= bytes.length) {
    const end = at + HEADER + bytes.readUInt32LE(at)
    if (end > bytes.length) break
    const record = bytes.subarray(at + HEADER, end)
    if (crc32(record) !== bytes.readUInt32LE(at + 4)) break
    read(record)
    at = end
  }
  return at
}

/**
 * Opens the log of a folder, hands `read` the records from segment `first` on and removes older segments.
 *
 * @throws Error naming the segment where a record before the last segment's end is damaged: nothing is silently lost
 */
export const openMetricLog = (
  folder: string,
  first: number,
  read: (record: Uint8Array) => void,
): MetricLog => {
  const found = segmentsIn(folder)
  const live = found.filter(segment => segment >= first)
  let segment = live.at(-1) ?? first
  let end = 0
  for (const number of live) {
    const path = pathOf(folder, number)
    const bytes = readFileSync(path)
    end = replay(bytes, read)
    if (end < bytes.length && number !== segment) {
      throw new Error(`${path} is damaged at byte ${end}. Start over with: sonde reset`)
    }
  }
  const removeBefore = (limit: number): void => {
    for (const number of segmentsIn(folder)) {
      if (number < limit) rmSync(pathOf(folder, number), { force: true })
    }
  }
  removeBefore(first)
  let file: AppendFile = openAppendFile(pathOf(folder, segment))
  // What was torn when the process was killed had not been acknowledged.
  file.truncate(end)
  const writer = new ByteWriter(64 * 1_024)

  return {
    get bytes() {
      return file.size
    },
    get segment() {
      return segment
    },
    append: fill => {
      writer.clear()
      writer.uint32(0)
      writer.uint32(0)
      fill(writer)
      const record = writer.written
      writer.patchUint32(0, record.length - HEADER)
      writer.patchUint32(4, crc32(record.subarray(HEADER)))
      file.append(writer.written)
    },
    rotate: () => {
      const next = openAppendFile(pathOf(folder, segment + 1))
      file.close()
      file = next
      segment++
    },
    removeBefore,
    close: () => file.close(),
  }
}
