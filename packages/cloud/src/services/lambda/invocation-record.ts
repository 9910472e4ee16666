import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../kernel/scope.ts'
import type { InvocationOutcome } from './environment/plan.ts'
import type { InvocationTrace } from './invocation-trace.ts'

/** An attempt to serve an asynchronous event. */
export interface AsyncAttempt {
  /** Real time, ms since the epoch. */
  readonly acceptedAt: number
  /** From 1 on. */
  readonly number: number
  /** Whether a failure is the last one. */
  readonly isLast: boolean
}

/** What the function did. */
export interface ExecutionRecord {
  readonly startedAt: number
  /** When it had answered. */
  readonly answeredAt: number
  /** When its environment was ready for the next invocation. */
  readonly endedAt: number
  /** Of the environment that was started for this invocation. */
  readonly init: { readonly startedAt: number; readonly duration: number } | undefined
  /** Set exactly when it failed. `document` is its error document. */
  readonly failure: { readonly errorType: string; readonly document: Uint8Array } | undefined
}

/** One finished invocation that is traced. All times are those of `performance.now()`, in ms. */
export interface InvocationRecord {
  readonly scope: Scope
  readonly functionName: string
  /** Without qualifier. */
  readonly functionArn: string
  /** As the caller named it. */
  readonly invokedFunctionArn: string
  readonly requestId: string
  readonly trace: InvocationTrace
  readonly asyncAttempt: AsyncAttempt | undefined
  /** When Lambda had the request, and when it had the answer for the caller. */
  readonly receivedAt: number
  readonly answeredAt: number
  /** What the caller got: 200 also where the function failed, 429 where the invocation was throttled. */
  readonly status: number
  /** `undefined` where the function was not reached. */
  readonly execution: ExecutionRecord | undefined
}

/** What is known of an invocation before it runs. */
export type InvocationFacts = Omit<InvocationRecord, 'receivedAt' | 'answeredAt' | 'status' | 'execution'>

const SERVER_ERROR = 500

/** Watches one invocation and makes its record once all of it is known. */
export class InvocationObserver {
  readonly #facts: InvocationFacts
  readonly #emit: (record: InvocationRecord) => void
  readonly #receivedAt = performance.now()
  #answeredAt = 0
  #outcome: InvocationOutcome | undefined

  constructor(facts: InvocationFacts, emit: (record: InvocationRecord) => void) {
    this.#facts = facts
    this.#emit = emit
  }

  /** The function has answered, or failed. */
  answered(outcome: InvocationOutcome): void {
    this.#answeredAt = performance.now()
    this.#outcome = outcome
  }

  /** The environment is ready for the next invocation, or has ended. */
  ended(): void {
    const outcome = this.#outcome
    if (!outcome) return
    const { errorType, startedAt, duration, init, payload } = outcome
    this.#emit({
      ...this.#facts,
      receivedAt: this.#receivedAt,
      answeredAt: this.#answeredAt,
      status: 200,
      execution: {
        startedAt,
        answeredAt: startedAt + duration,
        endedAt: performance.now(),
        init,
        failure: errorType === undefined ? undefined : { errorType, document: payload },
      },
    })
  }

  /** The invocation did not reach the function. */
  refused(error: unknown): void {
    this.#emit({
      ...this.#facts,
      receivedAt: this.#receivedAt,
      answeredAt: performance.now(),
      status: error instanceof ServiceError ? (error.status ?? SERVER_ERROR) : SERVER_ERROR,
      execution: undefined,
    })
  }
}
