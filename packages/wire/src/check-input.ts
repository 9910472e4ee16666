import type { NormalizedSchema } from '@smithy/core/schema'
import { requiredMembers } from './model.ts'
import { ServiceError } from './service-error.ts'

/** Deeper documents are refused before recursion could end the process. */
const MAX_DEPTH = 128

/** The walk through one input. The path is a stack, printed only where there is something to say. */
interface Walk {
  /** Names of members, and the positions of items in lists. */
  readonly path: Array<string | number>
  readonly missing: string[]
}

/** Checks one value. Compiled once for each schema: a thousand items of a list cost no look at their schema. */
type Check = (value: unknown, walk: Walk) => void

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** `metricData.1.member.metricName`, as Coral prints it. */
const printPath = (path: Walk['path']): string =>
  path.map(part => (typeof part === 'number' ? `${part + 1}.member` : camel(part))).join('.')

const typeError = ({ path }: Walk, expected: string): ServiceError =>
  new ServiceError('SerializationException', `${printPath(path) || 'The request body'} is not ${expected}.`)

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array)

const checkScalar = (schema: NormalizedSchema): Check => {
  const expect =
    (is: (value: unknown) => boolean, expected: string): Check =>
    (value, walk) => {
      if (!is(value)) throw typeError(walk, expected)
    }
  if (schema.isStringSchema()) {
    // A string with a media type is read as an object that prints as that string.
    return expect(value => typeof value === 'string' || value instanceof String, 'a string')
  }
  if (schema.isNumericSchema()) return expect(value => typeof value === 'number', 'a number')
  if (schema.isBooleanSchema()) return expect(value => typeof value === 'boolean', 'a boolean')
  if (schema.isTimestampSchema()) {
    return expect(value => value instanceof Date && !Number.isNaN(value.getTime()), 'a timestamp')
  }
  if (schema.isBlobSchema() && !schema.isStreaming()) {
    return expect(value => value instanceof Uint8Array, 'a blob')
  }
  return () => {}
}

const checkPart = (check: Check, value: unknown, key: string | number, walk: Walk): void => {
  if (walk.path.length > MAX_DEPTH) throw typeError(walk, `nested less than ${MAX_DEPTH} deep`)
  walk.path.push(key)
  check(value, walk)
  walk.path.pop()
}

const nullError = ({ path }: Walk, index: number): ServiceError =>
  new ServiceError('SerializationException', `${printPath([...path, index])} is null.`)

/** Only a sparse list may hold null. */
const checkList = (member: Check, sparse: boolean): Check => {
  return (value, walk) => {
    if (!Array.isArray(value)) throw typeError(walk, 'a list')
    for (let index = 0; index < value.length; index++) {
      if (value[index] !== null) checkPart(member, value[index], index, walk)
      else if (!sparse) throw nullError(walk, index)
    }
  }
}

const checkMap = (member: Check): Check => {
  return (value, walk) => {
    if (!isPlainObject(value)) throw typeError(walk, 'a map')
    for (const [key, item] of Object.entries(value)) {
      if (item !== null) checkPart(member, item, `${key}.member`, walk)
    }
  }
}

const checkStructure = (schema: NormalizedSchema): Check => {
  const required = requiredMembers(schema)
  const members = Array.from(schema.structIterator(), ([name, member]) => [name, checkOf(member)] as const)
  return (value, walk) => {
    if (!isPlainObject(value)) throw typeError(walk, 'a structure')
    for (const name of required) {
      if (value[name] === undefined || value[name] === null) {
        walk.missing.push(printPath([...walk.path, name]))
      }
    }
    for (const [name, check] of members) {
      const item = value[name]
      if (item !== undefined && item !== null) checkPart(check, item, name, walk)
    }
  }
}

const compile = (schema: NormalizedSchema): Check => {
  if (schema.isDocumentSchema()) return () => {}
  if (schema.isListSchema()) {
    return checkList(checkOf(schema.getValueSchema()), Boolean(schema.getMergedTraits().sparse))
  }
  if (schema.isMapSchema()) return checkMap(checkOf(schema.getValueSchema()))
  if (schema.isStructSchema()) return checkStructure(schema)
  return checkScalar(schema)
}

/** By the static schema of a list, map or structure, which may hold itself. */
const compiled = new WeakMap<object, Check>()

const checkOf = (schema: NormalizedSchema): Check => {
  const id: unknown = schema.getSchema()
  if (typeof id !== 'object' || id === null) return compile(schema)
  const known = compiled.get(id)
  if (known) return known
  let check: Check | undefined
  compiled.set(id, (value, walk) => check?.(value, walk))
  check = compile(schema)
  compiled.set(id, check)
  return check
}

/**
 * Checks that an input is what its schema says: the codecs are the clients' and take what a server sends on trust.
 *
 * @throws ServiceError `SerializationException` for a member of another type, `ValidationException` that lists every
 * missing required member in Coral's words
 */
export const checkInput = (schema: NormalizedSchema, input: Record<string, unknown>): void => {
  if (!schema.isStructSchema()) return
  const walk: Walk = { path: [], missing: [] }
  checkOf(schema)(input, walk)
  if (walk.missing.length === 0) return
  const items = walk.missing.map(
    path => `Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  )
  throw new ServiceError(
    'ValidationException',
    `${items.length} validation error${items.length === 1 ? '' : 's'} detected: ${items.join('; ')}`,
    { queryCode: 'ValidationError' },
  )
}
