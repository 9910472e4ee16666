import type { Identity } from './ports.ts'
import type { Scope } from './scope.ts'

/** What an operation knows of the request that called it, besides its input. */
export interface RequestContext {
  /** Account and region that the request acts in. */
  readonly scope: Scope
  readonly identity: Identity
  /** Whether the request carries no credentials: a link that somebody opened. */
  readonly anonymous?: boolean
  readonly requestId: string
  /** `http://127.0.0.1:4566`: the address that the client reached us at, for URLs in answers. */
  readonly endpoint: string
  /** `X-Amzn-Trace-Id`, where the client sent one. */
  readonly traceHeader?: string | undefined
}
