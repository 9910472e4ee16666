import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hex } from '../../../kernel/ids.ts'
import type { ProcessExit } from '../../../kernel/processes.ts'
import { INIT_LIMIT, MAXIMUM_TIMEOUT, PROVISIONED_INIT_LIMIT } from '../limits.ts'
import { type RuntimeAnswer, RuntimeApi, type RuntimeApiHandler } from '../runtime-api/server.ts'
import { whenDrained } from './drained.ts'
import type { EnvironmentDependencies, EnvironmentOwner } from './environment-owner.ts'
import {
  entrypointFailure,
  exitFailure,
  type FunctionFailure,
  reportedFailure,
  timeoutFailure,
  tooLargeFailure,
} from './failure.ts'
import type { FunctionPlan, Invocation, InvocationOutcome } from './plan.ts'
import { PlatformLog } from './platform-log.ts'
import { RuntimeProcess } from './runtime-process.ts'

/**
 * - `starting`: a process initialises, the second time with an invocation waiting
 * - `failed`: the first initialisation failed
 * - `invoking`: from the event's dispatch until the runtime asks for the next
 * - `draining`: the rest of the log is read
 */
type State = 'created' | 'starting' | 'failed' | 'idle' | 'invoking' | 'draining' | 'ended'

/** ms that the first initialisation may take. */
const initLimitOf = ({ initializationType, timeout }: FunctionPlan): number =>
  initializationType === 'on-demand'
    ? INIT_LIMIT
    : Math.min(Math.max(PROVISIONED_INIT_LIMIT, timeout), MAXIMUM_TIMEOUT * 1000)

