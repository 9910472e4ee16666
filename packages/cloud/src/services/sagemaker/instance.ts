import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerClient } from './container-client.ts'
import {
  type ModelProcess,
  type ModelProcessOptions,
  type PingStatus,
  StartFailure,
  startModelProcess,
} from './model-process.ts'

/** Pause between the pings of a container in service, in ms. */
const PING_INTERVAL = 5_000
/** The same while it is out of service: it should return as soon as it can. */
const DOUBTFUL_PING_INTERVAL = 200
/** A container that answers its pings, but not with 200, is replaced after this time, in ms. */
const LONGEST_REFUSAL = 15_000
/**
 * One that does not answer them is replaced after this time, in ms. A server of one thread cannot answer pings while it
 * computes, and an invocation may take a minute.
 */
const LONGEST_SILENCE = 65_000
/** A container that lived this long, in ms, is restarted at once when it dies; one that keeps dying is not. */
const STABLE = 10_000
const FIRST_BACKOFF = 500
const LONGEST_BACKOFF = 30_000

/** Pause before the restart after the n-th death in a row, in ms: none, 0.5 s, 1 s, 2 s, … 30 s. */
export const backoff = (deaths: number): number =>
  deaths <= 1 ? 0 : Math.min(FIRST_BACKOFF * 2 ** (deaths - 2), LONGEST_BACKOFF)

export interface InstanceOptions extends Omit<ModelProcessOptions, 'signal'> {
  readonly id: string
  /** Called when the instance begins or ceases to be available. */
  readonly onChange: () => void
  /**
   * Keep trying when the very first start fails: set for endpoints that were in service before the cloud restarted,
   * clear for those being created or updated, whose failure is the answer.
   */
  readonly persistent: boolean
}

/** One instance of a variant: a container process that is watched, and restarted when it dies. */
export class Instance {
  readonly id: string
  /** Requests on it now. Kept by the fleet. */
  outstanding = 0
  /** Settles with the first start: rejects with a StartFailure. */
  readonly started: Promise<void>
  /** Resolves when it is healthy for the first time; never rejects. */
  readonly everHealthy: Promise<void>
  readonly #options: InstanceOptions
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #process: ModelProcess | undefined
  #running = false
  #healthy = false
  #wasHealthy = false
  readonly #firstHealthy: () => void
  #pingNow: (() => void) | undefined
  #grace = 0

  constructor(options: InstanceOptions) {
    this.id = options.id
    this.#options = options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const healthy = Promise.withResolvers<void>()
    this.started = promise
    this.everHealthy = healthy.promise
    this.#firstHealthy = healthy.resolve
    // The fleet may stop before anybody awaits the first start.
    promise.catch(() => undefined)
    this.#ended = this.#run(resolve, reject)
  }

  /** The way to its container, while that is healthy. */
  get client(): ContainerClient | undefined {
    return this.#healthy ? this.#process?.client : undefined
  }

  /** Of its container's process, while one runs that has been healthy. */
  get pid(): number | undefined {
    return this.#running ? this.#process?.pid : undefined
  }

  /**
   * Says that a connection to its container broke. It takes no requests until a ping, which is sent at once, shows it
   * alive: where the process died, its end is known a moment later only.
   */
  doubt(): void {
    this.#setHealthy(false)
    this.#pingNow?.()
  }

  /** Takes it out of service and ends its process: SIGTERM, and SIGKILL after `grace` ms. */
  async stop(grace: number): Promise<void> {
    this.#grace = grace
    this.#setHealthy(false)
    this.#stop.abort()
    await this.#ended
  }

  async #run(resolve: () => void, reject: (error: unknown) => void): Promise<void> {
    const stopping = this.#stop.signal
    let deaths = 0
    while (!stopping.aborted) {
      try {
        this.#process = await startModelProcess({ ...this.#options, signal: stopping })
        resolve()
      } catch (error) {
        reject(error)
        if (stopping.aborted || !(this.#options.persistent || this.#wasHealthy)) return
        if (!(error instanceof StartFailure)) throw error
        await this.#pause(backoff(++deaths))
        continue
      }
      const began = performance.now()
      this.#wasHealthy = true
      this.#running = true
      this.#firstHealthy()
      this.#setHealthy(true)
      await this.#watch(this.#process)
      this.#setHealthy(false)
      if (stopping.aborted) await this.#process.stop(this.#grace)
      else this.#process.kill()
      await this.#process.exited
      this.#running = false
      deaths = performance.now() - began > STABLE ? 1 : deaths + 1
      await this.#pause(backoff(deaths))
    }
    reject(new StartFailure('It was stopped while it started'))
  }

  /** Returns when the process has ended, has to be replaced, or shall stop. */
  async #watch(process: ModelProcess): Promise<void> {
    const over = new AbortController()
    const end = (): void => over.abort()
    void process.exited.then(end)
    this.#stop.signal.addEventListener('abort', end, { once: true })
    if (this.#stop.signal.aborted) end()
    let lastAnswer = performance.now()
    let lastHealthy = lastAnswer
    while (!over.signal.aborted) {
      await this.#nextPing(over.signal)
      if (over.signal.aborted) break
      const status: PingStatus = await process.ping()
      if (over.signal.aborted) break
      const now = performance.now()
      if (status !== 0) lastAnswer = now
      if (status === 200) lastHealthy = now
      // A refusal is the container's own word that it cannot serve; silence may mean that it is busy.
      if (status !== 0) this.#setHealthy(status === 200)
      const refused = status !== 0 && now - lastHealthy > LONGEST_REFUSAL
      if (refused || now - lastAnswer > LONGEST_SILENCE) break
    }
    this.#stop.signal.removeEventListener('abort', end)
  }

  async #nextPing(over: AbortSignal): Promise<void> {
    const early = new AbortController()
    this.#pingNow = () => early.abort()
    const interval = this.#healthy ? PING_INTERVAL : DOUBTFUL_PING_INTERVAL
    const signal = AbortSignal.any([over, early.signal])
    await sleep(interval, undefined, { signal, ref: false }).catch(() => undefined)
    this.#pingNow = undefined
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds === 0) return
    await sleep(milliseconds, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined)
  }

  #setHealthy(healthy: boolean): void {
    if (this.#healthy === healthy || (healthy && this.#stop.signal.aborted)) return
    this.#healthy = healthy
    this.#options.onChange()
  }
}
