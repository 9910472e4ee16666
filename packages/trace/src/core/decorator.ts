/** `captured`: functions and methods that are captured at each call. */
import { type CaptureOptions, capture } from './capture.ts'

// biome-ignore lint/suspicious/noExplicitAny: a decorator takes functions of any signature and gives the same back.
type AnyFunction = (this: any, ...args: any[]) => any

/** The part of a standard decorator's context that is looked at. */
export interface CapturedContext {
  readonly kind: string
  readonly name: string | symbol
}

type Decorated<F, C> = C extends { readonly kind: 'field' } ? (initial: AnyFunction) => AnyFunction : F

const wrap = <F extends AnyFunction>(name: string, fn: F, options: CaptureOptions | undefined): F => {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return capture(name, () => fn.apply(this, args), options)
  }
  // What frameworks read off handlers and methods stays as it was.
  Object.defineProperties(wrapped, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  })
  return wrapped as unknown as F
}

/**
 * A standard decorator for methods (static, private and getters too) and for fields that hold functions; also a plain
 * wrapper: `captured('## predict')(fn)`. `this`, arguments, results and exceptions pass through.
 *
 * @param name default: the method's or function's own name, which minifiers change
 * @throws TypeError at decoration, for anything that is no function
 * @example class Model { @captured('## predict') predict(request: Request) { … } }
 */
export const captured =
  (name?: string, options?: CaptureOptions) =>
  <F extends AnyFunction | undefined, C extends CapturedContext | undefined = undefined>(
    value: F,
    context?: C,
  ): Decorated<F, C> => {
    const kind = context?.kind
    const label = name ?? (context ? String(context.name) : (value as AnyFunction | undefined)?.name)
    if (!label) throw new TypeError('captured() needs a name for a function that has none.')
    if (kind === 'field') {
      const initialize = (initial: AnyFunction): AnyFunction => {
        if (typeof initial !== 'function')
          throw new TypeError(`captured("${label}"): the field holds no function.`)
        return wrap(label, initial, options)
      }
      return initialize as Decorated<F, C>
    }
    if (kind !== undefined && kind !== 'method' && kind !== 'getter') {
      throw new TypeError(`captured("${label}") cannot decorate a ${kind}.`)
    }
    if (typeof value !== 'function') throw new TypeError(`captured("${label}") takes a function.`)
    return wrap(label, value, options) as Decorated<F, C>
  }
