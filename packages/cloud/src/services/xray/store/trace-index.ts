import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Service, TimeSeriesServiceStatistics, Trace } from '@aws-sdk/client-xray'
import { mergeDocuments } from '../document/merge.ts'
import { writeTrace } from '../document/write-trace.ts'
import { addVisit, createServiceGraph } from '../graph/service-graph.ts'
import { visitsOf } from '../graph/visits.ts'
import { type LogFile, type LogPosition, listLogFiles, sizeOf } from '../intake/log-files.ts'
import { BloomFilter } from './bloom.ts'
import { type Database, openDatabase } from './database.ts'
import { type Dictionary, openDictionary } from './dictionary.ts'
import { findServices, findTimeSeries } from './graph-query.ts'
import { type LoadState, loadLines } from './load.ts'
import { LineReader } from './log-reader.ts'
import { PlainRows } from './plain-rows.ts'
import type { GraphQuery, SummariesPage, SummariesQuery, TimeSeriesQuery } from './queries.ts'
import { CREATE_CHOSEN, DERIVED_TABLES, TABLES } from './schema.ts'
import { findSummaries, type Index } from './summaries-query.ts'
import { traceIdOf, traceKey } from './trace-key.ts'
import { readDocuments } from './trace-source.ts'

/** Read and merged at once; a few times of that is what a load takes of memory. */
const LOAD_BYTES = 16 * 1024 ** 2
/** Loads between checkpoints of the file: half a gigabyte of documents. */
const LOADS_PER_CHECKPOINT = 32

export interface Retention {
  /** Files that were complete before this time go, in ms since the epoch. */
  readonly before: number
  /** Of the log; beyond it the oldest files go. */
  readonly maxBytes: number
}

/**
 * What is searched: made from the log and, where it is lost or damaged, made anew from there. One caller at a time.
 */
export interface TraceIndex {
  /**
   * Loads what is written up to a position.
   *
   * @param milliseconds after which it stops with what it has. Real ones; a part of a file may take longer
   * @returns whether all is loaded
   */
  load(to: LogPosition, milliseconds?: number): Promise<boolean>
  summaries(query: SummariesQuery): Promise<SummariesPage>
  /** Those that are known, as BatchGetTraces gives them. */
  traces(scope: string, traceIds: readonly string[]): Promise<Trace[]>
  /** The graph of some traces alone. */
  traceGraph(scope: string, traceIds: readonly string[]): Promise<Service[]>
  services(query: GraphQuery): Promise<Service[]>
  timeSeries(query: TimeSeriesQuery): Promise<TimeSeriesServiceStatistics[]>
  /** Removes old files of the log with the traces that have documents in them. */
  retain(limits: Retention, writing: number): Promise<void>
  /** Forgets all that came before a file. */
  clear(file: number): Promise<void>
  close(): Promise<void>
}

/** Opens the file of the index; where it cannot be used it goes, as all of it is in the log. */
const openOrRebuild = async (path: string | undefined): Promise<Database> => {
  try {
    return await openDatabase(path)
  } catch (error) {
    if (path === undefined) throw error
    rmSync(path, { force: true })
    rmSync(`${path}.wal`, { force: true })
    return openDatabase(path)
  }
}

const openLoadState = async (index: Index): Promise<LoadState> => {
  const { database } = index
  const [latest] = await database.rows('SELECT coalesce(max(id), 0) AS id FROM traces')
  const known = new BloomFilter()
  for (const { trace } of await database.rows('SELECT trace FROM traces'))
    known.add(traceIdOf(trace as bigint))
  const plainRows = new PlainRows(index.dictionary)
  return { ...index, plainRows, known, lastId: Number(latest?.id ?? 0) }
}

/**
 * @param folder of the log
 * @param path of the index's file; in memory where absent
 */
