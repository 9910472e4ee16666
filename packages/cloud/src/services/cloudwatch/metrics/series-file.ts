import { existsSync, readFileSync } from 'node:fs'
import { openAppendFile } from './append-file.ts'
import type { Series, SeriesTable } from './series-table.ts'

/** Where the identities of metrics are kept: one JSON line each, `[id, account, region, namespace, name, dimensions]`. */
export interface SeriesFile {
  append(series: readonly Series[]): void
  close(): void
}

/**
 * Opens the file, restores its metrics into the table and cuts a torn tail.
 *
 * @throws Error naming file and line where a whole line cannot be read
 */
export const openSeriesFile = (path: string, table: SeriesTable): SeriesFile => {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  const whole = bytes.lastIndexOf('\n') + 1
  const lines = bytes.toString('utf8', 0, whole).split('\n').slice(0, -1)
  for (const [index, line] of lines.entries()) {
    try {
      const [id, account, region, namespace, name, dimensions] = JSON.parse(line)
      table.restore(id, { scope: { account, region }, namespace, name, dimensions })
    } catch (cause) {
      throw new Error(
        `${path} line ${index + 1} is damaged. Repair the line, or start over with: sonde reset`,
        { cause },
      )
    }
  }
  const file = openAppendFile(path)
  file.truncate(whole)
  return {
    append: series => {
      const text = series.map(({ id, scope, namespace, name, dimensions }) =>
        JSON.stringify([id, scope.account, scope.region, namespace, name, dimensions]),
      )
      file.append(Buffer.from(`${text.join('\n')}\n`))
    },
    close: () => file.close(),
  }
}
