import type { Entity } from '../document/entity.ts'
import { type MergedTrace, mergeDocuments } from '../document/merge.ts'
import type { LogFile } from '../intake/log-files.ts'
import { rootOf } from '../summaries/summarize.ts'
import type { BloomFilter } from './bloom.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import { type Lines, runsOf, type TraceLines } from './log-reader.ts'
import type { PlainRows } from './plain-rows.ts'
import { DERIVED_TABLES } from './schema.ts'
import { traceKey } from './trace-key.ts'
import { causesOf, writeTrace } from './trace-rows.ts'
import { readDocuments } from './trace-source.ts'

/** What loads go on from. */
export interface LoadState {
  readonly database: Database
  readonly dictionary: Dictionary
  /** Of the log. */
  readonly folder: string
  readonly plainRows: PlainRows
  /** The ids of all traces that were ever loaded. */
  readonly known: BloomFilter
  /** The number of the last trace. */
  lastId: number
}

interface TouchedTrace {
  readonly scope: number
  readonly key: bigint
  readonly lines: TraceLines
  /** Documents of it may have been loaded before. */
  readonly mayBeKnown: boolean
  /** Those documents. */
  earlier: readonly string[]
  id: number
  revision: number
}

const NONE: readonly string[] = []

const touch = ({ traces }: Lines, { dictionary, known }: LoadState): TouchedTrace[] =>
  traces.map(lines => ({
    scope: dictionary.scopeId(lines.scope),
    key: traceKey(lines.traceId),
    lines,
    mayBeKnown: known.add(lines.traceId),
    earlier: NONE,
    id: 0,
    revision: 1,
  }))

/** Finds the documents of traces that are known, removes what was made of these, and numbers all traces. */
const recall = async (state: LoadState, traces: readonly TouchedTrace[]): Promise<void> => {
  const { database, folder } = state
  const possible = new Map<string, TouchedTrace>()
  for (const trace of traces) if (trace.mayBeKnown) possible.set(`${trace.scope}/${trace.key}`, trace)
  const found = new Map<number, TouchedTrace>()
  if (possible.size > 0) {
    const keys = Array.from(possible.values(), ({ key }) => `${key}::UHUGEINT`)
    const rows = await database.rows(
      `SELECT scope, id, trace, revision FROM traces WHERE trace IN (${keys.join(', ')})`,
    )
    for (const { scope, id, trace: key, revision } of rows) {
      const trace = possible.get(`${scope}/${key}`)
      if (!trace) continue
      trace.id = Number(id)
      trace.revision = Number(revision) + 1
      found.set(trace.id, trace)
    }
  }
  if (found.size > 0) {
    const ids = [...found.keys()]
    for (const [id, documents] of await readDocuments(database, folder, ids)) {
      const trace = found.get(id)
      if (trace) trace.earlier = documents
    }
    for (const table of DERIVED_TABLES) {
      await database.run(`DELETE FROM ${table} WHERE id IN (${ids.join(', ')})`)
    }
  }
  for (const trace of traces) {
    if (trace.id > 0) continue
    state.lastId++
    trace.id = state.lastId
  }
}

const openWriters = async (database: Database) => ({
  documents: await database.writer('documents'),
  traces: await database.writer('traces'),
  visits: await database.writer('visits'),
  texts: await database.writer('texts'),
  numbers: await database.writer('numbers'),
})

/** The documents of a trace, those that were loaded before first. */
const documentsOf = ({ earlier, lines: { places } }: TouchedTrace, bytes: Buffer): Entity[] => {
  const documents = earlier.map(text => JSON.parse(text) as Entity)
  for (let index = 0; index < places.length; index += 2) {
    documents.push(JSON.parse(bytes.toString('utf8', places[index], places[index + 1])))
  }
  return documents
}

/** Loads lines of one file of the log into the index, in one transaction with the position that was reached. */
export const loadLines = async (state: LoadState, file: LogFile, lines: Lines): Promise<void> => {
  const { database, dictionary, plainRows } = state
  const traces = touch(lines, state)
  await database.transaction(async () => {
    await recall(state, traces)
    const writers = await openWriters(database)
    for (const trace of traces) {
      for (const { offset, length } of runsOf(trace.lines, lines.from)) {
        writers.documents.add(trace.id, file.number, offset, length)
      }
      // Parsed here and not before, so that what a trace takes of memory is free again for the next.
      const merged = (): MergedTrace => mergeDocuments(documentsOf(trace, lines.bytes))
      const isWritten =
        trace.earlier === NONE &&
        plainRows.write(writers, trace, lines.bytes, trace.lines.places, () => {
          const whole = merged()
          return causesOf(whole, rootOf(whole), dictionary)
        })
      if (!isWritten) writeTrace(writers, trace, merged(), dictionary)
    }
    plainRows.release()
    for (const writer of Object.values(writers)) writer.close()
    await dictionary.save()
    await database.run('DELETE FROM files WHERE file = ?', [file.number])
    await database.run('INSERT INTO files VALUES (?, ?, ?)', [
      file.number,
      BigInt(file.created),
      BigInt(lines.end),
    ])
  })
}
