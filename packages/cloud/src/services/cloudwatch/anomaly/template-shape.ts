import { invalidValue } from '../errors.ts'

/** What a property of a template must be: a scalar, a list of one shape, or an object of named ones. */
export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'time'
  | readonly [Shape]
  | { readonly [name: string]: Shape }

type Scalar = Extract<Shape, string>

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape)

const fail = (path: string, expected: string): Error => invalidValue(`Property ${path} must be ${expected}.`)

/** Parameters of templates are text: numbers and booleans are taken as such too. */
const SCALARS: Readonly<Record<Scalar, (value: unknown, path: string) => unknown>> = {
  text: (value, path) => {
    if (typeof value !== 'string') throw fail(path, 'text')
    return value
  },
  number: (value, path) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) throw fail(path, 'a number')
    return number
  },
  boolean: (value, path) => {
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    throw fail(path, 'true or false')
  },
  time: (value, path) => {
    // `yyyy-MM-dd'T'HH:mm:ss` means UTC.
    const text = String(value)
    const time = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
    if (Number.isNaN(time.getTime())) throw fail(path, 'a time such as 2019-07-01T23:59:59')
    return time
  },
}

/**
 * Reads a template's value as the API's input has it.
 *
 * @throws ServiceError naming the property that is of another type, or not known
 */
export const readShape = (value: unknown, shape: Shape, path: string): unknown => {
  if (typeof shape === 'string') return SCALARS[shape](value, path)
  if (isList(shape)) {
    if (!Array.isArray(value)) throw fail(path, 'a list')
    return value.map((item, index) => readShape(item, shape[0], `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail(path, 'an object')
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const known = Object.hasOwn(shape, name) ? shape[name] : undefined
      if (!known) throw invalidValue(`Encountered unsupported property ${path}.${name}`)
      return [name, readShape(member, known, `${path}.${name}`)]
    }),
  )
}
