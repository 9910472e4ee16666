import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'

/** A journal is rewritten when it holds so many times the lines that its live records take, and some more. */
const COMPACT_SHARE = 4
const COMPACT_SLACK = 100
/** Smaller ones are left as they are while they are open. */
const COMPACT_BYTES = 4 * 1024 ** 2
/** State holds keys and what users logged and sent. */
const OWNER_ONLY = 0o600

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

const writeAll = (file: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

/** The file without what follows its last newline: a record that was torn when the process was killed. */
const readWhole = (path: string): string => {
  if (!existsSync(path)) return ''
  const text = readFileSync(path, 'utf8')
  return text.slice(0, text.lastIndexOf('\n') + 1)
}

/** The records that a journal is to keep. */
export interface LiveRecords {
  readonly count: number
  entries(): Iterable<Required<Entry>>
}

/**
 * Opens a journal, calls `load` with its live records in order of first insertion and drops a torn tail. What is written
 * over or deleted leaves the file when it makes up most of it.
 *
 * @param live the same records from then on: every one that was appended and not taken back
 * @throws Error naming file and line where a whole line cannot be read: state is never silently lost
 */
export const openJournal = (
  path: string,
  load: (entry: Required<Entry>) => void,
  live: LiveRecords,
): Journal => {
  const loaded = new Map<string, Required<Entry>>()
  const text = readWhole(path)
  let size = Buffer.byteLength(text)
  let lines = 0
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = decode(line)
    lines++
    if (!entry) {
      throw new Error(`${path} line ${lines} is damaged. Repair the line, or start over with: sonde reset`)
    }
    const id = `${entry.account}\0${entry.region}\0${entry.key}`
    if (entry.value === undefined) loaded.delete(id)
    else loaded.set(id, entry as Required<Entry>)
  }
  for (const entry of loaded.values()) load(entry)
  const worthOfLines = (): number => COMPACT_SHARE * live.count + COMPACT_SLACK
  let file = openSync(path, 'a', OWNER_ONLY)
  ftruncateSync(file, size)
  let closed = false
  /** No attempt before: a disk that was full may still be. */
  let nextAttempt = 0

  const compact = (): void => {
    const compacted = `${path}.compacting`
    rmSync(compacted, { force: true })
    const next = openSync(compacted, 'a', OWNER_ONLY)
    try {
      const kept = Array.from(live.entries(), encode)
      const bytes = Buffer.from(kept.join(''))
      writeAll(next, bytes)
      renameSync(compacted, path)
      closeSync(file)
      file = next
      size = bytes.length
      lines = kept.length
      nextAttempt = 0
    } catch {
      closeSync(next)
      rmSync(compacted, { force: true })
      nextAttempt = 2 * lines
    }
  }

  if (lines > worthOfLines()) compact()
  return {
    append: entry => {
      // The number of a closed file may be another file's by now.
      if (closed) throw new Error(`${path} is closed`)
      if (size > COMPACT_BYTES && lines > worthOfLines() && lines >= nextAttempt) compact()
      const bytes = Buffer.from(encode(entry))
      try {
        writeAll(file, bytes)
      } catch (error) {
        // A full disk may take a part of the record: what follows must not be appended to that part.
        ftruncateSync(file, size)
        throw error
      }
      size += bytes.length
      lines++
    },
    clear: () => {
      if (closed) return
      ftruncateSync(file, 0)
      size = 0
      lines = 0
    },
    close: () => {
      if (!closed) closeSync(file)
      closed = true
    },
  }
}
