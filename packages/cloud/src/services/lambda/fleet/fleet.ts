import { availableParallelism, totalmem } from 'node:os'
import type { Environment } from '../environment/environment.ts'
import type { EnvironmentDependencies } from '../environment/environment-owner.ts'
import type { FunctionPlan } from '../environment/plan.ts'
import { ACCOUNT_CONCURRENCY, IDLE_LIMIT } from '../limits.ts'
import { Pool } from './pool.ts'
import { ProvisionedPool } from './provisioned-pool.ts'
import { createSpareProcessorTime } from './spare-processor-time.ts'
import { StartGate } from './start-gate.ts'

/** Processes that start at the same time, for each core. */
const STARTING_PER_CORE = 2
/** The share of this machine's memory that environments may fill, and what a small one takes in bytes. */
const MEMORY_SHARE = 0.6
const SMALL_ENVIRONMENT = 64 * 1024 * 1024
const MINIMUM_CAPACITY = 8
/** The share of its places that provisioned concurrency may take for good: the others serve all else. */
const PROVISIONED_SHARE = 0.75
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
  readonly #provisioned = new Set<ProvisionedPool>()
  readonly #gate: StartGate
  readonly #hasSpareTime = createSpareProcessorTime()
  #memoryTimer: NodeJS.Timeout | undefined
  #idleTimer: NodeJS.Timeout | undefined

  /** How many environments this machine can keep initialised, of all functions together. */
  readonly provisionedCapacity: number

  constructor(dependencies: EnvironmentDependencies, capacity = capacityOf(totalmem())) {
    this.#dependencies = dependencies
    this.provisionedCapacity = Math.floor(capacity * PROVISIONED_SHARE)
    this.#gate = new StartGate(availableParallelism() * STARTING_PER_CORE, capacity, () => this.#evict())
  }

  /** A pool for a plan; the caller retires the one before it. */
  createPool(plan: FunctionPlan): Pool {
    const pool = new Pool(plan, this.#dependencies, this.#gate, this.#hasSpareTime, empty =>
      this.#pools.delete(empty),
    )
    this.#pools.add(pool)
    this.#watchMemory()
    this.#idleTimer ??= setInterval(() => this.expireIdle(Date.now() - IDLE_LIMIT), IDLE_INTERVAL).unref()
    return pool
  }

  /** A pool of `size` environments that start now; the caller retires it. */
  createProvisionedPool(plan: FunctionPlan, size: number, onProgress: () => void): ProvisionedPool {
    const pool = new ProvisionedPool({
      plan,
      size,
      dependencies: this.#dependencies,
      gate: this.#gate,
      onProgress,
      onEmpty: empty => this.#provisioned.delete(empty),
    })
    this.#provisioned.add(pool)
    this.#watchMemory()
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
    for (const pool of [...this.#pools, ...this.#provisioned]) pool.destroy()
    this.#pools.clear()
    this.#provisioned.clear()
  }

  #watchMemory(): void {
    this.#memoryTimer ??= setInterval(() => this.#enforceMemory(), MEMORY_INTERVAL).unref()
  }

  #enforceMemory(): void {
    for (const pool of [...this.#pools, ...this.#provisioned]) {
      for (const environment of pool.environments) environment.enforceMemory()
    }
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
