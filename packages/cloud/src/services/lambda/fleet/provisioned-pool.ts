import { Environment } from '../environment/environment.ts'
import type { EnvironmentDependencies, EnvironmentOwner } from '../environment/environment-owner.ts'
import type { FunctionPlan, Invocation } from '../environment/plan.ts'
import type { Starter, StartGate } from './start-gate.ts'

/** Starts that one pool asks for at a time: invocations that need an environment now stand in the same queue. */
const PARALLEL_STARTS = 2
/** One that ends so soon (ms) without having served anything is not replaced at once, or it might never stop. */
const SHORT_LIFE = 1_000
/** ms until the next attempt, doubled each time. */
const FIRST_RETRY_WAIT = 1_000
const MAXIMUM_RETRY_WAIT = 60_000

/** ms of the cloud's clock before an environment's credentials count as used up at which it should be replaced. */
const REPLACED_AHEAD = 2 * 60_000

/** Lambda's reason where an environment did not initialise. */
const INIT_FAILURE = 'FUNCTION_ERROR_INIT_FAILURE'

export interface ProvisionedPoolOptions {
  readonly plan: FunctionPlan
  /** How many environments to keep. */
  readonly size: number
  readonly dependencies: EnvironmentDependencies
  readonly gate: StartGate
  /** Called whenever an environment has become ready, has failed or has ended. */
  readonly onProgress: () => void
  /** Called when a retired pool has served its last invocation. */
  readonly onEmpty: (pool: ProvisionedPool) => void
}

/**
 * A fixed number of environments of one function version, initialised before anything is invoked and started again when
 * they end. What cannot be served at once is not queued here: the caller takes it elsewhere.
 */
export class ProvisionedPool implements EnvironmentOwner, Starter {
  readonly #options: ProvisionedPoolOptions
  readonly #all = new Set<Environment>()
  /** Initialised, with the time of it (real, ms). */
  readonly #ready = new Map<Environment, number>()
  readonly #idle: Environment[] = []
  /** Environments that initialise and hold a place of the gate. */
  readonly #starting = new Set<Environment>()
  /** Have served an invocation. */
  readonly #used = new WeakSet<Environment>()
  /** Ended by us, not by themselves. */
  readonly #released = new WeakSet<Environment>()
  #size: number
  /** Starts asked of the gate and not yet granted. */
  #requested = 0
  #failure: string | undefined
  /** Starts in a row that came to nothing. */
  #failures = 0
  #wasComplete = false
  #retryTimer: NodeJS.Timeout | undefined
  #retired = false

  constructor(options: ProvisionedPoolOptions) {
    this.#options = options
    this.#size = options.size
    this.#fill()
  }

  get environments(): ReadonlySet<Environment> {
    return this.#all
  }

