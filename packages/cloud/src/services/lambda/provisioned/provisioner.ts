import type { Clock, ClockTimer } from '../../../kernel/clock.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import { type Catalogue, qualifiedKey } from '../catalogue.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ProvisionedPool } from '../fleet/provisioned-pool.ts'
import { LATEST } from '../names.ts'
import { type Planner, planOf } from '../planner.ts'
import type { ProvisionedRecord } from '../records.ts'

/** ms of the cloud's clock between two looks for environments whose credentials are soon used up. */
const REFRESH_INTERVAL = 60_000

/** How far an allocation has come. */
export interface AllocationState {
  /** Environments that have initialised. */
  readonly available: number
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED'
  /** Why it failed. */
  readonly reason: string | undefined
}

/** What serves the invocations of a version or alias first. */
export interface ProvisionedCapacity {
  readonly record: ProvisionedRecord
  /** Missing while the code is unpacked. */
  readonly pool: ProvisionedPool | undefined
}

/** The environments of one version or alias. */
interface Allocation extends ProvisionedCapacity {
  readonly revisionId: string
  record: ProvisionedRecord
  pool: ProvisionedPool | undefined
  /** Why there will be no pool. */
  failure: string | undefined
}

const NOTHING: AllocationState = { available: 0, status: 'IN_PROGRESS', reason: undefined }

const stateOf = ({ pool, failure, record }: Allocation): AllocationState => {
  const available = pool?.available ?? 0
  const reason = failure ?? pool?.failure
  if (reason !== undefined) return { available, status: 'FAILED', reason }
  return { available, status: available >= record.requested ? 'READY' : 'IN_PROGRESS', reason }
}

/** Keeps the environments of provisioned concurrency as the catalogue says. */
export class Provisioner {
  readonly #catalogue: Catalogue
  readonly #planner: Planner
  readonly #fleet: Fleet
  readonly #clock: Clock
  readonly #allocations = new Map<string, Allocation>()
  readonly #waiting = new Map<string, Array<() => void>>()
  #timer: ClockTimer | undefined

  constructor(catalogue: Catalogue, planner: Planner, fleet: Fleet, clock: Clock) {
    this.#catalogue = catalogue
    this.#planner = planner
    this.#fleet = fleet
    this.#clock = clock
  }

  /** How many environments this machine can keep, of all functions together. */
  get capacity(): number {
    return this.#fleet.provisionedCapacity
  }

  /** Starts what was provisioned before the last end. */
  start(): void {
    for (const { scope, key, value } of [...this.#catalogue.provisioned.entries()]) {
      try {
        this.#reconcile(scope, value)
      } catch {
        // Killed while the function was being deleted: nobody can reach it any more.
        this.#catalogue.provisioned.delete(scope, key)
      }
    }
  }

  /** Forgets everything. The fleet is its owner's to end. */
  clear(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const keys = [...this.#allocations.keys()]
    this.#allocations.clear()
    for (const key of keys) this.#progressed(key)
  }

  /** After a change of the catalogue: environments of what is gone are retired, those of what is new are started. */
  changed(scope: Scope, functionName: string): void {
    const records = this.#catalogue.provisioned
      .list(scope)
      .filter(record => record.functionName === functionName)
    const present = new Set(records.map(record => this.#keyOf(scope, record)))
    const prefix = `${scopeKey(scope)}/${functionName}:`
    for (const key of [...this.#allocations.keys()]) {
      if (key.startsWith(prefix) && !present.has(key)) this.#drop(key)
    }
    for (const record of records) this.#reconcile(scope, record)
  }

  /** What serves a qualifier first. `undefined` where it has no configuration, and never the same after it has changed. */
  capacityOf(scope: Scope, name: string, qualifier: string | undefined): ProvisionedCapacity | undefined {
    if (qualifier === undefined || qualifier === LATEST) return undefined
    return this.#allocations.get(`${scopeKey(scope)}/${qualifiedKey(name, qualifier)}`)
  }

  /** How far the allocation of a configuration has come. */
  state(scope: Scope, record: ProvisionedRecord): AllocationState {
    const allocation = this.#allocations.get(this.#keyOf(scope, record))
    return allocation ? stateOf(allocation) : NOTHING
  }

  /** Resolves once an allocation is no longer in progress, or is gone. */
  async settled(scope: Scope, record: ProvisionedRecord): Promise<void> {
    await this.#settled(this.#keyOf(scope, record))
  }

  #keyOf(scope: Scope, { functionName, qualifier }: ProvisionedRecord): string {
    return `${scopeKey(scope)}/${qualifiedKey(functionName, qualifier)}`
  }

  #reconcile(scope: Scope, record: ProvisionedRecord): void {
    const key = this.#keyOf(scope, record)
    const { functionName: name, qualifier } = record
    const { revisionId } = this.#catalogue.resolve({ scope, name, qualifier }).version
    const present = this.#allocations.get(key)
    if (present?.revisionId === revisionId) {
      if (present.record === record) return
      present.record = record
      if (present.pool) present.pool.resize(record.requested)
      else if (present.failure !== undefined) this.#allocate(key, present, scope)
    } else {
      this.#drop(key)
      const allocation: Allocation = { revisionId, record, pool: undefined, failure: undefined }
      this.#allocations.set(key, allocation)
      this.#allocate(key, allocation, scope)
    }
    this.#clock.hold(this.#settled(key))
    this.#refreshLater()
  }

  #allocate(key: string, allocation: Allocation, scope: Scope): void {
    const { functionName: name, qualifier } = allocation.record
    allocation.failure = undefined
    const isCurrent = (): boolean => this.#allocations.get(key) === allocation
    void this.#planner
      .prepare({ scope, name, qualifier })
      .then(prepared => {
        // Where the version is another one by now, another allocation has taken the place of this one.
        if (!isCurrent()) return
        const plan = planOf(prepared, 'provisioned-concurrency')
        allocation.pool = this.#fleet.createProvisionedPool(plan, allocation.record.requested, () => {
          if (isCurrent()) this.#progressed(key)
        })
      })
      .catch((reason: unknown) => {
        allocation.failure = reason instanceof Error ? reason.message : String(reason)
        if (isCurrent()) this.#progressed(key)
      })
  }

  #drop(key: string): void {
    const allocation = this.#allocations.get(key)
    if (!allocation) return
    this.#allocations.delete(key)
    allocation.pool?.retire()
    this.#progressed(key)
  }

  async #settled(key: string): Promise<void> {
    for (;;) {
      const allocation = this.#allocations.get(key)
      if (!allocation || stateOf(allocation).status !== 'IN_PROGRESS') return
      await new Promise<void>(resolve => {
        const waiting = this.#waiting.get(key)
        if (waiting) waiting.push(resolve)
        else this.#waiting.set(key, [resolve])
      })
    }
  }

  #progressed(key: string): void {
    const waiting = this.#waiting.get(key)
    if (!waiting) return
    this.#waiting.delete(key)
    for (const resolve of waiting) resolve()
  }

  #refreshLater(): void {
    if (this.#timer || this.#allocations.size === 0) return
    this.#timer = this.#clock.after(REFRESH_INTERVAL, async () => {
      this.#timer = undefined
      await Promise.all(Array.from(this.#allocations, ([key, { pool }]) => pool && this.#refresh(key, pool)))
      this.#refreshLater()
    })
  }

  /** One at a time: the others serve meanwhile. */
  async #refresh(key: string, pool: ProvisionedPool): Promise<void> {
    for (const environment of pool.stale) {
      pool.replace(environment)
      await this.#settled(key)
    }
  }
}
