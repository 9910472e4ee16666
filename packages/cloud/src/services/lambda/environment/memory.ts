import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Bytes. */
export interface MemoryUse {
  readonly resident: number
  /** The highest that `resident` has been, where the platform keeps it; else the present value. */
  readonly peak: number
}

const HAS_PROC = existsSync('/proc/self/status')
const KILOBYTE = 1024

const field = (status: string, name: string): number => {
  const start = status.indexOf(name)
  return start === -1 ? 0 : Number.parseInt(status.slice(start + name.length), 10) * KILOBYTE
}

/** What a process uses of memory, or `undefined` where it is gone. Without `/proc` it asks `ps`, some milliseconds. */
export const memoryOf = (pid: number): MemoryUse | undefined => {
  try {
    if (HAS_PROC) {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1')
      const peak = field(status, 'VmHWM:')
      return peak === 0 ? undefined : { resident: field(status, 'VmRSS:'), peak }
    }
    const resident = Number.parseInt(
      execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }),
      10,
    )
    return Number.isNaN(resident) ? undefined : { resident: resident * KILOBYTE, peak: resident * KILOBYTE }
  } catch {
    return undefined
  }
}
