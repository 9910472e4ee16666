import { type LogFile, listLogFiles } from '../intake/log-files.ts'
import type { Database } from './database.ts'
import { openDocumentReader } from './log-reader.ts'

/** The paths of the log's files by number. */
export const pathsOf = (files: readonly LogFile[]): Map<number, string> =>
  new Map(files.map(({ number, path }) => [number, path]))

/** The documents of traces, as lines of the log without their scope, in the order in which they came. */
export const readTraces = async (
  database: Database,
  folder: string,
  scope: number,
  keys: readonly bigint[],
): Promise<Map<bigint, string[]>> => {
  const traces = new Map<bigint, string[]>()
  if (keys.length === 0) return traces
  const found = await database.rows(
    `SELECT trace, file, spans FROM documents
      WHERE scope = ${scope} AND trace IN (${keys.map(key => `${key}::UHUGEINT`).join(', ')}) ORDER BY batch`,
  )
  const paths = pathsOf(listLogFiles(folder))
  const reader = openDocumentReader()
  try {
    for (const { trace, file, spans } of found) {
      const path = paths.get(Number(file))
      if (path === undefined) continue
      const key = trace as bigint
      const documents = traces.get(key)
      const read = reader.read(path, String(spans))
      if (documents) for (const text of read) documents.push(text)
      else traces.set(key, read)
    }
  } finally {
    reader.close()
  }
  return traces
}