/** One execution environment: a process that serves the invocations of a function version one after the other. */
export class Environment implements RuntimeApiHandler {
  /** When it became idle. Real time, ms. */
  idleSince = 0
  readonly #plan: FunctionPlan
  readonly #dependencies: EnvironmentDependencies
  readonly #owner: EnvironmentOwner
  readonly #api = new RuntimeApi(this)
  readonly #log: PlatformLog
  readonly #temporaryFolder: string
  #state: State = 'created'
  #process: RuntimeProcess | undefined
  #port = 0
  #daemonAddress = ''
  #phase: 'init' | 'invoke' = 'init'
  /** Why the process is about to end, where that is known before it does. */
  #failure: FunctionFailure | undefined
  #timedOut = false
  #init: { readonly startedAt: number; readonly duration: number } | undefined
  #invocation: Invocation | undefined
  #invokedAt = 0
  #invokedTime = 0
  #answer: InvocationOutcome | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(plan: FunctionPlan, dependencies: EnvironmentDependencies, owner: EnvironmentOwner) {
    this.#plan = plan
    this.#dependencies = dependencies
    this.#owner = owner
    const id = hex(32)
    this.#log = new PlatformLog(plan, id, dependencies)
    this.#temporaryFolder = join(dependencies.temporaryFolder, id)
  }

  get state(): State {
    return this.#state
  }

  get #isProvisioned(): boolean {
    return this.#plan.initializationType === 'provisioned-concurrency'
  }

  /** Whether its credentials last for another invocation. */
  get isFresh(): boolean {
    return this.lastsFor(0)
  }

  /** Whether they do for invocations that begin within so many ms of the cloud's clock. */
  lastsFor(milliseconds: number): boolean {
    return this.#process?.lastsFor(milliseconds) ?? false
  }

  /** Starts the process; the owner hears of the end. */
  async start(): Promise<void> {
    this.#state = 'starting'
    mkdirSync(this.#temporaryFolder, { recursive: true })
    const [port, daemonAddress] = await Promise.all([
      this.#api.listen(),
      this.#dependencies.daemonAddress(this.#plan.scope),
    ])
    this.#port = port
    this.#daemonAddress = daemonAddress
    if (this.#state !== 'starting') return
    this.#log.initStart()
    this.#spawn('init')
  }

  /** Runs an invocation. The environment must be idle. */
  invoke(invocation: Invocation): void {
    this.#state = 'invoking'
    this.#begin(invocation)
    this.#send(invocation)
  }

  /** Initialises once more, as part of an invocation and under its timeout. Only after `onInitFailed`. */
  retry(invocation: Invocation): void {
    this.#state = 'starting'
    this.#begin(invocation)
    this.#spawn('invoke')
  }

  /** Kills the process where it holds more memory than the function is given. */
  enforceMemory(): void {
    if (this.#state === 'invoking') this.#process?.enforceMemory()
  }

  /** Ends process, port and /tmp. An invocation in progress is dropped. Idempotent. */
  end(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    clearTimeout(this.#timer)
    this.#process?.kill()
    this.#api.close()
    this.#log.flush()
    void rm(this.#temporaryFolder, { recursive: true, force: true }).catch(() => {})
    const invocation = this.#invocation
    this.#invocation = undefined
    if (invocation && !this.#answer) invocation.dropped()
    else if (invocation && this.#answer) {
      if (invocation.wantsTail) invocation.done(this.#answer)
      invocation.observer?.ended()
      invocation.ended()
    }
    this.#owner.onEnded(this)
  }

  onNext(): 'waiting' | 'invalid-state' {
    if (this.#state === 'starting') {
      this.#initialised()
      return 'waiting'
    }
    if (this.#state !== 'invoking' || !this.#answer) return 'invalid-state'
    clearTimeout(this.#timer)
    this.#state = 'draining'
    whenDrained(() => {
      if (this.#state !== 'draining') return
      this.#report()
      this.#idle()
    })
    return 'waiting'
  }

  onResponse(requestId: string, body: Buffer, tooLarge: boolean): RuntimeAnswer {
    const refusal = this.#refusal(requestId)
    if (refusal) return refusal
    this.#answered(body, tooLarge ? tooLargeFailure() : undefined)
    return tooLarge ? 'too-large' : 'accepted'
  }

  onError(requestId: string, errorType: string | undefined, body: Buffer): RuntimeAnswer {
    const refusal = this.#refusal(requestId)
    if (refusal) return refusal
    const failure = reportedFailure(errorType, body)
    this.#answered(failure.payload, failure)
    return 'accepted'
  }

  onInitError(errorType: string | undefined, body: Buffer): RuntimeAnswer {
    if (this.#state !== 'starting' || this.#failure) return 'invalid-state'
    this.#failure = reportedFailure(errorType, body)
    this.#process?.readMemory()
    return 'accepted'
  }

  onLost(): void {
    // A runtime that has hung up will not see the next event: no invocation may meet it.
    if (this.#state === 'idle') this.end()
    else if (this.#state === 'draining') this.#process?.kill()
  }

  #spawn(phase: 'init' | 'invoke'): void {
    this.#phase = phase
    this.#failure = undefined
    this.#timedOut = false
    const process = new RuntimeProcess(this.#plan, this.#dependencies, {
      runtimeApi: `127.0.0.1:${this.#port}`,
      logStream: this.#log.stream,
      daemonAddress: this.#daemonAddress,
      temporaryFolder: this.#temporaryFolder,
      onOutput: message => this.#log.addOutput(message),
      onExit: exit => {
        if (this.#process === process) this.#exited(exit, process)
      },
    })
    this.#process = process
    if (phase === 'init') this.#startTimer(initLimitOf(this.#plan))
  }

  #startTimer(limit: number): void {
    this.#timer = setTimeout(() => {
      this.#timedOut = true
      this.#process?.readMemory()
      this.#process?.kill()
    }, limit)
  }

  #initialised(): void {
    this.#owner.onInitialised(this)
    // So that REPORT knows a value even if the first invocation kills the process.
    this.#process?.readMemory()
    if (this.#phase === 'invoke' && this.#invocation) {
      this.#state = 'invoking'
      const invocation = this.#invocation
      // The connection's `next` is registered once this call has returned.
      queueMicrotask(() => this.#send(invocation))
      return
    }
    clearTimeout(this.#timer)
    if (this.#process) {
      const { startedAt } = this.#process
      this.#init = { startedAt, duration: performance.now() - startedAt }
    }
    this.#state = 'draining'
    whenDrained(() => {
      if (this.#state !== 'draining') return
      if (this.#isProvisioned && this.#init) {
        this.#log.initReport(this.#init.duration, 'init', 'success')
        // The first invocation may be long in coming.
        this.#log.flush()
      }
      this.#idle()
    })
  }

  #idle(): void {
    this.#state = 'idle'
    this.idleSince = Date.now()
    this.#owner.onIdle(this)
  }

  #begin(invocation: Invocation): void {
    this.#invocation = invocation
    this.#answer = undefined
    this.#invokedAt = performance.now()
    this.#invokedTime = Date.now()
    this.#startTimer(this.#plan.timeout)
    if (invocation.wantsTail) this.#log.startTail()
  }

  #send(invocation: Invocation): void {
    this.#log.start(invocation)
    this.#api.send({
      requestId: invocation.requestId,
      deadline: this.#invokedTime + this.#plan.timeout,
      invokedFunctionArn: invocation.invokedFunctionArn,
      traceHeader: invocation.traceHeader,
      clientContext: invocation.clientContext,
      payload: invocation.payload,
    })
  }

  #refusal(requestId: string): RuntimeAnswer | undefined {
    if (this.#state !== 'invoking' || this.#answer) return 'invalid-state'
    return this.#invocation?.requestId === requestId ? undefined : 'invalid-request-id'
  }

  /** The function has answered. The caller gets it at once, unless he wants the log with it. */
  #answered(payload: Uint8Array, failure: FunctionFailure | undefined): void {
    const invocation = this.#invocation
    if (!invocation) return
    this.#answer = this.#outcome(failure?.payload ?? payload, failure?.errorType)
    invocation.observer?.answered(this.#answer)
    if (!invocation.wantsTail) invocation.done(this.#answer)
  }

  #outcome(payload: Uint8Array, errorType: string | undefined): InvocationOutcome {
    return {
      payload,
      errorType,
      duration: this.#timedOut ? this.#plan.timeout : performance.now() - this.#invokedAt,
      startedAt: this.#invokedAt,
      // An environment that was ready before the invocation came has kept nobody waiting.
      init: this.#isProvisioned ? undefined : this.#init,
      logTail: undefined,
    }
  }

  /**
   * Writes END and REPORT of the answered invocation, and gives the answer to who waits for the log.
   *
   * @param platformError what REPORT names as the runtime's failure; a handler that merely throws is none
   */
  #report(platformError?: string): void {
    const invocation = this.#invocation
    const outcome = this.#answer
    if (!invocation || !outcome) return
    this.#log.report(invocation, {
      durationMs: outcome.duration,
      memorySizeMB: this.#plan.memorySize,
      maxMemoryUsedMB: this.#process?.readMemory() ?? 0,
      initDurationMs: this.#init?.duration,
      status: this.#timedOut ? 'timeout' : platformError === undefined ? 'success' : 'error',
      errorType: this.#timedOut ? undefined : platformError,
    })
    this.#init = undefined
    this.#invocation = undefined
    const logTail = this.#log.takeTail()
    this.#log.flush()
    if (invocation.wantsTail) invocation.done({ ...outcome, logTail })
    invocation.observer?.ended()
    invocation.ended()
  }

  #exited(exit: ProcessExit, process: RuntimeProcess): void {
    if (this.#state === 'starting') this.#initFailed(exit, process)
    else if (this.#state === 'invoking' || this.#state === 'draining') {
      const requestId = this.#invocation?.requestId ?? ''
      const failure = this.#exitFailure(requestId, exit)
      if (this.#answer && failure.logLine !== undefined) this.#log.add(failure.logLine)
      else this.#fail(failure)
      this.#report(failure.errorType)
      this.end()
    } else this.end()
  }

  #exitFailure(requestId: string, exit: ProcessExit): FunctionFailure {
    if (this.#timedOut) return timeoutFailure(requestId, this.#plan.timeout, this.#log.now())
    if (exit.error) return entrypointFailure(requestId, exit.error.message)
    return this.#failure ?? exitFailure(requestId, exit.code, exit.signal)
  }

  #fail(failure: FunctionFailure): void {
    if (failure.logLine !== undefined) this.#log.add(failure.logLine)
    this.#answered(failure.payload, failure)
  }

  #initFailed(exit: ProcessExit, process: RuntimeProcess): void {
    if (this.#state !== 'starting') return
    const invocation = this.#invocation
    const failure = this.#exitFailure(invocation?.requestId ?? '', exit)
    this.#api.disconnect()
    this.#log.initReport(
      performance.now() - process.startedAt,
      this.#phase,
      this.#timedOut ? 'timeout' : 'error',
      this.#timedOut ? undefined : failure.errorType,
    )
    if (this.#phase === 'init' || !invocation) {
      clearTimeout(this.#timer)
      this.#state = 'failed'
      this.#process = undefined
      this.#log.flush()
      this.#owner.onInitFailed(this)
      return
    }
    this.#state = 'invoking'
    this.#log.start(invocation)
    this.#fail(failure)
    this.#report(failure.errorType)
    this.end()
  }
}
