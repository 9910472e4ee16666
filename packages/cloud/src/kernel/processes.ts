import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

export interface SpawnOptions {
  /** `node` means the Node that runs the cloud. Anything else is looked up on the PATH of `env`. */
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The child's whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** Pipes beyond stdin, stdout and stderr. Default 0. */
  readonly extraPipes?: number
}

export interface ProcessExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Set where the process could not be started at all. */
  readonly error?: Error
}

/** A child process in a process group of its own. */
export interface ManagedProcess {
  /** `undefined` where it could not be started. */
  readonly pid: number | undefined
  readonly stdout: Readable
  readonly stderr: Readable
  readonly extra: ReadonlyArray<Readable & Writable>
  /** Resolves once, also when the process could not be started; never rejects. */
  readonly exited: Promise<ProcessExit>
  /** Signals the whole group. Default SIGKILL. No error when it has gone. */
  kill(signal?: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL after `grace` milliseconds of real time. Resolves when the process has ended. */
  stop(grace: number): Promise<void>
}

export interface Processes {
  spawn(options: SpawnOptions): ManagedProcess
  /** Kills and awaits all that still run. */
  stopAll(grace: number): Promise<void>
}

/**
 * When the process started, in clock ticks since boot: tells a recycled pid from the one we recorded. `undefined` where
 * the process is gone; empty where the platform has no `/proc`.
 */
const startTimeOf = (pid: number): string | undefined => {
  if (!existsSync('/proc/self/stat')) {
    try {
      process.kill(pid, 0)
      return ''
    } catch {
      return undefined
    }
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name may hold spaces and parentheses: fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

const killGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal)
  } catch {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended already.
    }
  }
}

/**
 * Starts child processes and records them in `registry`, so that the next start can end those which a killed cloud
 * left behind.
 *
 * @param registry path of the record, or `undefined` to keep none
 */
export const createProcesses = (registry: string | undefined): Processes & { killLeftovers(): number } => {
  const running = new Set<ManagedProcess>()

  const killLeftovers = (): number => {
    if (!registry || !existsSync(registry)) return 0
    let killed = 0
    for (const line of readFileSync(registry, 'utf8').split('\n')) {
      const [pid, startTime] = line.split(' ')
      if (!pid || startTime === undefined || startTimeOf(Number(pid)) !== startTime) continue
      killGroup(Number(pid), 'SIGKILL')
      killed++
    }
    rmSync(registry, { force: true })
    return killed
  }

  const record = (pid: number): void => {
    if (registry) appendFileSync(registry, `${pid} ${startTimeOf(pid) ?? ''}\n`)
  }

  const manage = (child: ChildProcess): ManagedProcess => {
    const { promise: exited, resolve } = Promise.withResolvers<ProcessExit>()
    const managed: ManagedProcess = {
      pid: child.pid,
      stdout: child.stdout as Readable,
      stderr: child.stderr as Readable,
      extra: child.stdio.slice(3) as unknown as Array<Readable & Writable>,
      exited,
      kill: (signal = 'SIGKILL') => {
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
          killGroup(child.pid, signal)
        }
      },
      stop: async grace => {
        managed.kill('SIGTERM')
        const timer = setTimeout(() => managed.kill('SIGKILL'), grace)
        await exited
        clearTimeout(timer)
      },
    }
    running.add(managed)
    const end = (exit: ProcessExit): void => {
      running.delete(managed)
      // What the process itself started (workers of a model server) goes with it.
      if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL')
      if (running.size === 0 && registry) writeFileSync(registry, '')
      resolve(exit)
    }
    child.once('error', error => end({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => end({ code, signal }))
    return managed
  }

  return {
    killLeftovers,
    spawn: options => {
      const child = spawn(
        options.command === 'node' ? process.execPath : options.command,
        options.args.slice(),
        {
          cwd: options.cwd,
          env: options.env,
          detached: true,
          stdio: [
            'ignore',
            'pipe',
            'pipe',
            ...Array.from({ length: options.extraPipes ?? 0 }, () => 'pipe' as const),
          ],
        },
      )
      const managed = manage(child)
      if (child.pid !== undefined) record(child.pid)
      return managed
    },
    stopAll: async grace => {
      await Promise.all([...running].map(child => child.stop(grace)))
    },
  }
}
