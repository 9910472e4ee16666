import { Environment } from '../environment/environment.ts'
import type { EnvironmentDependencies, EnvironmentOwner } from '../environment/environment-owner.ts'
import type { FunctionPlan, Invocation } from '../environment/plan.ts'
import type { Starter, StartGate } from './start-gate.ts'

/** ms that an invocation waits for a busy environment before another one is asked for: less than any start takes. */
const REUSE_WAIT = 20
/** ms between two starts while this machine has no processor time to spare. */
const SPARE_WAIT = 1_000

/**
 * The environments of one function version, and the invocations that wait for one. The environment that was used last
 * is used first, so that the others can expire; where none is idle a new one is asked for, and an invocation takes
 * whichever is free first. Once some serve, more are started only where the machine can run them.
 */
export class Pool implements EnvironmentOwner, Starter {
  readonly plan: FunctionPlan
  readonly #dependencies: EnvironmentDependencies
  readonly #gate: StartGate
  readonly #hasSpareTime: () => boolean
  readonly #onEmpty: (pool: Pool) => void
  readonly #all = new Set<Environment>()
  readonly #idle: Environment[] = []
  readonly #waiting: Invocation[] = []
  /** Environments that initialise and hold a place of the gate. */
  readonly #starting = new Set<Environment>()
  /** Starts asked of the gate and not yet granted. */
  #requested = 0
  #lastStart = 0
  #startTimer: NodeJS.Timeout | undefined
  #retired = false

  /**
   * @param hasSpareTime whether this machine has processor time for one more process
   * @param onEmpty called when a retired pool has served its last invocation
   */
  constructor(
    plan: FunctionPlan,
    dependencies: EnvironmentDependencies,
    gate: StartGate,
    hasSpareTime: () => boolean,
    onEmpty: (pool: Pool) => void,
  ) {
    this.plan = plan
    this.#dependencies = dependencies
    this.#gate = gate
    this.#hasSpareTime = hasSpareTime
    this.#onEmpty = onEmpty
  }

  get environments(): ReadonlySet<Environment> {
    return this.#all
  }

  dispatch(invocation: Invocation): void {
    for (let environment = this.#idle.pop(); environment; environment = this.#idle.pop()) {
      if (environment.isFresh) {
        environment.invoke(invocation)
        return
      }
      environment.end()
    }
    this.#waiting.push(invocation)
    if (this.#serving === 0) this.#requestStarts()
    else this.#requestStartsLater()
  }

  /** No new invocations will come; what waits is served, then all ends. */
  retire(): void {
    this.#retired = true
    while (this.#idle.length > 0) this.#idle.pop()?.end()
    this.#checkEmpty()
  }

  /** Drops what waits and kills what runs. */
  destroy(): void {
    this.#retired = true
    clearTimeout(this.#startTimer)
    for (const invocation of this.#waiting.splice(0)) invocation.dropped()
    for (const environment of [...this.#all]) environment.end()
    this.#checkEmpty()
  }

  /** Ends environments that have been idle since before `time`. */
  expire(time: number): void {
    for (const environment of this.#idle.filter(candidate => candidate.idleSince < time)) environment.end()
  }

  /** The idle environment that was used longest ago. */
  get oldestIdle(): Environment | undefined {
    return this.#idle[0]
  }

  startGranted(): boolean {
    this.#requested--
    if (this.#waiting.length <= this.#starting.size + this.#countDraining()) return false
    if (!this.#mayStart()) {
      this.#requestStartsLater()
      return false
    }
    this.#lastStart = performance.now()
    const environment = new Environment(this.plan, this.#dependencies, this)
    this.#all.add(environment)
    this.#starting.add(environment)
    void environment.start().catch((reason: unknown) => {
      // The machine refuses ports or files: failing the invocation is better than trying for ever.
      this.#waiting.shift()?.dropped(reason)
      environment.end()
    })
    return true
  }

  onInitialised(environment: Environment): void {
    if (this.#starting.delete(environment)) this.#gate.initialised()
  }

  onIdle(environment: Environment): void {
    const invocation = this.#waiting.shift()
    if (invocation) environment.invoke(invocation)
    else if (this.#retired) environment.end()
    else this.#idle.push(environment)
  }

  onInitFailed(environment: Environment): void {
    const invocation = this.#waiting.shift()
    if (invocation) environment.retry(invocation)
    else environment.end()
  }

  onEnded(environment: Environment): void {
    this.#all.delete(environment)
    const index = this.#idle.indexOf(environment)
    if (index !== -1) this.#idle.splice(index, 1)
    if (this.#starting.delete(environment)) this.#gate.initialised()
    this.#gate.ended()
    this.#requestStarts()
    this.#checkEmpty()
  }

  /** Environments that will be free within a turn of the event loop. */
  #countDraining(): number {
    let count = 0
    for (const environment of this.#all) if (environment.state === 'draining') count++
    return count
  }

  /** Environments that have initialised. */
  get #serving(): number {
    return this.#all.size - this.#starting.size
  }

  #mayStart(): boolean {
    return this.#serving === 0 || this.#hasSpareTime() || performance.now() - this.#lastStart >= SPARE_WAIT
  }

  #requestStartsLater(): void {
    this.#startTimer ??= setTimeout(() => {
      this.#startTimer = undefined
      if (this.#waiting.length === 0) return
      if (this.#mayStart()) this.#requestStarts()
      else this.#requestStartsLater()
    }, REUSE_WAIT)
  }

  #requestStarts(): void {
    const coming = this.#starting.size + this.#requested + this.#countDraining()
    for (let missing = this.#waiting.length - coming; missing > 0; missing--) {
      this.#requested++
      this.#gate.request(this)
    }
  }

  #checkEmpty(): void {
    if (this.#retired && this.#all.size === 0 && this.#waiting.length === 0) this.#onEmpty(this)
  }
}
