/** Which subsegment the running code belongs to. */
import type { AsyncLocalStorage } from 'node:async_hooks'
import { type Entity, newRoot, newTrace } from './entity.ts'
import { log, settings } from './settings.ts'
import { shared } from './shared.ts'
import { parseTraceHeader } from './trace-header.ts'

/** Holds the open segment or subsegment of the running code. */
export const storage: AsyncLocalStorage<Entity> = shared.storage

/** The error for a capture outside of any trace, with `AWS_XRAY_CONTEXT_MISSING=RUNTIME_ERROR`. */
export class ContextMissingError extends Error {
  override name = 'ContextMissingError'
}

interface LambdaGlobals {
  readonly awslambda?: { readonly InvokeStore?: { getXRayTraceId?(): string | undefined } }
}

let complained = false

const facadeOf = (text: string): Entity | undefined => {
  const header = parseTraceHeader(text)
  if (header.root === undefined) return undefined
  const sampled = header.sampled === true && header.parent !== undefined
  // Lambda's PassThrough says `Root=…` alone: nothing is recorded and nothing is decided for callees.
  const undecided = header.parent === undefined || typeof header.sampled !== 'boolean'
  const trace = newTrace(header.root, sampled, header.extra, undecided, settings().streamingThreshold)
  return newRoot(trace, 'facade', undefined, header.parent)
}

/** The stand-in for the segment that Lambda writes for the current invocation. */
const lambdaFacade = (): Entity | undefined => {
  const store = (globalThis as LambdaGlobals).awslambda?.InvokeStore
  // Runtimes that run several invocations at once cannot use the environment variable; the store is theirs.
  const header = store?.getXRayTraceId?.() ?? process.env._X_AMZN_TRACE_ID
  if (header === undefined || header === '') return undefined
  // The text is compared by value: each invocation has another Parent.
  if (shared.lambda?.header !== header) shared.lambda = { header, facade: facadeOf(header) }
  return shared.lambda.facade
}

/** The open entity of the running code, or the invocation's facade; `undefined` outside of any trace. */
export const active = (): Entity | undefined => {
  const entity = storage.getStore()
  if (entity !== undefined) return entity
  return settings().inLambda ? lambdaFacade() : undefined
}

/** Does what `AWS_XRAY_CONTEXT_MISSING` says: nothing by default. */
export const contextMissing = (name: string): void => {
  const { contextMissing: policy, enabled } = settings()
  if (!enabled || policy === 'IGNORE_ERROR') return
  const message = `Failed to capture "${name}": no trace is active here.`
  if (policy === 'RUNTIME_ERROR') throw new ContextMissingError(message)
  if (complained) return
  complained = true
  log('error', `${message} This is said once.`)
}
