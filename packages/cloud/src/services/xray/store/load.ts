import type { Entity } from '../document/entity.ts'
import { mergeDocuments } from '../document/merge.ts'
import type { LogFile } from '../intake/log-files.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import { type LineAt, type Lines, openDocumentReader } from './log-reader.ts'
import { DERIVED_TABLES } from './schema.ts'
import { traceKey } from './trace-key.ts'
import { writeTrace } from './trace-rows.ts'

interface TouchedTrace {
  readonly scope: number
  readonly key: bigint
  readonly lines: LineAt[]
  /** Of the documents that were loaded before. */
  earlier: string[]
  firstBatch: number
  revision: number
}

type Touched = Map<string, TouchedTrace>

const idOf = (scope: number, key: bigint): string => `${scope}/${key}`

const groupByTrace = ({ list }: Lines, batch: number, dictionary: Dictionary): TouchedTrace[] => {
  const scopes = new Map<string, Map<string, TouchedTrace>>()
  const grouped: TouchedTrace[] = []
  for (const line of list) {
    let traces = scopes.get(line.scope)
    if (!traces) {
      traces = new Map()
      scopes.set(line.scope, traces)
    }
    const trace = traces.get(line.traceId)
    if (trace) trace.lines.push(line)
    else {
      const touched: TouchedTrace = {
        scope: dictionary.scopeId(line.scope),
        key: traceKey(line.traceId),
        lines: [line],
        earlier: [],
        firstBatch: batch,
        revision: 1,
      }
      traces.set(line.traceId, touched)
      grouped.push(touched)
    }
  }
  return grouped
}

/** The documents of traces that are known already, so that these are summarized as a whole. Returns how far back. */
const recall = async (
  database: Database,
  traces: Touched,
  paths: ReadonlyMap<number, string>,
): Promise<number | undefined> => {
  const known = await database.rows(
    'SELECT t.scope, t.trace, batch, first_batch, revision FROM traces t SEMI JOIN touched USING (scope, trace)',
  )
  if (known.length === 0) return undefined
  let firstBatch = Number.POSITIVE_INFINITY
  for (const row of known) {
    const trace = traces.get(idOf(Number(row.scope), row.trace as bigint))
    if (!trace) continue
    trace.firstBatch = Number(row.first_batch)
    trace.revision = Number(row.revision) + 1
    firstBatch = Math.min(firstBatch, trace.firstBatch)
  }
  const found = await database.rows(
    `SELECT d.scope, d.trace, file, spans FROM documents d SEMI JOIN touched USING (scope, trace)
      WHERE batch >= ${firstBatch} ORDER BY batch`,
  )
  const reader = openDocumentReader()
  try {
    for (const { scope, trace, file, spans } of found) {
      const path = paths.get(Number(file))
      if (path === undefined) continue
      const earlier = traces.get(idOf(Number(scope), trace as bigint))?.earlier
      for (const text of reader.read(path, String(spans))) earlier?.push(text)
    }
  } finally {
    reader.close()
  }
  return firstBatch
}

const openWriters = async (database: Database) => ({
  documents: await database.writer('documents'),
  traces: await database.writer('traces'),
  visits: await database.writer('visits'),
  texts: await database.writer('texts'),
  numbers: await database.writer('numbers'),
})

/**
 * Loads lines of one file of the log into the index, in one transaction with the position that was reached.
 *
 * @param paths of all files of the log, by number
 */
export const loadLines = async (
  { database, dictionary }: { readonly database: Database; readonly dictionary: Dictionary },
  file: LogFile,
  lines: Lines,
  batch: number,
  paths: ReadonlyMap<number, string>,
): Promise<void> => {
  const traces = groupByTrace(lines, batch, dictionary)
  await database.transaction(async () => {
    await dictionary.save()
    await database.run('DELETE FROM touched')
    const touched = await database.writer('touched')
    for (const { scope, key } of traces) touched.add(scope, key)
    touched.close()
    const byId: Touched = new Map(traces.map(trace => [idOf(trace.scope, trace.key), trace]))
    const firstBatch = await recall(database, byId, paths)
    if (firstBatch !== undefined) {
      for (const table of DERIVED_TABLES) {
        await database.run(
          `DELETE FROM ${table} WHERE batch >= ${firstBatch} AND (scope, trace) IN (SELECT scope, trace FROM touched)`,
        )
      }
    }
    const writers = await openWriters(database)
    for (const { scope, key, lines: own, earlier, firstBatch: first, revision } of traces) {
      const spans = own.map(({ offset, length }) => `${offset}:${length}`).join(' ')
      writers.documents.add(scope, batch, key, file.number, spans)
      // Parsed here and not before, so that what a trace takes of memory is free again for the next.
      const documents = [...earlier, ...own.map(lines.text)].map(text => JSON.parse(text) as Entity)
      const merged = mergeDocuments(documents)
      writeTrace(writers, [scope, batch, key], merged, { firstBatch: first, revision }, dictionary)
    }
    for (const writer of Object.values(writers)) writer.close()
    await dictionary.save()
    await database.run('DELETE FROM files WHERE file = ?', [file.number])
    await database.run('INSERT INTO files VALUES (?, ?)', [file.number, BigInt(lines.end)])
  })
}
