import fc from 'fast-check'
import type { ProtocolName } from '../api.ts'

/** A static schema as the SDK writes them, and an arbitrary of its values. */
export interface Shape {
  readonly schema: unknown
  readonly values: fc.Arbitrary<unknown>
}

const NAMESPACE = 'sonde.test'
const STRING = 0
const NUMBER = 1
const BOOLEAN = 2
const TIMESTAMP = 4
const BLOB = 21
const LIST = 1
const MAP = 2
const STRUCTURE = 3
const OPERATION = 9

/**
 * Text that every format can carry: XML's parser trims, and has no way to write control characters or lone surrogates.
 */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map(value => value.replace(/[\p{Cc}\p{Cs}\s\ufffe\uffff]/gu, '_'))

const scalars: readonly Shape[] = [
  { schema: STRING, values: text },
  { schema: NUMBER, values: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0) },
  { schema: NUMBER, values: fc.integer() },
  { schema: BOOLEAN, values: fc.boolean() },
  { schema: TIMESTAMP, values: fc.integer({ min: 0, max: 4e9 }).map(seconds => new Date(seconds * 1_000)) },
  { schema: BLOB, values: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
]

const memberName = fc.stringMatching(/^[A-Z][a-zA-Z]{0,8}$/)

let sequence = 0
const unique = (kind: string): string => `${kind}${++sequence}`

const listOf = (member: Shape): Shape => ({
  schema: [LIST, NAMESPACE, unique('List'), 0, member.schema],
  values: fc.array(member.values, { minLength: 1, maxLength: 4 }),
})

const mapOf = (member: Shape): Shape => ({
  schema: [MAP, NAMESPACE, unique('Map'), 0, STRING, member.schema],
  values: fc.dictionary(
    text.filter(key => key !== '__proto__'),
    member.values,
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  ),
})

const structureOf = (members: Readonly<Record<string, Shape>>, mayBeEmpty: boolean): Shape => {
  const entries = Object.entries(members)
  return {
    schema: () => [
      STRUCTURE,
      NAMESPACE,
      unique('Structure'),
      0,
      entries.map(([name]) => name),
      entries.map(([, member]) => member.schema),
    ],
    values: fc.record(Object.fromEntries(entries.map(([name, member]) => [name, member.values])), {
      requiredKeys: mayBeEmpty ? [] : entries.slice(0, 1).map(([name]) => name),
      noNullPrototype: true,
    }),
  }
}

/** The schema function gives the same array at every call, as the SDK's do. */
const memoized = (shape: Shape): Shape => {
  if (typeof shape.schema !== 'function') return shape
  const schema: unknown = shape.schema()
  return { ...shape, schema: () => schema }
}

const shapesOf = (mapsOfCollections: boolean, emptyStructures: boolean) =>
  fc.letrec<{ shape: Shape; structure: Shape }>(tie => ({
    shape: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...scalars),
      tie('shape').map(listOf),
      mapsOfCollections ? tie('shape').map(mapOf) : fc.constantFrom(...scalars).map(mapOf),
      tie('structure'),
    ),
    structure: fc
      .dictionary(memberName, tie('shape'), { minKeys: 1, maxKeys: 5, noNullPrototype: true })
      .map(members => memoized(structureOf(members, emptyStructures))),
  })).structure

// The SDK's XML writer puts one element too many around a list or map in a map, which its own reader does not read.
// No service that we speak XML for has such a shape.
const inXml = shapesOf(false, true)
// A form has no way to write an empty structure.
const inForms = shapesOf(false, false)
const anywhere = shapesOf(true, true)

const shapesIn = (protocol: ProtocolName) => {
  if (protocol === 'awsQuery') return inForms
  return protocol === 'restXml' ? inXml : anywhere
}

/** An operation whose output is shaped as its input, and a value for both. */
export const operationWithValue = (
  protocol: ProtocolName,
): fc.Arbitrary<{ operation: unknown; value: Record<string, unknown> }> =>
  shapesIn(protocol).chain(shape =>
    shape.values.map(value => ({
      operation: [OPERATION, NAMESPACE, 'Echo', { http: ['POST', '/echo', 200] }, shape.schema, shape.schema],
      value: value as Record<string, unknown>,
    })),
  )
