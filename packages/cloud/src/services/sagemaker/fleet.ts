import type { RoutingStrategy } from '@aws-sdk/client-sagemaker'
import type { ContainerClient } from './container-client.ts'
import type { Instance } from './instance.ts'

/** How long a request waits for an instance while none is healthy, in ms: a model that crashed is back sooner. */
export const LONGEST_HOLD = 10_000
/** Requests that wait so at most, each variant: their bodies are in memory. */
const MOST_HELD = 1_000

/** An instance that was chosen for a request. Give it back with {@link Fleet.release}. */
export interface Lease {
  readonly instance: Instance
  readonly client: ContainerClient
}

interface Waiter {
  readonly resolve: (lease: Lease | undefined) => void
  readonly timer: NodeJS.Timeout
}

export interface FleetOptions {
  readonly routing: RoutingStrategy
  /** Makes and starts one instance, which reports changes of its availability. */
  readonly launch: (onChange: () => void) => Instance
}

/** The instances of one variant, and the requests that wait for one of them. */
export class Fleet {
  readonly #options: FleetOptions
  #instances: Instance[] = []
  readonly #waiters = new Set<Waiter>()
  #closed = false

  constructor(options: FleetOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#instances.length
  }

  get instances(): readonly Instance[] {
    return this.#instances
  }

  get healthy(): number {
    return this.#instances.filter(instance => instance.client !== undefined).length
  }

  /**
   * Starts or stops instances until there are `count`.
   *
   * @throws StartFailure when a new one does not become healthy; the new ones are stopped then
   */
  async resize(count: number, grace: number): Promise<void> {
    const added: Instance[] = []
    while (this.#instances.length < count) {
      const instance = this.#options.launch(() => this.#serveWaiters())
      this.#instances.push(instance)
      added.push(instance)
    }
    const surplus = this.#instances.splice(count)
    const results = await Promise.allSettled(added.map(instance => instance.started))
    const failed = results.find(result => result.status === 'rejected')
    if (failed) {
      this.#instances = this.#instances.filter(instance => !added.includes(instance))
      await Promise.all(added.map(instance => instance.stop(0)))
    }
    await this.#retire(surplus, grace)
    if (failed) throw failed.reason
  }

  /** Starts instances that go on trying by themselves. Settles as {@link resize} does, but stops none. */
  async start(count: number): Promise<void> {
    while (this.#instances.length < count) {
      this.#instances.push(this.#options.launch(() => this.#serveWaiters()))
    }
    await Promise.all(this.#instances.map(instance => instance.started))
  }

  /**
   * The instance for one request: at once where one is healthy, else as soon as one is.
   *
   * @returns `undefined` where none became healthy in time, or the fleet was stopped
   */
  acquire(): Lease | Promise<Lease | undefined> | undefined {
    const lease = this.#pick()
    if (lease || this.#closed || this.#waiters.size >= MOST_HELD) return lease
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        resolve(undefined)
      }, LONGEST_HOLD)
      const waiter: Waiter = { resolve, timer }
      this.#waiters.add(waiter)
    })
  }

  release(lease: Lease): void {
    lease.instance.outstanding--
  }

  /**
   * Takes no more requests, lets those on its instances finish for up to `drain` ms, and stops the instances with
   * `grace` ms between SIGTERM and SIGKILL.
   */
  async close(drain: number, grace: number): Promise<void> {
    this.#closed = true
    for (const waiter of this.#waiters) {
      clearTimeout(waiter.timer)
      waiter.resolve(undefined)
    }
    this.#waiters.clear()
    const instances = this.#instances
    this.#instances = []
    await this.#retire(instances, grace, drain)
  }

  async #retire(instances: readonly Instance[], grace: number, drain = grace): Promise<void> {
    const deadline = performance.now() + drain
    await Promise.all(
      instances.map(async instance => {
        while (instance.outstanding > 0 && performance.now() < deadline) {
          await new Promise(resolve => setTimeout(resolve, 20))
        }
        await instance.stop(grace)
      }),
    )
  }

  #pick(): Lease | undefined {
    if (this.#closed) return undefined
    const chosen = this.#options.routing === 'RANDOM' ? this.#random() : this.#leastBusy()
    const client = chosen?.client
    if (!chosen || !client) return undefined
    chosen.outstanding++
    return { instance: chosen, client }
  }

  #leastBusy(): Instance | undefined {
    let chosen: Instance | undefined
    for (const instance of this.#instances) {
      if (!instance.client) continue
      if (!chosen || instance.outstanding < chosen.outstanding) chosen = instance
    }
    return chosen
  }

  #random(): Instance | undefined {
    const healthy = this.#instances.filter(instance => instance.client !== undefined)
    return healthy[Math.floor(Math.random() * healthy.length)]
  }

  #serveWaiters(): void {
    for (const waiter of this.#waiters) {
      const lease = this.#pick()
      if (!lease) return
      this.#waiters.delete(waiter)
      clearTimeout(waiter.timer)
      waiter.resolve(lease)
    }
  }
}