  /** Environments that have initialised, busy ones included. */
  get available(): number {
    return Math.min(this.#ready.size, this.#size)
  }

  /** Environments that serve an invocation. */
  get busy(): number {
    return this.#ready.size - this.#idle.length
  }

  /** Why environments are missing, where an attempt to start one has failed. */
  get failure(): string | undefined {
    return this.#ready.size >= this.#size ? undefined : this.#failure
  }

  /** Whether an invocation would be served at once. */
  get hasIdle(): boolean {
    for (let last = this.#idle.at(-1); last; last = this.#idle.at(-1)) {
      if (last.isFresh) return true
      this.#release(last)
    }
    return false
  }

  /** Idle environments whose credentials are soon used up. */
  get stale(): Environment[] {
    return this.#idle.filter(environment => !environment.lastsFor(REPLACED_AHEAD))
  }

  /** Ends an idle environment; another one takes its place. */
  replace(environment: Environment): void {
    if (this.#idle.includes(environment)) this.#release(environment)
  }

  /** Only where {@link hasIdle}. */
  dispatch(invocation: Invocation): void {
    const environment = this.#idle.pop()
    if (!environment) {
      invocation.dropped()
      return
    }
    this.#used.add(environment)
    environment.invoke(invocation)
  }

  /** Keeps another number from now on, and tries again what has failed. */
  resize(size: number): void {
    this.#size = size
    this.#failure = undefined
    this.#failures = 0
    this.#wasComplete = false
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    for (const environment of this.#idle.slice(0, Math.max(0, this.#all.size - size))) {
      this.#release(environment)
    }
    this.#fill()
    this.#progressed()
  }

  /** Ends all, busy ones after their invocation. */
  retire(): void {
    this.#stop()
    for (const environment of [...this.#all]) {
      if (!this.#ready.has(environment) || this.#idle.includes(environment)) this.#release(environment)
    }
    this.#checkEmpty()
  }

  /** Ends all; invocations in progress are dropped. */
  destroy(): void {
    this.#stop()
    for (const environment of [...this.#all]) this.#release(environment)
    this.#checkEmpty()
  }

  startGranted(): boolean {
    this.#requested--
    if (!this.#mayStart || this.#all.size >= this.#size) return false
    const environment = new Environment(this.#options.plan, this.#options.dependencies, this)
    this.#all.add(environment)
    this.#starting.add(environment)
    void environment.start().catch((reason: unknown) => {
      // The machine refuses ports or files.
      this.#failure = `The environment could not be started: ${reason instanceof Error ? reason.message : String(reason)}`
      environment.end()
    })
    return true
  }

  onInitialised(environment: Environment): void {
    if (this.#starting.delete(environment)) this.#options.gate.initialised()
  }

  onIdle(environment: Environment): void {
    if (!this.#ready.has(environment)) {
      this.#ready.set(environment, performance.now())
      // An allocation that has failed from the beginning stays so, whatever becomes of the rest of it.
      if (this.#wasComplete) this.#failure = undefined
    }
    if (this.#retired || this.#all.size > this.#size) {
      this.#release(environment)
      return
    }
    this.#idle.push(environment)
    this.#fill()
    this.#progressed()
  }

  onInitFailed(environment: Environment): void {
    this.#failure = INIT_FAILURE
    environment.end()
  }

  onEnded(environment: Environment): void {
    const readyAt = this.#ready.get(environment)
    this.#all.delete(environment)
    this.#ready.delete(environment)
    const index = this.#idle.indexOf(environment)
    if (index !== -1) this.#idle.splice(index, 1)
    const lifetime = readyAt === undefined ? 0 : performance.now() - readyAt
    if (!this.#released.has(environment)) {
      if (lifetime < SHORT_LIFE && !this.#used.has(environment)) this.#retryLater()
      else this.#failures = 0
    }
    if (this.#starting.delete(environment)) this.#options.gate.initialised()
    this.#options.gate.ended()
    this.#fill()
    this.#progressed()
    this.#checkEmpty()
  }

  get #mayStart(): boolean {
    return !this.#retired && this.#retryTimer === undefined && (this.#wasComplete || !this.#failure)
  }

  #fill(): void {
    while (
      this.#mayStart &&
      this.#requested + this.#starting.size < PARALLEL_STARTS &&
      this.#all.size + this.#requested < this.#size
    ) {
      this.#requested++
      this.#options.gate.request(this)
    }
  }

  /** An allocation that has failed from the beginning rests until it is asked for again; one that stood is restored. */
  #retryLater(): void {
    if (this.#retired || this.#retryTimer || (this.#failure !== undefined && !this.#wasComplete)) return
    const wait = Math.min(FIRST_RETRY_WAIT * 2 ** this.#failures++, MAXIMUM_RETRY_WAIT)
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined
      this.#fill()
    }, wait).unref()
  }

  #progressed(): void {
    if (this.#ready.size >= this.#size) this.#wasComplete = true
    if (!this.#retired) this.#options.onProgress()
  }

  #release(environment: Environment): void {
    this.#released.add(environment)
    environment.end()
  }

  #stop(): void {
    this.#retired = true
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
  }

  #checkEmpty(): void {
    if (this.#retired && this.#all.size === 0) this.#options.onEmpty(this)
  }
}
