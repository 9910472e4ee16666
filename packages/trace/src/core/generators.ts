/** Captures of generators stay open while those run, and each step runs inside of the capture. */
import { recordException } from './cause.ts'
import { storage } from './context.ts'
import { detailsOf, type Entity } from './entity.ts'
import { closeEntity } from './recorder.ts'

type AnyGenerator = Generator | AsyncGenerator

/** Told by the tag: generator functions may be transpiled, minified or come from another realm. */
export const isGenerator = (value: object): value is AnyGenerator => {
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return (
    (tag === 'Generator' || tag === 'AsyncGenerator') &&
    typeof (value as { next?: unknown }).next === 'function'
  )
}

type Step = IteratorResult<unknown>

const fail = (entity: Entity, error: unknown): void => {
  detailsOf(entity).fault = true
  recordException(entity, error)
  closeEntity(entity)
}

const seen = (entity: Entity, step: Step): Step => {
  if (step.done) closeEntity(entity)
  return step
}

/** One step of either kind, inside of the capture. */
const take = <T extends Step | Promise<Step>>(entity: Entity, step: () => T): T => {
  let result: T
  try {
    result = storage.run(entity, step)
  } catch (error) {
    fail(entity, error)
    throw error
  }
  if (!(result instanceof Promise)) return seen(entity, result as Step) as T
  return result.then(
    value => seen(entity, value),
    error => {
      fail(entity, error)
      throw error
    },
  ) as T
}

/**
 * The same generator with steps that run inside of the capture. The object keeps its identity and prototype, so
 * `for … of`, `yield*` and `instanceof` behave as before.
 */
export const followGenerator = (entity: Entity, generator: AnyGenerator): AnyGenerator => {
  const { next, return: finish, throw: raise } = generator as Generator
  const wrap =
    <A extends unknown[]>(method: (...args: A) => Step) =>
    (...args: A): Step =>
      take(entity, () => method.apply(generator, args))
  Object.defineProperties(generator, {
    next: { value: wrap(next), configurable: true, writable: true },
    return: { value: wrap(finish), configurable: true, writable: true },
    throw: { value: wrap(raise), configurable: true, writable: true },
  })
  return generator
}
