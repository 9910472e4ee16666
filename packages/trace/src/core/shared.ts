/**
 * What all copies of this package in a process share: a function's bundle may hold one, a layer another, and `import` and
 * `require` get different files. Captures of one nest in those of the other, and nothing is recorded twice.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import type { Entity, Trace } from './entity.ts'

interface Shared {
  /** The open segment or subsegment of the running code. */
  readonly storage: AsyncLocalStorage<Entity>
  /** Exceptions that a trace knows, without a mark on the error object (it may be frozen). */
  readonly exceptions: WeakMap<object, { readonly trace: Trace; readonly id: string }>
  /** Segments of requests to node:http servers. */
  readonly requests: WeakMap<IncomingMessage, Entity>
  /** Middleware stacks and prototypes of the AWS SDK that are done. */
  readonly patched: WeakSet<object>
  /** Sources that are watched: once a process. */
  readonly watched: Set<string>
  /** The header of the Lambda invocation, and the stand-in for its segment. */
  lambda: { readonly header: string; readonly facade: Entity | undefined } | undefined
}

/** The number changes whenever the form of what is shared does. */
const KEY = Symbol.for('@sonde/trace/shared/1')

const globals = globalThis as { [KEY]?: Shared }

globals[KEY] ??= {
  storage: new AsyncLocalStorage(),
  exceptions: new WeakMap(),
  requests: new WeakMap(),
  patched: new WeakSet(),
  watched: new Set(),
  lambda: undefined,
}

export const shared: Shared = globals[KEY]

/** Whether the caller is the first in the process to watch a source. */
export const firstToWatch = (source: string): boolean => {
  if (shared.watched.has(source)) return false
  shared.watched.add(source)
  return true
}
