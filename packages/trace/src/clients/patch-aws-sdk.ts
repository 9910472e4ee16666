/** All clients of an AWS SDK v3 at once, through the prototype that they share. */
import { log } from '../core/settings.ts'
import { firstToWatch, shared } from '../core/shared.ts'
import { captureClient } from './aws-sdk.ts'

interface ClientPrototype {
  send(this: object, ...args: unknown[]): unknown
  destroy(): void
}

/** Specifiers of the modules whose export `Client` all clients extend. */
const BASE_MODULES = new Set(['@smithy/core/client', '@smithy/smithy-client'])
const BASE_FILES =
  /[\\/]@smithy[\\/](?:core[\\/]dist-cjs[\\/]submodules[\\/]client|smithy-client[\\/]dist-cjs)[\\/]/

/** The topmost prototype with `send` and `destroy`: `Client` of Smithy, however it is called after minification. */
const basePrototype = (prototype: unknown): ClientPrototype | undefined => {
  let found: ClientPrototype | undefined
  for (
    let object: unknown = prototype;
    typeof object === 'object' && object !== null && object !== Object.prototype;
    object = Object.getPrototypeOf(object)
  ) {
    if (Object.hasOwn(object, 'send') && Object.hasOwn(object, 'destroy')) found = object as ClientPrototype
  }
  return found
}

const patchPrototype = (prototype: ClientPrototype): void => {
  if (shared.patched.has(prototype)) return
  shared.patched.add(prototype)
  const { send } = prototype
  prototype.send = function (this: object, ...args: unknown[]): unknown {
    try {
      captureClient(this)
    } catch {
      // Something else that sends.
    }
    return send.apply(this, args)
  }
}

const patchFrom = (source: unknown): boolean => {
  if (typeof source === 'function') {
    const base = basePrototype(source.prototype)
    if (base) patchPrototype(base)
    return base !== undefined
  }
  if (typeof source !== 'object' || source === null) return false
  const base = basePrototype(source)
  if (base) {
    patchPrototype(base)
    return true
  }
  // A module's namespace: any class of a client in it leads to the same prototype.
  return Object.values(source).some(value => typeof value === 'function' && patchFrom(value))
}

interface ModuleInternals {
  readonly _cache?: Record<string, { readonly exports?: unknown } | undefined>
}

const patchLoaded = (): void => {
  const { _cache } = process.getBuiltinModule('node:module') as unknown as ModuleInternals
  for (const [file, module] of Object.entries(_cache ?? {})) {
    if (BASE_FILES.test(file)) patchFrom(module?.exports)
  }
}

const patchLater = (): void => {
  if (!firstToWatch('aws-sdk')) return
  process.getBuiltinModule('node:diagnostics_channel').subscribe('tracing:module.require:end', message => {
    const { id, result } = message as { readonly id?: string; readonly result?: unknown }
    if (id !== undefined && BASE_MODULES.has(id)) patchFrom(result)
  })
}

/**
 * Captures the calls of all AWS SDK v3 clients, those that exist already too.
 *
 * Without arguments it finds the SDK where that is loaded as modules, before or after (Node's `module.require` channel;
 * no loader hook). In a bundle there are no modules: name one client class or the module, which is enough for all
 * clients of the bundle, as they share a prototype.
 *
 * @throws TypeError for a source in which there is no client
 * @example patchAwsSdk(DynamoDBClient)
 */
export const patchAwsSdk = (...sources: readonly unknown[]): void => {
  for (const source of sources) {
    if (!patchFrom(source))
      throw new TypeError('patchAwsSdk() takes client classes, clients or modules of the AWS SDK v3.')
  }
  try {
    patchLoaded()
    patchLater()
  } catch (error) {
    log('debug', `the AWS SDK cannot be found by itself: ${error}`)
  }
}
