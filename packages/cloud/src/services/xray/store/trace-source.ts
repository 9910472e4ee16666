import { type LogFile, listLogFiles } from '../intake/log-files.ts'
import type { Database } from './database.ts'
import { openDocumentReader } from './log-reader.ts'

/** The paths of the log's files by number. */
export const pathsOf = (files: readonly LogFile[]): Map<number, string> =>
  new Map(files.map(({ number, path }) => [number, path]))

/** The documents of traces by their number, as they were sent and in the order in which they came. */
export const readDocuments = async (
  database: Database,
  folder: string,
  ids: readonly number[],
): Promise<Map<number, string[]>> => {
  const traces = new Map<number, string[]>()
  if (ids.length === 0) return traces
  const found = await database.rows(
    `SELECT id, file, first_byte, bytes FROM documents WHERE id IN (${ids.join(', ')}) ORDER BY file, first_byte`,
  )
  const paths = pathsOf(listLogFiles(folder))
  const reader = openDocumentReader()
  try {
    for (const { id, file, first_byte, bytes } of found) {
      const path = paths.get(Number(file))
      if (path === undefined) continue
      const documents = traces.get(Number(id))
      const read = reader.read(path, { offset: Number(first_byte), length: Number(bytes) })
      if (documents) for (const text of read) documents.push(text)
      else traces.set(Number(id), read)
    }
  } finally {
    reader.close()
  }
  return traces
}
