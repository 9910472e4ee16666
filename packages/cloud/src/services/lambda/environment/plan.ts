import type { Scope } from '../../../kernel/scope.ts'
import type { InvocationObserver } from '../invocation-record.ts'
import type { InvocationTrace } from '../invocation-trace.ts'

/** Whether an environment was started for an invocation, or ahead of all: AWS_LAMBDA_INITIALIZATION_TYPE. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency'

/** All that an environment needs to know of the function version it serves. Never changes: an update makes a new plan. */
export interface FunctionPlan {
  readonly scope: Scope
  readonly functionName: string
  /** Without qualifier. */
  readonly functionArn: string
  readonly version: string
  readonly initializationType: InitializationType
  readonly runtime: string
  readonly handler: string
  /** MB */
  readonly memorySize: number
  /** ms */
  readonly timeout: number
  readonly role: string
  /** The unpacked package: LAMBDA_TASK_ROOT. */
  readonly codeFolder: string
  /** What AWS has at /opt. */
  readonly layersFolder: string | undefined
  readonly variables: Readonly<Record<string, string>>
  readonly logGroup: string
  readonly logFormat: 'Text' | 'JSON'
  readonly applicationLogLevel: string | undefined
}

/** One invocation on its way through an environment. */
export interface Invocation {
  readonly requestId: string
  /** As the caller named it, qualifier included. */
  readonly invokedFunctionArn: string
  readonly payload: Uint8Array
  readonly traceHeader: string
  /** Where it is traced. */
  readonly trace: InvocationTrace | undefined
  /** JSON text in ASCII. */
  readonly clientContext: string | undefined
  readonly wantsTail: boolean
  /** Told of the answer, and of the end. */
  readonly observer: InvocationObserver | undefined
  /** Called once. */
  readonly done: (outcome: InvocationOutcome) => void
  /** Called once after `done`, when the invocation's log is written. */
  readonly ended: () => void
  /**
   * Called instead of `done` where the function went away before the invocation began, or could not be started for
   * the reason given.
   */
  readonly dropped: (reason?: unknown) => void
}

export interface InvocationOutcome {
  readonly payload: Uint8Array
  /** Set exactly when the function failed: the error's type, such as `Sandbox.Timedout`. */
  readonly errorType: string | undefined
  /** ms */
  readonly duration: number
  /** Of `performance.now()`. */
  readonly startedAt: number
  /** Of the environment that was started for this invocation. Times likewise. */
  readonly init: { readonly startedAt: number; readonly duration: number } | undefined
  readonly logTail: Uint8Array | undefined
}
