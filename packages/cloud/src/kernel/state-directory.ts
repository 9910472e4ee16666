import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** Raised when what `.sonde/` holds can no longer be read by this version. */
const FORMAT = '1'

/** A `.sonde/` that we cannot use, in words for the terminal. */
export class StateDirectoryError extends Error {
  override readonly name = 'StateDirectoryError' as const
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Another start of the same process id is told by its command line, where the platform shows it. */
const isSonde = (pid: number): boolean => {
  const commandLine = `/proc/${pid}/cmdline`
  if (!existsSync('/proc/self/cmdline')) return true
  try {
    return readFileSync(commandLine, 'utf8').includes('node')
  } catch {
    return false
  }
}

const ownerOf = (lock: string): number | undefined => {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid && isRunning(pid) && isSonde(pid)
      ? pid
      : undefined
  } catch {
    return undefined
  }
}

/** A `.sonde/` that is ours until it is released. */
export interface StateDirectory {
  readonly path: string
  release(): void
}

/**
 * Takes a state directory for this process. A lock that a killed process left is taken over.
 *
 * @throws StateDirectoryError when another process holds it, or another version wrote it
 */
export const takeStateDirectory = (path: string): StateDirectory => {
  // State holds keys and what users logged and sent.
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const format = join(path, 'format')
  if (existsSync(format) && readFileSync(format, 'utf8').trim() !== FORMAT) {
    throw new StateDirectoryError(
      `${path} was written by another version of Sonde. Start over with: sonde reset`,
    )
  }
  writeFileSync(format, `${FORMAT}\n`)
  const lock = join(path, 'lock')
  for (;;) {
    try {
      const file = openSync(lock, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = ownerOf(lock)
      if (owner !== undefined) {
        throw new StateDirectoryError(
          `${path} is in use by the Sonde with process id ${owner}. Stop that one, or run another app.`,
        )
      }
      rmSync(lock, { force: true })
    }
  }
  return { path, release: () => rmSync(lock, { force: true }) }
}
