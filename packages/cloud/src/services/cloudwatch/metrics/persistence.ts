import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { BlockSet } from './block-set.ts'
import { fileStorage, memoryStorage } from './block-storage.ts'
import { ByteReader, type ByteWriter } from './bytes.ts'
import { readCell, writeCell } from './cell-codec.ts'
import { type Cell, columnOf } from './column.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { openMetricLog } from './metric-log.ts'
import { openSeriesFile } from './series-file.ts'
import type { Series, SeriesTable } from './series-table.ts'
import { DAY, SECOND } from './tiers.ts'

/** One bucket's share of what was put. */
export interface Entry {
  readonly series: Series
  /** Index into the units. */
  readonly unit: number
  /** In ms. */
  readonly grain: number
  /** Of the sample, in ms since the epoch. */
  readonly timestamp: number
  readonly cell: Cell
}

const writeEntry = (writer: ByteWriter, { series, unit, grain, timestamp, cell }: Entry): void => {
  writer.varint(series.id)
  writer.byte(unit)
  writer.varint(grain / SECOND)
  writer.varint(Math.floor(timestamp / grain))
  writeCell(writer, cell)
}

/** Adds an entry to what is in memory. Takes the cell over. */
export const apply = ({ series, unit, grain, timestamp, cell }: Entry): void => {
  columnOf(series.head, unit, grain).merge(Math.floor(timestamp / grain) * grain, cell)
  if (timestamp > series.lastTimestamp) series.lastTimestamp = timestamp
}

/** In memory alone, blocks being memory too. */
export const openInMemory = (table: SeriesTable) => {
  let bytes = 0
  return {
    table,
    blocks: new BlockSet(memoryStorage(), []),
    log: {
      get bytes() {
        return bytes
      },
      /** What it returned for survives the process being killed; throws what the disk throws, with nothing kept. */
      append: (entries: readonly Entry[]) => {
        for (const { cell } of entries) bytes += 24 + (cell.distribution?.values.length ?? 0) * 16
      },
      /** To be called before entries of theirs are appended. */
      addSeries: (_series: readonly Series[]) => {},
      rotate: () => {
        bytes = 0
      },
      /** Lets exactly the present blocks count; `flushed` where they hold all that the log had before its last rotation. */
      commit: (_flushed: boolean) => {},
      clear: () => {
        bytes = 0
      },
      close: () => {},
    },
  }
}

/** The metrics that there are, where their data are kept, and how data get there. */
export type Persistence = ReturnType<typeof openInMemory>

/**
 * Opens what a folder holds: identities, blocks, and the log of what is in no block yet.
 *
 * @throws Error naming the file that is damaged
 */
export const openInFolder = (folder: string, table: SeriesTable, now: number): Persistence => {
  const manifestPath = join(folder, 'manifest.json')
  const manifest = readManifest(manifestPath)
  const seriesPath = join(folder, 'series.ndjson')
  let seriesFile = openSeriesFile(seriesPath, table)
  const blocks = new BlockSet(fileStorage(folder), manifest.blocks)
  blocks.lastBuckets(now - 15 * DAY, (id, last) => {
    const series = table.byId(id)
    if (series && last > series.lastTimestamp) series.lastTimestamp = last
  })
  const readRecord = (record: Uint8Array): void => {
    const reader = new ByteReader(record)
    while (!reader.atEnd) {
      const series = table.byId(reader.varint())
      const unit = reader.byte()
      const grain = reader.varint() * SECOND
      const timestamp = reader.varint() * grain
      const cell = readCell(reader)
      if (series) apply({ series, unit, grain, timestamp, cell })
    }
  }
  const log = openMetricLog(folder, manifest.log, readRecord)
  // Not always the present segment: a flush that was killed or failed has rotated, and its blocks do not count.
  let unflushed = manifest.log
  return {
    table,
    blocks,
    log: {
      get bytes() {
        return log.bytes
      },
      append: entries =>
        log.append(writer => {
          for (const entry of entries) writeEntry(writer, entry)
        }),
      addSeries: series => seriesFile.append(series),
      rotate: () => log.rotate(),
      commit: flushed => {
        const first = flushed ? log.segment : unflushed
        writeManifest(manifestPath, { log: first, blocks: blocks.infos })
        unflushed = first
        log.removeBefore(first)
      },
      clear: () => {
        log.rotate()
        unflushed = log.segment
        writeManifest(manifestPath, { log: unflushed, blocks: [] })
        log.removeBefore(unflushed)
        seriesFile.close()
        rmSync(seriesPath, { force: true })
        seriesFile = openSeriesFile(seriesPath, table)
      },
      close: () => {
        log.close()
        seriesFile.close()
      },
    },
  }
}
