import { availableParallelism, totalmem } from 'node:os'
import type { Environment, EnvironmentDependencies } from '../environment/environment.ts'
import type { FunctionPlan } from '../environment/plan.ts'
import { ACCOUNT_CONCURRENCY, IDLE_LIMIT } from '../limits.ts'
import { Pool } from './pool.ts'
import { createSpareProcessorTime } from './spare-processor-time.ts'
import { StartGate } from './start-gate.ts'

/** Processes that start at the same time, for each core. */
const STARTING_PER_CORE = 2
/** The share of this machine's memory that environments may fill, and what a small one takes in bytes. */
const MEMORY_SHARE = 0.6
const SMALL_ENVIRONMENT = 64 * 1024 * 1024
const MINIMUM_CAPACITY = 8
/** ms of real time between two looks at memory and idle time. */
const MEMORY_INTERVAL = 250
const IDLE_INTERVAL = 15_000

/** How many environments this machine holds; further invocations wait for a free one. */
export const capacityOf = (memory: number): number =>
  Math.max(
    MINIMUM_CAPACITY,
    Math.min(ACCOUNT_CONCURRENCY, Math.floor((memory * MEMORY_SHARE) / SMALL_ENVIRONMENT)),
  )

/** All environments of all functions. */
export class Fleet {
  readonly #dependencies: EnvironmentDependencies
  readonly #pools = new Set<Pool>()
  readonly #gate: StartGate
  readonly #hasSpareTime = createSpareProcessorTime()
  #memoryTimer: NodeJS.Timeout | undefined
  #idleTimer: NodeJS.Timeout | undefined

  constructor(dependencies: EnvironmentDependencies, capacity = capacityOf(totalmem())) {
    this.#dependencies = dependencies
    this.#gate = new StartGate(availableParallelism() * STARTING_PER_CORE, capacity, () => this.#evict())
  }

  /** A pool for a plan; the caller retires the one before it. */
  createPool(plan: FunctionPlan): Pool {
    const pool = new Pool(plan, this.#dependencies, this.#gate, this.#hasSpareTime, empty =>
      this.#pools.delete(empty),
    )
    this.#pools.add(pool)
    this.#memoryTimer ??= setInterval(() => this.#enforceMemory(), MEMORY_INTERVAL).unref()
    this.#idleTimer ??= setInterval(() => this.expireIdle(Date.now() - IDLE_LIMIT), IDLE_INTERVAL).unref()
    return pool
  }

  /** Ends environments that have been idle since before `time` (real time, ms since the epoch). */
  expireIdle(time: number): void {
    for (const pool of this.#pools) pool.expire(time)
  }

  /** Kills everything; invocations in progress are dropped. */
  destroy(): void {
    clearInterval(this.#memoryTimer)
    clearInterval(this.#idleTimer)
    this.#memoryTimer = undefined
    this.#idleTimer = undefined
    for (const pool of [...this.#pools]) pool.destroy()
    this.#pools.clear()
  }

  #enforceMemory(): void {
    for (const pool of this.#pools) for (const environment of pool.environments) environment.enforceMemory()
  }

  #evict(): boolean {
    let oldest: Environment | undefined
    for (const { oldestIdle } of this.#pools) {
      if (oldestIdle && (!oldest || oldestIdle.idleSince < oldest.idleSince)) oldest = oldestIdle
    }
    oldest?.end()
    return oldest !== undefined
  }
}
