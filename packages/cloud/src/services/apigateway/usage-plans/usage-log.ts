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

/** Use of one key of one plan on one day, in all. */
export interface UsageEntry {
  readonly plan: string
  readonly key: string
  /** Days since 1970-01-01, UTC. */
  readonly day: number
  /** Requests let through. */
  readonly used: number
  /** Requests granted in addition to the quota, by UpdateUsage; below zero where taken away. */
  readonly granted: number
}

/** Bytes from which a log is worth rewriting, where the half of it is out of date. */
const COMPACT_FROM = 1024 * 1024

const encode = ({ plan, key, day, used, granted }: UsageEntry): string =>
  `${JSON.stringify([plan, key, day, used, granted])}\n`

const decode = (line: string, path: string): UsageEntry => {
  try {
    const [plan, key, day, used, granted] = JSON.parse(line)
    return { plan, key, day, used, granted }
  } catch (error) {
    throw new Error(`${path} is damaged at: ${line.slice(0, 80)}. Start over with: sonde reset`, {
      cause: error,
    })
  }
}

/** An append-only file of counts. The last line of a plan, key and day counts, so that a line may be written again. */
export interface UsageLog {
  /** In one write; all of them are read back after SIGKILL once it returns, and none where it throws. */
  append(entries: readonly UsageEntry[]): void
  clear(): void
  close(): void
}

/**
 * Opens a log and hands each whole line to `load`, oldest first; a torn last one is cut off.
 *
 * @param live what is to be kept when the log is rewritten
 * @throws Error naming the file where a line cannot be read: counts are never silently lost
 */
export const openUsageLog = (
  path: string,
  load: (entry: UsageEntry) => void,
  live: () => Iterable<UsageEntry>,
): UsageLog => {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const line of whole.split('\n').slice(0, -1)) load(decode(line, path))
  let file = openSync(path, 'a')
  let size = Buffer.byteLength(whole)
  let compactAt = COMPACT_FROM
  ftruncateSync(file, size)

  const compact = (): void => {
    const kept = Array.from(live(), encode).join('')
    const rewritten = `${path}.compacting`
    try {
      writeFileSync(rewritten, kept)
      const next = openSync(rewritten, 'a')
      renameSync(rewritten, path)
      closeSync(file)
      file = next
      size = Buffer.byteLength(kept)
    } catch {
      // All of it is in the long log still.
    }
    compactAt = Math.max(COMPACT_FROM, 2 * size)
  }

  return {
    append: entries => {
      const bytes = Buffer.from(entries.map(encode).join(''))
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
      } catch (error) {
        // A full disk may take a part of the lines: what follows must not be appended to that part.
        ftruncateSync(file, size)
        throw error
      }
      size += bytes.length
      if (size >= compactAt) compact()
    },
    clear: () => {
      ftruncateSync(file, 0)
      size = 0
    },
    close: () => closeSync(file),
  }
}
