/** For tests: targets that note what reaches them. */
import { ServiceError } from '@sonde/wire'
import type { Clock } from '../kernel/clock.ts'
import type { MetricSample } from '../kernel/ports.ts'
import { type Scope, scopeKey } from '../kernel/scope.ts'
import type { TargetPorts } from './target-ports.ts'

/** What reached a target: `at` in ms since the epoch. */
export interface Arrival {
  readonly target: string
  readonly body: string
  readonly at: number
  /** What the deliverer told of itself, and attributes. */
  readonly more: Readonly<Record<string, unknown>>
}

export class FakeTargets {
  readonly arrivals: Arrival[] = []
  /** Counts by `account/region namespace Metric {dimensions}`. */
  readonly counts = new Map<string, number>()
  /** Errors by target ARN. */
  readonly failing = new Map<string, ServiceError>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly metrics = {
    record: (scope: Scope, samples: readonly MetricSample[]): void => {
      for (const { namespace, name, dimensions, value } of samples) {
        const key = `${scopeKey(scope)} ${namespace} ${name} ${JSON.stringify(dimensions)}`
        this.counts.set(key, (this.counts.get(key) ?? 0) + value)
      }
    },
  }

  readonly ports: Omit<TargetPorts, 'buses'> = {
    functions: {
      invoke: async ({ functionArn, payload, ...more }) => {
        await this.#arrive(functionArn, Buffer.from(payload).toString(), more)
        return { status: 202, payload: new Uint8Array(), executedVersion: '$LATEST' }
      },
    },
    topics: {
      publish: async ({ topicArn, message, ...more }) => this.#arrive(topicArn, message, more),
    },
    queues: {
      send: async ({ queueArn, body, ...more }) => this.#arrive(queueArn, body, more),
    },
    logs: {
      write: (scope, group, _stream, events) => {
        for (const { message, timestamp } of events) {
          this.arrivals.push({
            target: `${scopeKey(scope)} ${group}`,
            body: message,
            at: timestamp,
            more: {},
          })
        }
      },
    },
  }

  /** Bodies that reached a target, in order. */
  bodies(target: string): string[] {
    return this.arrivals.filter(arrival => arrival.target === target).map(({ body }) => body)
  }

  missing(target: string): void {
    this.failing.set(target, new ServiceError('ResourceNotFoundException', 'Not here.', { status: 404 }))
  }

  throttling(target: string): void {
    this.failing.set(target, new ServiceError('TooManyRequestsException', 'Slow down.', { status: 429 }))
  }

  async #arrive(target: string, body: string, more: object): Promise<string> {
    // Real work takes more than one turn.
    await new Promise(resolve => setImmediate(resolve))
    const error = this.failing.get(target)
    if (error) throw error
    this.arrivals.push({ target, body, at: this.#clock.now(), more: { ...more } })
    return 'id'
  }
}
