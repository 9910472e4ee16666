import { DueHeap } from './due-heap.ts'
import type { MessageRecord } from './records.ts'

/** How many messages of a queue are in which state. */
export interface MessageCounts {
  readonly visible: number
  /** Sent with a delay that is not over. */
  readonly delayed: number
  /** Received, neither deleted nor visible again. */
  readonly inFlight: number
}

/** Where the messages of one queue are kept. */
export interface MessageKeeper {
  put(message: MessageRecord): void
  delete(id: string): void
}

/**
 * The messages of one queue, in the order of their sending as far as visibility lets them: one that becomes visible
 * again goes to the end. Taking one costs a logarithm of those that are hidden.
 */
export class QueueMessages {
  readonly #records = new Map<string, MessageRecord>()
  /** Ids of visible messages. Invariant: a message is in #ready, or has an entry in #hidden with its `visibleAt`. */
  readonly #ready = new Set<string>()
  /** Entries may be out of date: those whose time is not their message's are passed over. */
  #hidden = new DueHeap()
  readonly #keeper: MessageKeeper

  constructor(keeper: MessageKeeper) {
    this.#keeper = keeper
  }

  get size(): number {
    return this.#records.size
  }

  get(id: string): MessageRecord | undefined {
    return this.#records.get(id)
  }

  /** Takes over what is kept already. */
  load(message: MessageRecord): void {
    this.#records.set(message.id, message)
    this.#hidden.push({ id: message.id, at: message.visibleAt })
  }

  /** Adds a message, or changes one. */
  put(message: MessageRecord): void {
    this.#keeper.put(message)
    this.#ready.delete(message.id)
    this.load(message)
  }

  delete(id: string): boolean {
    if (!this.#records.delete(id)) return false
    this.#ready.delete(id)
    this.#keeper.delete(id)
    return true
  }

  clear(): void {
    for (const id of this.#records.keys()) this.#keeper.delete(id)
    this.#records.clear()
    this.#ready.clear()
    this.#hidden = new DueHeap()
  }

  /** The next visible message; whoever takes it hides or deletes it. */
  next(now: number): MessageRecord | undefined {
    this.#reveal(now)
    const [id] = this.#ready
    return id === undefined ? undefined : this.#records.get(id)
  }

  /** When the next hidden message becomes visible, or `undefined`. */
  nextVisible(): number | undefined {
    this.#dropStale()
    return this.#hidden.first?.at
  }

  /** Ids of what was sent up to a time; those that stand before all younger ones alone. */
  sentBefore(time: number): string[] {
    const ids: string[] = []
    for (const { id, sent } of this.#records.values()) {
      if (sent > time) break
      ids.push(id)
    }
    return ids
  }

  values(): IterableIterator<MessageRecord> {
    return this.#records.values()
  }

  /** When the oldest visible message was sent, or `undefined`. */
  oldestVisible(now: number): number | undefined {
    let oldest: number | undefined
    for (const { sent, visibleAt } of this.#records.values()) {
      if (visibleAt <= now && (oldest === undefined || sent < oldest)) oldest = sent
    }
    return oldest
  }

  counts(now: number): MessageCounts {
    let delayed = 0
    let inFlight = 0
    for (const { visibleAt, receives } of this.#records.values()) {
      if (visibleAt <= now) continue
      if (receives > 0) inFlight++
      else delayed++
    }
    return { visible: this.#records.size - delayed - inFlight, delayed, inFlight }
  }

  #isCurrent({ id, at }: { id: string; at: number }): boolean {
    return !this.#ready.has(id) && this.#records.get(id)?.visibleAt === at
  }

  #dropStale(): void {
    for (let first = this.#hidden.first; first && !this.#isCurrent(first); first = this.#hidden.first) {
      this.#hidden.shift()
    }
  }

  #reveal(now: number): void {
    this.#dropStale()
    for (let first = this.#hidden.first; first && first.at <= now; first = this.#hidden.first) {
      this.#hidden.shift()
      this.#ready.add(first.id)
      this.#dropStale()
    }
  }
}
