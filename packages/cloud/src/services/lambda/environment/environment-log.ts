import type { Clock } from '../../../kernel/clock.ts'
import type { LogEvent, LogWriter } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { LOG_TAIL_BYTES } from '../limits.ts'

/** Lines of a long invocation are written out at least so often (ms), so that who follows the log sees them. */
const FLUSH_INTERVAL = 500
const FLUSH_EVENTS = 1000

export interface EnvironmentLogDependencies {
  readonly logs: LogWriter
  readonly clock: Clock
}

/** The log stream of one environment: collects events and hands them to the log service in one write an invocation. */
export class EnvironmentLog {
  readonly stream: string
  readonly #scope: Scope
  readonly #group: string
  readonly #writer: LogWriter
  readonly #clock: Clock
  #events: LogEvent[] = []
  #tail: string[] | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(scope: Scope, group: string, stream: string, { logs, clock }: EnvironmentLogDependencies) {
    this.#scope = scope
    this.#group = group
    this.stream = stream
    this.#writer = logs
    this.#clock = clock
  }

  /** ms since the epoch. */
  now(): number {
    return this.#clock.now()
  }

  /** Adds an event, stamped now. */
  add(message: string): void {
    this.#events.push({ timestamp: this.now(), message })
    this.#tail?.push(message)
  }

  /** Adds what the function wrote, which may have to wait long for the invocation's end. */
  addOutput(message: string): void {
    this.add(message)
    if (this.#events.length >= FLUSH_EVENTS) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_INTERVAL).unref()
  }

  /** From here on, until {@link takeTail}, events are kept for LogType Tail. */
  startTail(): void {
    this.#tail = []
  }

  /** The last 4 KB since {@link startTail}. */
  takeTail(): Uint8Array | undefined {
    if (!this.#tail) return undefined
    const bytes = Buffer.from(this.#tail.join(''))
    this.#tail = undefined
    return bytes.subarray(Math.max(0, bytes.length - LOG_TAIL_BYTES))
  }

  flush(): void {
    if (this.#timer) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    if (this.#events.length === 0) return
    const events = this.#events
    this.#events = []
    this.#writer.write(this.#scope, this.#group, this.stream, events)
  }
}