export const openTraceIndex = async (folder: string, path: string | undefined): Promise<TraceIndex> => {
  const database = await openOrRebuild(path)
  const dictionary: Dictionary = await openDictionary(database)
  const index = { database, dictionary, folder }
  const state = await openLoadState(index)
  const reader = new LineReader()
  let loadsToCheckpoint = LOADS_PER_CHECKPOINT

  /** By file, how much of it is loaded. */
  const loaded = new Map<number, number>()
  /** After a reset that the index does not know of numbers begin anew; when they were begun tells files apart. */
  const present = new Map(listLogFiles(folder).map(({ number, created }) => [number, created]))
  const gone: number[] = []
  for (const { file, created, bytes } of await database.rows('SELECT file, created, bytes FROM files')) {
    if (present.get(Number(file)) === Number(created)) loaded.set(Number(file), Number(bytes))
    else gone.push(Number(file))
  }

  /** Until then what was loaded is lost when the process is killed, and is loaded once more. */
  const checkpoint = async (): Promise<void> => {
    loadsToCheckpoint = LOADS_PER_CHECKPOINT
    if (path !== undefined) await database.run('CHECKPOINT')
  }

  /** Drops all of traces that have documents in the files. */
  const drop = async (files: readonly number[]): Promise<void> => {
    if (files.length === 0) return
    const list = files.join(', ')
    await database.transaction(async () => {
      await database.run(CREATE_CHOSEN)
      await database.run(`INSERT INTO chosen SELECT DISTINCT id FROM documents WHERE file IN (${list})`)
      for (const table of [...DERIVED_TABLES, 'documents']) {
        await database.run(`DELETE FROM ${table} WHERE id IN (SELECT id FROM chosen)`)
      }
      await database.run(`DELETE FROM files WHERE file IN (${list})`)
    })
    for (const file of files) loaded.delete(file)
    await checkpoint()
  }

  const loadFile = async (file: LogFile, to: number, deadline: number): Promise<boolean> => {
    for (let from = loaded.get(file.number) ?? 0; from < to; ) {
      if (performance.now() > deadline) return false
      const lines = reader.read(file.path, from, Math.min(LOAD_BYTES, to - from))
      if (lines.traces.length === 0) return true
      await loadLines(state, file, lines)
      from = lines.end
      loaded.set(file.number, from)
      loadsToCheckpoint--
      if (loadsToCheckpoint <= 0) await checkpoint()
    }
    return true
  }

  const documentsOf = async (scopeName: string, traceIds: readonly string[]) => {
    const scope = dictionary.findScope(scopeName)
    if (scope === undefined) return []
    const ids = new Map<bigint, number>()
    if (traceIds.length > 0) {
      const keys = traceIds.map(traceId => `${traceKey(traceId)}::UHUGEINT`).join(', ')
      const rows = await database.rows(
        `SELECT id, trace FROM traces WHERE scope = ${scope} AND trace IN (${keys})`,
      )
      for (const { id, trace } of rows) ids.set(trace as bigint, Number(id))
    }
    const found = await readDocuments(database, folder, [...ids.values()])
    return traceIds.flatMap(traceId => {
      const documents = found.get(ids.get(traceKey(traceId)) ?? 0)
      return documents ? [[traceId, documents] as const] : []
    })
  }

  await drop(gone)

  return {
    load: async (to, milliseconds = Number.POSITIVE_INFINITY) => {
      const deadline = performance.now() + milliseconds
      const files = listLogFiles(folder)
      for (const file of files) {
        if (file.number > to.file) break
        const end = file.number === to.file ? to.bytes : sizeOf(file)
        if (!(await loadFile(file, end, deadline))) return false
      }
      return true
    },
    summaries: query => findSummaries(index, query),
    traces: async (scope, traceIds) =>
      (await documentsOf(scope, traceIds)).map(([traceId, documents]) => writeTrace(traceId, documents)),
    traceGraph: async (scope, traceIds) => {
      const graph = createServiceGraph()
      for (const [, documents] of await documentsOf(scope, traceIds)) {
        const merged = mergeDocuments(documents.map(text => JSON.parse(text)))
        for (const visit of visitsOf(merged)) addVisit(graph, visit)
      }
      return graph.services()
    },
    services: query => findServices(index, query),
    timeSeries: query => findTimeSeries(index, query),
    retain: async ({ before, maxBytes }, writing) => {
      const files = listLogFiles(folder)
      let bytes = files.reduce((sum, file) => sum + sizeOf(file), 0)
      const old: LogFile[] = []
      for (const [position, file] of files.entries()) {
        if (file.number >= writing) break
        // A file ended when the next was begun.
        const endedAt = files[position + 1]?.created
        if (bytes <= maxBytes && (endedAt === undefined || endedAt >= before)) break
        bytes -= sizeOf(file)
        old.push(file)
      }
      await drop(old.map(({ number }) => number))
      for (const file of old) rmSync(file.path, { force: true })
    },
    clear: async file => {
      for (const table of Object.keys(TABLES)) await database.run(`DELETE FROM ${table}`)
      await database.run('DELETE FROM files')
      loaded.clear()
      state.known.clear()
      await checkpoint()
      for (const { number, path: old } of listLogFiles(folder))
        if (number < file) rmSync(old, { force: true })
    },
    close: async () => {
      await checkpoint()
      database.close()
    },
  }
}

/** Where the index of a folder is kept. */
export const indexPath = (folder: string): string => join(folder, 'index.duckdb')
