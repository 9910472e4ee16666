/** OpenTelemetry's context on top of the tracer's own, so that captures and spans nest in each other. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, type ContextManager, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { active, storage } from '../core/context.ts'
import type { Entity } from '../core/entity.ts'
import { entityOf, spanOf } from './span-registry.ts'

type AnyFunction = (...args: never[]) => unknown

export class EntityContextManager implements ContextManager {
  readonly #contexts = new AsyncLocalStorage<Context>()

  active(): Context {
    const context = this.#contexts.getStore() ?? ROOT_CONTEXT
    const entity = active()
    const span = trace.getSpan(context)
    if (entity === undefined || (span !== undefined && entityOf(span) === entity)) return context
    // A capture was opened since: it is the active span.
    return trace.setSpan(context, spanOf(entity))
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const span = trace.getSpan(context)
    const entity = span && entityOf(span)
    return this.#contexts.run(context, () =>
      // Without a span there is no parent: undefined is what the store holds outside of any trace.
      storage.run(entity as Entity, () => fn.call(thisArg, ...args)),
    )
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target
    const manager = this
    const fn = target as unknown as AnyFunction
    const bound = function (this: unknown, ...args: never[]): unknown {
      return manager.with(context, () => fn.apply(this, args))
    }
    Object.defineProperty(bound, 'length', { value: fn.length, configurable: true })
    return bound as T
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#contexts.disable()
    return this
  }
}
