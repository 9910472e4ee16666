import { MAX_BATCH } from './take.ts'

/** What became of documents. Every one that was added is in exactly one of the last four, or still waits. */
export interface BatchCounters {
  added: number
  /** Went out and were taken. */
  delivered: number
  /** Went out and were refused, each by itself. */
  unprocessed: number
  /** The oldest, that had to make room. */
  dropped: number
  /** Of batches that failed whole. */
  failed: number
}

export interface BatchesOptions {
  /**
   * Sends documents on; retries are its own.
   *
   * @returns how many were not taken
   */
  readonly deliver: (documents: string[]) => Promise<number> | number
  /** Receives what `deliver` threw; the batch is lost. */
  readonly onFailure?: (error: unknown, documents: number) => void
  /** Documents in a batch. Default and most 50. */
  readonly size?: number
  /** Real milliseconds that a document waits for others at most. Default 1,000, the daemon's. */
  readonly wait?: number
  /** Characters of documents that wait or are on their way; beyond it the oldest that wait go. Default 32 Mi. */
  readonly maxCharacters?: number
  /** Batches on their way at once. Default 8, the daemon's. */
  readonly concurrency?: number
}

export interface Batches {
  add(document: string): void
  counters(): Readonly<BatchCounters>
  /** Documents that wait or are on their way. */
  pending(): number
  /** Forgets what waits, as dropped. What is on its way arrives. */
  discard(): void
  /** Sends what waits, and resolves when all is settled. No further documents are taken. */
  close(): Promise<void>
}

const WAIT = 1_000
const MAX_CHARACTERS = 32 * 1024 * 1024
const CONCURRENCY = 8
/** What Node reads from a socket at most before it does anything else: more waits there. */
const BUSY = 32
/** The head of the queue is cut off when so many have left, which costs less than moving it each time. */
const COMPACT_AT = 4_096

/** Gathers documents into batches, in bounded memory: the oldest go when it is full, and are counted. */
export const createBatches = (options: BatchesOptions): Batches => {
  const { deliver, onFailure = () => {} } = options
  const size = Math.min(options.size ?? MAX_BATCH, MAX_BATCH)
  const wait = options.wait ?? WAIT
  const maxCharacters = options.maxCharacters ?? MAX_CHARACTERS
  const concurrency = options.concurrency ?? CONCURRENCY
  const counters: BatchCounters = { added: 0, delivered: 0, unprocessed: 0, dropped: 0, failed: 0 }
  let queue: string[] = []
  let head = 0
  let characters = 0
  let running = 0
  let flying = 0
  /** Whether what waits goes out although it fills no batch. */
  let due = false
  let timer: NodeJS.Timeout | undefined
  /** Whether a pump is on its way. */
  let scheduled = false
  let addedBefore = 0
  let closed: (() => void) | undefined
  let closing: Promise<void> | undefined

  const waiting = (): number => queue.length - head

  const shift = (): string | undefined => {
    if (head >= queue.length) return undefined
    const document = queue[head++]
    if (head >= COMPACT_AT) {
      queue = queue.slice(head)
      head = 0
    }
    return document
  }

  const send = async (documents: string[]): Promise<void> => {
    running++
    flying += documents.length
    try {
      const refused = await deliver(documents)
      counters.unprocessed += refused
      counters.delivered += documents.length - refused
    } catch (error) {
      counters.failed += documents.length
      onFailure(error, documents.length)
    } finally {
      running--
      flying -= documents.length
      for (const document of documents) characters -= document.length
      // By way of the event loop: a `deliver` that never waits would hold it until the queue is empty.
      schedule()
    }
  }

  /** Whether so much comes that taking it in goes before sending it on, and there is room for it to wait. */
  const isBusy = (): boolean => {
    const came = counters.added - addedBefore
    addedBefore = counters.added
    return came >= BUSY && characters < maxCharacters / 2 && !closing
  }

  const pump = (): void => {
    scheduled = false
    if (isBusy()) {
      schedule()
      return
    }
    while (running < concurrency && waiting() > 0 && (due || waiting() >= size)) {
      const documents: string[] = []
      for (let next = shift(); next !== undefined; next = documents.length < size ? shift() : undefined) {
        documents.push(next)
      }
      void send(documents)
    }
    if (waiting() === 0) due = closing !== undefined
    if (closing && waiting() === 0 && running === 0) closed?.()
  }

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(pump)
  }

  const ring = (): void => {
    timer = undefined
    due = true
    schedule()
  }

  return {
    add: document => {
      counters.added++
      if (closing) {
        counters.dropped++
        return
      }
      queue.push(document)
      characters += document.length
      while (characters > maxCharacters && waiting() > 0) {
        characters -= shift()?.length ?? 0
        counters.dropped++
      }
      // Not at once: what the socket holds is read first, so that bursts wait here and not in the kernel.
      if (waiting() >= size) schedule()
      timer ??= setTimeout(ring, wait)
    },
    counters: () => ({ ...counters }),
    pending: () => waiting() + flying,
    discard: () => {
      for (let next = shift(); next !== undefined; next = shift()) {
        characters -= next.length
        counters.dropped++
      }
      // A close that waits for them need not any more.
      schedule()
    },
    close: () => {
      closing ??= new Promise(resolve => {
        closed = resolve
        clearTimeout(timer)
        ring()
      })
      return closing
    },
  }
}
