import type { NormalizedSchema } from '@smithy/core/schema'
import { requiredMembers } from './model.ts'
import { ServiceError } from './service-error.ts'

/** Deeper documents are refused before recursion could end the process. */
const MAX_DEPTH = 128

/** The walk through one input. The path is a stack, printed only where there is something to say. */
interface Walk {
  readonly path: string[]
  readonly missing: string[]
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** `metricData.1.member.metricName`, as Coral prints it. */
const printPath = (path: readonly string[]): string => path.map(camel).join('.')

const typeError = ({ path }: Walk, expected: string): ServiceError =>
  new ServiceError('SerializationException', `${printPath(path) || 'The request body'} is not ${expected}.`)

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array)

const checkScalar = (schema: NormalizedSchema, value: unknown, walk: Walk): void => {
  if (schema.isStringSchema()) {
    // A string with a media type is read as an object that prints as that string.
    if (typeof value !== 'string' && !(value instanceof String)) throw typeError(walk, 'a string')
  } else if (schema.isNumericSchema()) {
    if (typeof value !== 'number') throw typeError(walk, 'a number')
  } else if (schema.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw typeError(walk, 'a boolean')
  } else if (schema.isTimestampSchema()) {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw typeError(walk, 'a timestamp')
  } else if (schema.isBlobSchema() && !(value instanceof Uint8Array) && !schema.isStreaming()) {
    throw typeError(walk, 'a blob')
  }
}

const checkMember = (schema: NormalizedSchema, value: unknown, key: string, walk: Walk): void => {
  walk.path.push(key)
  checkValue(schema, value, walk)
  walk.path.pop()
}

const checkStructure = (schema: NormalizedSchema, value: Record<string, unknown>, walk: Walk): void => {
  for (const name of requiredMembers(schema)) {
    if (value[name] === undefined || value[name] === null) {
      walk.missing.push(printPath([...walk.path, name]))
    }
  }
  for (const [name, member] of schema.structIterator()) {
    const item = value[name]
    if (item !== undefined && item !== null) checkMember(member, item, name, walk)
  }
}

const checkValue = (schema: NormalizedSchema, value: unknown, walk: Walk): void => {
  if (walk.path.length > MAX_DEPTH) throw typeError(walk, `nested less than ${MAX_DEPTH} deep`)
  if (schema.isDocumentSchema()) return
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw typeError(walk, 'a list')
    const member = schema.getValueSchema()
    for (let index = 0; index < value.length; index++) {
      const item = value[index]
      if (item !== null) checkMember(member, item, `${index + 1}.member`, walk)
    }
  } else if (schema.isMapSchema()) {
    if (!isPlainObject(value)) throw typeError(walk, 'a map')
    const member = schema.getValueSchema()
    for (const [key, item] of Object.entries(value)) {
      if (item !== null) checkMember(member, item, `${key}.member`, walk)
    }
  } else if (schema.isStructSchema()) {
    if (!isPlainObject(value)) throw typeError(walk, 'a structure')
    checkStructure(schema, value, walk)
  } else {
    checkScalar(schema, value, walk)
  }
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
  checkStructure(schema, input, walk)
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
