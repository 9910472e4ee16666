import { rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { cutTornTail, type LogFile, type LogPosition, listLogFiles, logFile, sizeOf } from './log-files.ts'

/** A file is sealed at this size, or a day after it was begun: retention removes whole files. */
const FILE_BYTES = 16 * 1024 ** 2
const FILE_AGE = 86_400_000
/** What may wait for a disk that does not keep up; documents beyond it are refused. */
const MAX_PENDING_BYTES = 32 * 1024 ** 2

/** The log cannot take documents now: the disk is full, or does not keep up. */
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
  /** Resolves to what is written, once all that was appended before has been tried. */
  flush(): Promise<LogPosition>
  /** What is written, without waiting. */
  position(): LogPosition
  /** From old to new; the last one is written to. */
  files(): readonly LogFile[]
  /** Of all files. */
  bytes(): number
  /** Forgets all documents. Returns the number of the first file that comes after. */
  clear(): number
  close(): Promise<void>
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
  let handle: FileHandle | undefined
  let written = 0
  let waiting: Waiting[] = []
  let waitingBytes = 0
  let writing: Promise<void> | undefined

  const rotate = async (): Promise<void> => {
    await handle?.close()
    handle = undefined
    written = 0
    current = logFile(folder, current.number + 1, now())
  }

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    if (written >= FILE_BYTES || (written > 0 && now() - current.created >= FILE_AGE)) await rotate()
    const file = current
    try {
      const target = handle ?? (await open(file.path, 'a'))
      if (file !== current) {
        // All was cleared meanwhile, these lines too.
        await target.close()
      } else {
        handle = target
        const [first] = batch
        const bytes =
          first && batch.length === 1 ? first.lines : Buffer.concat(batch.map(({ lines }) => lines))
        await target.appendFile(bytes)
        if (file === current) written += bytes.length
      }
      for (const { resolve } of batch) resolve()
    } catch (cause) {
      // Part of the lines may be in the file: what follows must not be appended to that part.
      if (file === current) await handle?.truncate(written).catch(() => {})
      for (const { reject } of batch) {
        reject(new LogFullError('The documents cannot be written to the log.', { cause }))
      }
    }
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      waitingBytes = 0
      await write(batch)
    }
    // In the same step as the check above, so that nothing can be left waiting.
    writing = undefined
  }

  const start = (): void => {
    // Lines of one turn of the event loop go out together: of all requests that the sockets had.
    writing ??= new Promise<void>(resolve => setImmediate(resolve)).then(drain)
  }

  const position = (): LogPosition => ({ file: current.number, bytes: written })

  const append = (lines: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waitingBytes + lines.length > MAX_PENDING_BYTES) {
        reject(new LogFullError('The disk does not keep up with the documents.'))
        return
      }
      waiting.push({ lines, resolve, reject })
      waitingBytes += lines.length
      start()
    })

  const flush = async (): Promise<LogPosition> => {
    // What comes after this is not waited for, or a flood would never let it end.
    if (writing) await append(Buffer.alloc(0)).catch(() => {})
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
      void handle?.close().catch(() => {})
      handle = undefined
      written = 0
      const { number } = current
      current = logFile(folder, number + 1, now())
      for (const { path } of listLogFiles(folder)) rmSync(path, { force: true })
      return number + 1
    },
    close: async () => {
      await flush()
      await handle?.close()
      handle = undefined
    },
  }
}
