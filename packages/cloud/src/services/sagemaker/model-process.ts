import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ManagedProcess, ProcessExit, Processes } from '../../kernel/processes.ts'
import { ContainerClient, ContainerFailure } from './container-client.ts'
import { ownsPort, portTaken, promisePort, releasePort } from './container-port.ts'
import { LineSplitter } from './log-lines.ts'

/** A container has this long to answer `GET /ping`, in ms. */
export const PING_TIMEOUT = 2_000
/** Of the answer to a ping, which should be empty. */
const PING_BODY_LIMIT = 64 * 1024
/** Pause between the pings of a container that starts, in ms: short at first, so that quick models are in service quickly. */
const FIRST_PAUSE = 25
const LONGEST_PAUSE = 1_000
const PAUSE_GROWTH = 1.2
/** How many lines of the process are kept for a failure's message. */
const TAIL_LINES = 6
/** How long after the process's end its last lines may still arrive, in ms. */
const LAST_LINES = 500
/** Another program can take the port that we chose before the container binds it; then another port is tried. */
const PORT_ATTEMPTS = 3

/** How to run a container, all of it resolved. */
export interface ContainerLaunch {
  readonly command: readonly string[]
  /** Absolute. */
  readonly directory: string
  /** Without `PATH` and the port, which are added. */
  readonly environment: Readonly<Record<string, string>>
}

export interface ModelProcessOptions {
  readonly processes: Processes
  readonly launch: ContainerLaunch
  /** ms of real time until the first healthy ping. */
  readonly startupTimeout: number
  /** Receives what the process prints, in order. */
  readonly onLines: (lines: readonly string[]) => void
  /** Ends the start. */
  readonly signal: AbortSignal
}

/** Why a container did not become healthy, as the end of a sentence about it. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure' as const
}

/** What a ping found: 200 is healthy, another status says that it is not, 0 that nothing answered in time. */
export type PingStatus = number

/** A container's process that has answered its first ping. */
export interface ModelProcess {
  readonly pid: number | undefined
  readonly client: ContainerClient
  /** Resolves as soon as the process has ended; never rejects. */
  readonly exited: Promise<ProcessExit>
  ping(): Promise<PingStatus>
  kill(): void
  /** SIGTERM, then SIGKILL after `grace` ms. */
  stop(grace: number): Promise<void>
}

const pingOf = async (client: ContainerClient): Promise<PingStatus> => {
  try {
    const answer = await client.send({
      method: 'GET',
      path: '/ping',
      timeout: PING_TIMEOUT,
      limit: PING_BODY_LIMIT,
    })
    return answer.status
  } catch (error) {
    if (error instanceof ContainerFailure) return 0
    throw error
  }
}

/** The last lines of a process, those of stderr where there are any. */
class Tail {
  readonly #lines = { stdout: [] as string[], stderr: [] as string[] }

  add(stream: 'stdout' | 'stderr', lines: readonly string[]): void {
    const kept = this.#lines[stream]
    kept.push(...lines.filter(line => line.trim() !== ''))
    kept.splice(0, kept.length - TAIL_LINES)
  }

  toString(): string {
    const { stdout, stderr } = this.#lines
    const lines = stderr.length > 0 ? stderr : stdout
    return lines.length === 0
      ? 'It printed nothing'
      : `Its last lines: ${lines.map(line => line.trim()).join(' | ')}`
  }
}

const follow = (
  managed: ManagedProcess,
  tail: Tail,
  onLines: ModelProcessOptions['onLines'],
): Promise<unknown> =>
  Promise.all(
    (['stdout', 'stderr'] as const).map(stream => {
      const splitter = new LineSplitter()
      const emit = (lines: string[]): void => {
        if (lines.length === 0) return
        tail.add(stream, lines)
        onLines(lines)
      }
      managed[stream].on('data', (chunk: Buffer) => emit(splitter.push(chunk)))
      const closed = once(managed[stream], 'close').catch(() => undefined)
      return closed.then(() => emit(splitter.end()))
    }),
  )

const describeExit = (exit: ProcessExit, seconds: string): string => {
  if (exit.error) return `The command could not be started: ${exit.error.message}`
  const how = exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`
  return `The process ${how} after ${seconds} s`
}

const describePing = (status: PingStatus): string =>
  status === 0 ? `gave no answer within ${PING_TIMEOUT / 1000} s` : `answered ${status} instead of 200`

const startOn = async (port: number, options: ModelProcessOptions): Promise<ModelProcess | 'port taken'> => {
  const { launch, processes, signal } = options
  const [command = '', ...args] = launch.command
  const began = performance.now()
  const managed = processes.spawn({
    command,
    args,
    cwd: launch.directory,
    env: {
      PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
      ...launch.environment,
      SAGEMAKER_BIND_TO_PORT: String(port),
    },
  })
  const tail = new Tail()
  const printed = follow(managed, tail, options.onLines)
  const client = new ContainerClient(port)
  let exit: ProcessExit | undefined
  const exited = managed.exited.then(end => {
    exit = end
    client.close()
    return end
  })
  const allPrinted = async (): Promise<void> => {
    await exited
    await Promise.race([printed, sleep(LAST_LINES, undefined, { ref: false })])
  }
  const stopped = new AbortController()
  const wake = (): void => stopped.abort()
  void managed.exited.then(wake)
  signal.addEventListener('abort', wake, { once: true })

  let pause = FIRST_PAUSE
  let status: PingStatus = 0
  try {
    while (!signal.aborted && exit === undefined) {
      status = await pingOf(client)
      const pid = managed.pid
      if (status === 200 && exit === undefined && pid !== undefined) {
        if (await ownsPort(pid, port)) {
          return {
            pid,
            client,
            exited,
            ping: () => pingOf(client),
            kill: () => managed.kill(),
            stop: grace => managed.stop(grace),
          }
        }
        if (await portTaken(port)) {
          managed.kill()
          await exited
          return 'port taken'
        }
      }
      if (performance.now() - began > options.startupTimeout) break
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => undefined)
      pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE)
    }
  } finally {
    signal.removeEventListener('abort', wake)
  }
  if (signal.aborted) {
    managed.kill()
    await exited
    throw new StartFailure('It was stopped while it started')
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (exit === undefined) {
    managed.kill()
    await allPrinted()
    throw new StartFailure(`GET /ping ${describePing(status)} for ${seconds} s. ${tail}`)
  }
  await allPrinted()
  if (!exit.error && (await portTaken(port))) return 'port taken'
  throw new StartFailure(`${describeExit(exit, seconds)}. ${tail}`)
}

/**
 * Starts a container and waits until it is healthy: `GET /ping` answers 200 on the port of `SAGEMAKER_BIND_TO_PORT`.
 *
 * @throws StartFailure when it exits, or is not healthy in time; its process is gone then
 */
export const startModelProcess = async (options: ModelProcessOptions): Promise<ModelProcess> => {
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = await promisePort()
    try {
      const started = await startOn(port, options)
      if (started !== 'port taken') return started
    } finally {
      releasePort(port)
    }
  }
  throw new StartFailure(
    `Other programs took ${PORT_ATTEMPTS} ports in a row that the container should listen on`,
  )
}
