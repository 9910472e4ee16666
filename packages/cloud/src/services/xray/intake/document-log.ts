import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { cutTornTail, type LogFile, type LogPosition, listLogFiles, logFile, sizeOf } from './log-files.ts'

/** A file is sealed at this size, or a day after it was begun: retention removes whole files. */
const FILE_BYTES = 16 * 1024 ** 2
const FILE_AGE = 86_400_000
/** What one turn of the event loop may bring; documents beyond it are refused. */
const MAX_PENDING_BYTES = 32 * 1024 ** 2

/** The log cannot take documents now: the disk is full, or there are too many at once. */
export class LogFullError extends Error {
  override readonly name = 'LogFullError' as const
}

/**
 * The append-only log of accepted documents. What `append` resolved for survives the process being killed: it has been
 * handed to the system, in whole lines.
 */
export interface DocumentLog {
  /**
   * Takes lines that end with a newline each. Lines of the same moment share one write.
   *
   * @throws LogFullError rejects, with nothing of the lines kept
   */
  append(lines: Buffer): Promise<void>
  /** Tries to write all that was appended before. Returns what is written. */
  flush(): LogPosition
  /** What is written, without waiting. */
  position(): LogPosition
  /** From old to new; the last one is written to. */
  files(): readonly LogFile[]
  /** Of all files. */
  bytes(): number
  /** Forgets all documents. Returns the number of the first file that comes after. */
  clear(): number
  close(): void
}

interface Waiting {
  readonly lines: Buffer
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Opens the log in a folder, cuts a torn tail and begins a new file.
 *
 * @param now ms since the epoch
 */
export const openDocumentLog = (folder: string, now: () => number): DocumentLog => {
  const found = listLogFiles(folder)
  const last = found.at(-1)
  if (last) cutTornTail(last)

  let current = logFile(folder, (last?.number ?? 0) + 1, now())
  let file: number | undefined
  let written = 0
  let waiting: Waiting[] = []
  let waitingBytes = 0

  const closeFile = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }

  const rotate = (): void => {
    closeFile()
    written = 0
    current = logFile(folder, current.number + 1, now())
  }

  /** Part of the lines may be in the file: what follows must not be appended to that part. */
  const cutBack = (descriptor: number): void => {
    try {
      ftruncateSync(descriptor, written)
    } catch {
      rotate()
    }
  }

  const write = (bytes: Buffer): void => {
    if (written >= FILE_BYTES || (written > 0 && now() - current.created >= FILE_AGE)) rotate()
    file ??= openSync(current.path, 'a')
    try {
      for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from)
      written += bytes.length
    } catch (error) {
      cutBack(file)
      throw error
    }
  }

  /** On this thread, as journals are: handing it to another one costs more than the page cache takes to copy it. */
  const drain = (): void => {
    const batch = waiting
    if (batch.length === 0) return
    waiting = []
    waitingBytes = 0
    const [first] = batch
    try {
      write(first && batch.length === 1 ? first.lines : Buffer.concat(batch.map(({ lines }) => lines)))
      for (const { resolve } of batch) resolve()
    } catch (cause) {
      for (const { reject } of batch) {
        reject(new LogFullError('The documents cannot be written to the log.', { cause }))
      }
    }
  }

  const position = (): LogPosition => ({ file: current.number, bytes: written })

  const append = (lines: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waitingBytes + lines.length > MAX_PENDING_BYTES) {
        reject(new LogFullError('More documents came at once than the log takes.'))
        return
      }
      // Lines of one turn of the event loop go out together: of all requests that the sockets had.
      if (waiting.length === 0) setImmediate(drain)
      waiting.push({ lines, resolve, reject })
      waitingBytes += lines.length
    })

  const flush = (): LogPosition => {
    drain()
    return position()
  }

  return {
    append,
    flush,
    position,
    files: () => listLogFiles(folder),
    bytes: () => listLogFiles(folder).reduce((sum, file) => sum + sizeOf(file), 0),
    clear: () => {
      for (const { resolve } of waiting) resolve()
      waiting = []
      waitingBytes = 0
      closeFile()
      written = 0
      const { number } = current
      current = logFile(folder, number + 1, now())
      for (const { path } of listLogFiles(folder)) rmSync(path, { force: true })
      return number + 1
    },
    close: () => {
      drain()
      closeFile()
    },
  }
}
