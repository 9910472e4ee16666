import type { Clock } from '../../../kernel/clock.ts'
import type { Identities } from '../../../kernel/ports.ts'
import type { ManagedProcess, ProcessExit, Processes } from '../../../kernel/processes.ts'
import { launchOf } from '../runtime/launch.ts'
import { whenDrained } from './drained.ts'
import { memoryOf } from './memory.ts'
import { FrameReader, LineReader, type OutputSink } from './output-reader.ts'
import type { FunctionPlan } from './plan.ts'
import { environmentVariables } from './variables.ts'

const MEGABYTE = 1024 * 1024
/** stdin, stdout and stderr come before it. */
const LOG_DESCRIPTOR = 3
/** Peak memory is read again after so many ms: a reading costs as much as a tenth of a small invocation. */
const MEMORY_READING_AGE = 20
/** ms before their expiration at which an environment's credentials count as used up. */
const CREDENTIALS_MARGIN = 5 * 60_000

export interface RuntimeProcessDependencies {
  readonly processes: Processes
  readonly clock: Clock
  readonly identities: Identities
  readonly endpoint: () => string
  /** Has `node_modules` with the SDK that Lambda's runtimes bring. */
  readonly runtimeFolder: string
}

/** What a runtime's process is told by its environment. */
export interface RuntimeProcessOptions {
  /** `host:port` */
  readonly runtimeApi: string
  readonly logStream: string
  /** `host:port` of the X-Ray daemon. */
  readonly daemonAddress: string
  readonly temporaryFolder: string
  readonly onOutput: OutputSink
  /** Called once, when the process has ended and all of its output has been read. Not from within the constructor. */
  readonly onExit: (exit: ProcessExit) => void
}

/** A function's process: its runtime with the handler in it. */
export class RuntimeProcess {
  /** Monotonic. */
  readonly startedAt = performance.now()
  readonly #plan: FunctionPlan
  readonly #clock: Clock
  readonly #process: ManagedProcess | undefined
  readonly #credentialsExpire: number
  #peakMemory = 0
  #peakReadAt = Number.NEGATIVE_INFINITY

  constructor(plan: FunctionPlan, dependencies: RuntimeProcessDependencies, options: RuntimeProcessOptions) {
    this.#plan = plan
    this.#clock = dependencies.clock
    const credentials = dependencies.identities.issue(plan.role, plan.functionName)
    this.#credentialsExpire = Math.max(credentials.expiration, this.#clock.now() + 2 * CREDENTIALS_MARGIN)
    const launch = launchOf(plan, dependencies.runtimeFolder)
    if ('error' in launch) {
      const error = new Error(launch.error)
      setImmediate(() => options.onExit({ code: null, signal: null, error }))
      return
    }
    const process = dependencies.processes.spawn({
      command: launch.command,
      args: launch.args,
      cwd: plan.codeFolder,
      extraPipes: 1,
      env: environmentVariables(
        plan,
        {
          runtimeApi: options.runtimeApi,
          logStream: options.logStream,
          credentials,
          endpoint: dependencies.endpoint(),
          daemonAddress: options.daemonAddress,
          temporaryFolder: options.temporaryFolder,
          runtimeFolder: dependencies.runtimeFolder,
          logDescriptor: LOG_DESCRIPTOR,
          path: globalThis.process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
        },
        launch.variables,
      ),
    })
    this.#process = process
    const streams = [
      [process.stdout, new LineReader(options.onOutput)],
      [process.stderr, new LineReader(options.onOutput)],
      [process.extra[0], new FrameReader(options.onOutput)],
    ] as const
    for (const [stream, reader] of streams) {
      stream?.on('data', (chunk: Buffer) => reader.push(chunk))
      stream?.on('error', () => {})
    }
    void process.exited.then(exit =>
      whenDrained(() => {
        for (const [, reader] of streams) reader.flush()
        options.onExit(exit)
      }),
    )
  }

  /** Whether its credentials last for an invocation that begins so many ms of the cloud's clock from now. */
  lastsFor(milliseconds: number): boolean {
    return this.#clock.now() + milliseconds < this.#credentialsExpire - CREDENTIALS_MARGIN
  }

  /** The most memory that it has held, in MB; up to 20 ms old, and the last known value once it has ended. */
  readMemory(): number {
    const pid = this.#process?.pid
    const now = performance.now()
    if (pid !== undefined && now - this.#peakReadAt > MEMORY_READING_AGE) {
      this.#peakReadAt = now
      this.#peakMemory = memoryOf(pid)?.peak ?? this.#peakMemory
    }
    return Math.ceil(this.#peakMemory / MEGABYTE)
  }

  /** Kills it where it holds more than the function's MemorySize. */
  enforceMemory(): void {
    const limit = this.#plan.memorySize * MEGABYTE
    const pid = this.#process?.pid
    const memory = pid === undefined ? undefined : memoryOf(pid)
    if (!memory || memory.resident <= limit) return
    this.#peakMemory = limit
    this.#peakReadAt = Number.POSITIVE_INFINITY
    this.kill()
  }

  kill(): void {
    this.#process?.kill()
  }
}
