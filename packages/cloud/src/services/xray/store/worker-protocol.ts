import type { TraceIndex } from './trace-index.ts'

/** What the worker is started with. */
export interface WorkerOptions {
  readonly folder: string
  /** Of the index's file; in memory where absent. */
  readonly path: string | undefined
}

export type IndexMethod = keyof TraceIndex

export interface IndexRequest {
  readonly id: number
  readonly method: IndexMethod
  readonly args: readonly unknown[]
}

/** An error as it crosses the border of a thread; `code` is that of a ServiceError. */
export interface ErrorMessage {
  readonly message: string
  readonly code?: string
  readonly status?: number
  readonly stack?: string
}

export interface IndexReply {
  readonly id: number
  readonly result?: unknown
  readonly error?: ErrorMessage
}
