import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'

/** Rewrite the journal on open when it holds this many lines more than twice its live records. */
const COMPACT_SLACK = 1_000

/** One line of a journal: a record, or its deletion where `value` is absent. */
interface Entry {
  readonly account: string
  readonly region: string
  readonly key: string
  readonly value?: unknown
}

const encode = (entry: Entry): string =>
  `${JSON.stringify(
    entry.value === undefined
      ? [entry.account, entry.region, entry.key]
      : [entry.account, entry.region, entry.key, entry.value],
  )}\n`

const decode = (line: string): Entry | undefined => {
  try {
    const [account, region, key, value] = JSON.parse(line)
    return { account, region, key, value }
  } catch {
    return undefined
  }
}

/** An append-only file of records: whatever `append` returned for is read back, also after SIGKILL. */
export interface Journal {
  append(entry: Entry): void
  clear(): void
  close(): void
}

/** The file without what follows its last newline: a record that was torn when the process was killed. */
const readWhole = (path: string): string => {
  if (!existsSync(path)) return ''
  const text = readFileSync(path, 'utf8')
  return text.slice(0, text.lastIndexOf('\n') + 1)
}

/**
 * Opens a journal, calls `load` with its live records in order of first insertion and drops a torn tail.
 *
 * @throws Error naming file and line where a whole line cannot be read: state is never silently lost
 */
export const openJournal = (path: string, load: (entry: Required<Entry>) => void): Journal => {
  const live = new Map<string, Required<Entry>>()
  const lines = readWhole(path).split('\n').slice(0, -1)
  for (const [index, line] of lines.entries()) {
    const entry = decode(line)
    if (!entry) {
      throw new Error(
        `${path} line ${index + 1} is damaged. Repair the line, or start over with: sonde reset`,
      )
    }
    const id = `${entry.account}\0${entry.region}\0${entry.key}`
    if (entry.value === undefined) live.delete(id)
    else live.set(id, entry as Required<Entry>)
  }
  if (lines.length > 2 * live.size + COMPACT_SLACK) {
    const compacted = `${path}.compacting`
    writeFileSync(compacted, Array.from(live.values(), encode).join(''))
    renameSync(compacted, path)
  }
  for (const entry of live.values()) load(entry)

  const file = openSync(path, 'a')
  let size = Buffer.byteLength(readWhole(path))
  ftruncateSync(file, size)
  return {
    append: entry => {
      const bytes = Buffer.from(encode(entry))
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
      } catch (error) {
        // A full disk may take a part of the record: what follows must not be appended to that part.
        ftruncateSync(file, size)
        throw error
      }
      size += bytes.length
    },
    clear: () => {
      ftruncateSync(file, 0)
      size = 0
    },
    close: () => closeSync(file),
  }
}
