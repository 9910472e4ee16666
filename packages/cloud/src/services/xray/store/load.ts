import type { Entity } from '../document/entity.ts'
import { mergeDocuments } from '../document/merge.ts'
import type { LogFile } from '../intake/log-files.ts'
import { readLine } from '../intake/log-line.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import { type LineAt, openDocumentReader } from './log-reader.ts'
import { DERIVED_TABLES } from './schema.ts'
import { traceKey } from './trace-key.ts'
import { writeTrace } from './trace-rows.ts'

interface TouchedTrace {
  readonly scope: number
  readonly key: bigint
  readonly documents: Entity[]
  readonly spans: string[]
  /** Of the documents that were loaded before. */
  earlier: Entity[]
  firstBatch: number
  revision: number
}

type Touched = Map<string, TouchedTrace>

const idOf = (scope: number, key: bigint): string => `${scope}/${key}`

const groupByTrace = (lines: readonly LineAt[], batch: number, dictionary: Dictionary): TouchedTrace[] => {
  const traces = new Map<string, TouchedTrace>()
  for (const { offset, length, text } of lines) {
    const { scope, document } = readLine(text)
    const id = `${scope}/${document.trace_id.toLowerCase()}`
    let trace = traces.get(id)
    if (!trace) {
      trace = {
        scope: dictionary.scopeId(scope),
        key: traceKey(document.trace_id),
        documents: [],
        spans: [],
        earlier: [],
        firstBatch: batch,
        revision: 1,
      }
      traces.set(id, trace)
    }
    trace.documents.push(document)
    trace.spans.push(`${offset}:${length}`)
  }
  return [...traces.values()]
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
      for (const text of reader.read(path, String(spans))) earlier?.push(JSON.parse(text))
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
  attributes: await database.writer('attributes'),
})

/**
 * Loads lines of one file of the log into the index, in one transaction with the position that was reached.
 *
 * @param paths of all files of the log, by number
 */
export const loadLines = async (
  { database, dictionary }: { readonly database: Database; readonly dictionary: Dictionary },
  file: LogFile,
  lines: readonly LineAt[],
  batch: number,
  paths: ReadonlyMap<number, string>,
): Promise<void> => {
  const traces = groupByTrace(lines, batch, dictionary)
  const last = lines.at(-1)
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
    for (const { scope, key, documents, earlier, spans, firstBatch: first, revision } of traces) {
      writers.documents.add(scope, batch, key, file.number, spans.join(' '))
      const merged = mergeDocuments(earlier.length > 0 ? [...earlier, ...documents] : documents)
      writeTrace(writers, [scope, batch, key], merged, { firstBatch: first, revision }, dictionary)
    }
    for (const writer of Object.values(writers)) writer.close()
    await dictionary.save()
    await database.run('DELETE FROM files WHERE file = ?', [file.number])
    await database.run('INSERT INTO files VALUES (?, ?)', [
      file.number,
      BigInt(last ? last.offset + last.length + 1 : 0),
    ])
  })
}
