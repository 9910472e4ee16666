import type { Entity } from '../document/entity.ts'
import { mergeDocuments } from '../document/merge.ts'
import type { LogFile } from '../intake/log-files.ts'
import type { BloomFilter } from './bloom.ts'
import type { Database } from './database.ts'
import type { Dictionary } from './dictionary.ts'
import type { LineAt, Lines } from './log-reader.ts'
import { DERIVED_TABLES } from './schema.ts'
import { traceKey } from './trace-key.ts'
import { writeTrace } from './trace-rows.ts'
import { readDocuments } from './trace-source.ts'

/** What loads go on from. */
export interface LoadState {
  readonly database: Database
  readonly dictionary: Dictionary
  /** Of the log. */
  readonly folder: string
  /** The ids of all traces that were ever loaded. */
  readonly known: BloomFilter
  /** The numbers of the last load and of the last trace. */
  batch: number
  lastId: number
}

interface TouchedTrace {
  readonly scope: number
  readonly key: bigint
  readonly lines: LineAt[]
  /** Documents of it may have been loaded before. */
  readonly mayBeKnown: boolean
  /** Those documents. */
  earlier: string[]
  id: number
  revision: number
}

const groupByTrace = ({ list }: Lines, { dictionary, known }: LoadState): TouchedTrace[] => {
  const scopes = new Map<string, Map<string, TouchedTrace>>()
  const grouped: TouchedTrace[] = []
  for (const line of list) {
    const { scope, traceId } = line
    let traces = scopes.get(scope)
    if (!traces) {
      traces = new Map()
      scopes.set(scope, traces)
    }
    const trace = traces.get(traceId)
    if (trace) trace.lines.push(line)
    else {
      const touched: TouchedTrace = {
        scope: dictionary.scopeId(scope),
        key: traceKey(traceId),
        lines: [line],
        mayBeKnown: known.add(traceId),
        earlier: [],
        id: 0,
        revision: 1,
      }
      traces.set(traceId, touched)
      grouped.push(touched)
    }
  }
  return grouped
}

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

/** Loads lines of one file of the log into the index, in one transaction with the position that was reached. */
export const loadLines = async (state: LoadState, file: LogFile, lines: Lines): Promise<void> => {
  const { database, dictionary } = state
  const traces = groupByTrace(lines, state)
  state.batch++
  await database.transaction(async () => {
    await recall(state, traces)
    const writers = await openWriters(database)
    for (const { scope, key, lines: own, earlier, id, revision } of traces) {
      const spans = own.map(({ offset, length }) => `${offset}:${length}`).join(' ')
      writers.documents.add(id, state.batch, file.number, spans)
      // Parsed here and not before, so that what a trace takes of memory is free again for the next.
      const documents = [...earlier, ...own.map(lines.text)].map(text => JSON.parse(text) as Entity)
      writeTrace(writers, { scope, id, key, revision }, mergeDocuments(documents), dictionary)
    }
    for (const writer of Object.values(writers)) writer.close()
    await dictionary.save()
    await database.run('DELETE FROM files WHERE file = ?', [file.number])
    await database.run('INSERT INTO files VALUES (?, ?)', [file.number, BigInt(lines.end)])
  })
}
