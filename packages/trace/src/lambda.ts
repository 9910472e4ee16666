/** Lambda handlers. */
import { capture } from './core/capture.ts'
import { flush } from './core/recorder.ts'

export interface HandlerOptions {
  /** Default `## ` and what Lambda calls the handler, such as `## index.handler`. */
  readonly name?: string
}

// biome-ignore lint/suspicious/noExplicitAny: a handler of any event, and what it returns, pass through.
type AnyHandler = (...args: any[]) => any

/** Environments that Lambda prepares ahead are not started by a request. Source: Lambda's environment variables. */
const PREPARED = new Set(['provisioned-concurrency', 'snap-start'])

let first = true

/** Whether this invocation had to wait for its environment to start; true once at most. */
const coldStart = (): boolean => {
  const cold = first
  first = false
  return cold && !PREPARED.has(process.env.AWS_LAMBDA_INITIALIZATION_TYPE ?? '')
}

/** Runtimes up to Node 22 take a callback as third argument; streaming handlers have the context there. */
const withCallback = (handler: AnyHandler, self: unknown, args: readonly unknown[]): unknown =>
  new Promise((resolve, reject) => {
    const callback = (error: unknown, result: unknown): void =>
      error === undefined || error === null ? resolve(result) : reject(error)
    const returned: unknown = handler.call(self, args[0], args[1], callback)
    // A handler that takes a callback may answer by its promise instead, as Lambda has it.
    if (returned instanceof Promise) returned.then(resolve, reject)
  })

/**
 * Captures each invocation of a handler, annotated `ColdStart`, and sends it before the answer goes back: Lambda freezes
 * the environment after that. Works for async handlers, for those with a callback and for
 * `awslambda.streamifyResponse(…)`, within or around it. Outside of Lambda the handler runs as it is.
 *
 * @example export const handler = wrapHandler(async (event: Event) => predict(event))
 */
export const wrapHandler = <F extends AnyHandler>(handler: F, options: HandlerOptions = {}): F => {
  const wrapped = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const name = options.name ?? `## ${process.env._HANDLER ?? (handler.name || 'handler')}`
    const ColdStart = coldStart()
    try {
      return await capture(
        name,
        () => (typeof args[2] === 'function' ? withCallback(handler, this, args) : handler.apply(this, args)),
        { annotations: { ColdStart } },
      )
    } finally {
      await flush()
    }
  }
  // Lambda reads the number of parameters and marks that streamifyResponse leaves on a handler.
  for (const key of Reflect.ownKeys(handler)) {
    if (key === 'prototype' || key === 'caller' || key === 'arguments') continue
    Object.defineProperty(wrapped, key, Object.getOwnPropertyDescriptor(handler, key) ?? {})
  }
  return wrapped as unknown as F
}
