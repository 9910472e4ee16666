import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const APP = dirname(import.meta.dirname)
const SONDE = join(APP, '..', '..', 'packages', 'cli', 'bin', 'sonde.mjs')
const START_TIMEOUT = 120_000

/** `sonde up` on this app, as a user has it in a terminal. */
export interface RunningApp {
  readonly endpoint: string
  /** Of `POST /predictions`. */
  readonly url: string
  readonly output: () => string
  /** Process ids of functions or model servers, by a part of their command line. */
  children(commandPart: string): number[]
  /** Signals the cloud itself and waits for its end. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

/** Whether a process lives; a zombie does not. */
export const isRunning = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const childrenOf = (parent: number, commandPart: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => parentOf(pid) === parent && commandLine(pid).includes(commandPart))

/** Runs the command until it prints its ready line, or to its end where it never does. */
export const runSonde = (words: readonly string[]): { child: ChildProcess; output: () => string } => {
  const child = spawn(process.execPath, [SONDE, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  return { child, output: () => output }
}

export const startApp = async (state: string): Promise<RunningApp> => {
  const { child, output } = runSonde(['up', APP, '--port', '0', '--daemon-port', '0', '--state', state])
  const ready = async (): Promise<RegExpExecArray> => {
    const deadline = Date.now() + START_TIMEOUT
    for (;;) {
      const match = /sonde ready in .*?AWS (\S+)\s.*?predictions (\S+)/s.exec(output())
      if (match) return match
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`sonde up failed:\n${output()}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const [, endpoint = '', url = ''] = await ready()
  return {
    endpoint,
    url,
    output,
    children: part => childrenOf(child.pid as number, part),
    end: async signal => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      const [code] = await exited
      return code as number | null
    },
  }
}
