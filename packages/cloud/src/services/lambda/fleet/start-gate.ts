/** Who asked for an environment's start. */
export interface Starter {
  /** The start may happen now. @returns whether it did: what was waiting may have been served meanwhile. */
  startGranted(): boolean
}

/**
 * Bounds how many environments initialise at the same time, and how many there are. Two hundred processes starting at
 * once on two cores would all take the time of two hundred; a few at a time serve the first invocations at once, and
 * most of the others find a warm environment.
 */
export class StartGate {
  readonly #maximumStarting: number
  readonly #maximumTotal: number
  readonly #evict: () => boolean
  readonly #queue: Starter[] = []
  #starting = 0
  #total = 0
  #granting = false

  /** @param evict ends one idle environment to make room, or answers false where there is none */
  constructor(maximumStarting: number, maximumTotal: number, evict: () => boolean) {
    this.#maximumStarting = maximumStarting
    this.#maximumTotal = maximumTotal
    this.#evict = evict
  }

  get starting(): number {
    return this.#starting
  }

  request(starter: Starter): void {
    this.#queue.push(starter)
    this.#grant()
  }

  /** One that was starting is no longer. */
  initialised(): void {
    this.#starting--
    this.#grant()
  }

  /** One is gone. */
  ended(): void {
    this.#total--
    this.#grant()
  }

  #grant(): void {
    // Evicting ends an environment, which calls back here.
    if (this.#granting) return
    this.#granting = true
    try {
      while (this.#queue.length > 0 && this.#starting < this.#maximumStarting) {
        if (this.#total >= this.#maximumTotal && !this.#evict()) return
        // Counted before the starter runs: it may fail, and give the place back, at once.
        this.#starting++
        this.#total++
        if (this.#queue.shift()?.startGranted()) continue
        this.#starting--
        this.#total--
      }
    } finally {
      this.#granting = false
    }
  }
}
