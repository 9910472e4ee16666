import { validationError } from './errors.ts'

/** What a property of a template is to be read as; templates may write numbers and booleans as text. */
export type Shape =
  | 'boolean'
  | 'number'
  | 'text'
  | { readonly list: Shape }
  | { readonly members: Readonly<Record<string, Shape>> }

/** The property `Tags` of most types. */
export const TAGS: Shape = { list: { members: { Key: 'text', Value: 'text' } } }

const mismatch = (path: string, expected: string) =>
  validationError(`Properties validation failed: ${path}: expected type: ${expected}`)

/**
 * Reads a property of a template.
 *
 * @throws ServiceError `ValidationError` naming the property that is of another type, or not known
 */
export const readProperty = (value: unknown, shape: Shape, path: string): unknown => {
  if (value === undefined || value === null) return undefined
  if (shape === 'text') {
    if (typeof value === 'object') throw mismatch(path, 'String')
    return String(value)
  }
  if (shape === 'number') {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || Number.isNaN(number)) throw mismatch(path, 'Number')
    return number
  }
  if (shape === 'boolean') {
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    throw mismatch(path, 'Boolean')
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch(path, 'JSONArray')
    return value.map((item, index) => readProperty(item, shape.list, `${path}/${index}`))
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(path, 'JSONObject')
  const read: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
    if (!known) {
      throw validationError(
        `Properties validation failed: ${path}: extraneous key [${name}] is not permitted`,
      )
    }
    const item = readProperty(member, known, `${path}/${name}`)
    if (item !== undefined) read[name] = item
  }
  return read
}
