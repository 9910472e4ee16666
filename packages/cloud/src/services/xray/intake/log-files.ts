import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A file of the log. Numbers grow; `created` is when it was begun, in ms since the epoch of the cloud's clock. */
export interface LogFile {
  readonly number: number
  readonly created: number
  readonly path: string
}

/** Up to where a log is written or loaded: the bytes of one file, and all files before it. */
export interface LogPosition {
  readonly file: number
  readonly bytes: number
}

const NAME = /^(\d{8})-(\d+)\.ndjson$/

export const logFile = (folder: string, number: number, created: number): LogFile => ({
  number,
  created,
  path: join(folder, `${String(number).padStart(8, '0')}-${created}.ndjson`),
})

/** The files of a log from old to new. */
export const listLogFiles = (folder: string): LogFile[] =>
  readdirSync(folder)
    .flatMap(name => {
      const match = NAME.exec(name)
      return match ? [logFile(folder, Number(match[1]), Number(match[2]))] : []
    })
    .sort((a, b) => a.number - b.number)

export const sizeOf = ({ path }: LogFile): number => statSync(path).size

const NEWLINE = 0x0a
const STEP = 128 * 1024

/** Cuts what follows the last newline: a line that was torn when the process was killed. Returns what remains, in bytes. */
export const cutTornTail = ({ path }: LogFile): number => {
  const file = openSync(path, 'r+')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(STEP, size))
    for (let end = size; end > 0; ) {
      const from = Math.max(0, end - buffer.length)
      const read = readSync(file, buffer, 0, end - from, from)
      const newline = buffer.subarray(0, read).lastIndexOf(NEWLINE)
      if (newline >= 0) {
        if (from + newline + 1 < size) ftruncateSync(file, from + newline + 1)
        return from + newline + 1
      }
      end = from
    }
    ftruncateSync(file, 0)
    return 0
  } finally {
    closeSync(file)
  }
}
