import { isSchema, modelReference, type Schema } from './keywords.ts'

/** Complaints about a value, in the words of the validator that API Gateway uses; none where it is valid. */
export type SchemaValidator = (value: unknown) => string[]

/** A schema, and the document in which its local references are looked up. */
interface Located {
  readonly schema: Schema
  readonly root: Schema
}

/** References followed on the way to one value; more is a circle. */
const MAX_REFERENCES = 64

/**
 * A validator for a schema that {@link checkSchema} has passed.
 *
 * @param modelSchema the parsed schema of another model of the API; `undefined` where there is none
 */
export const compileSchema = (schema: unknown, modelSchema: (name: string) => unknown): SchemaValidator => {
  const root = isSchema(schema) ? schema : {}
  return value => new Validation(modelSchema).validate({ schema: root, root }, value)
}

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const json = (value: unknown): string => JSON.stringify(value)

/** Equal as JSON: the order of members does not matter. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    isSchema(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )

class Validation {
  readonly #modelSchema: (name: string) => unknown

  constructor(modelSchema: (name: string) => unknown) {
    this.#modelSchema = modelSchema
  }

  validate(located: Located, value: unknown): string[] {
    const { schema, root } = this.#resolve(located)
    const within = (other: unknown): Located => ({ schema: isSchema(other) ? other : {}, root })
    return [
      ...checkType(schema, value),
      ...checkEnum(schema, value),
      ...(typeof value === 'number' ? checkNumber(schema, value) : []),
      ...(typeof value === 'string' ? checkString(schema, value) : []),
      ...(Array.isArray(value) ? this.#array(schema, value, within) : []),
      ...(isSchema(value) ? this.#object(schema, value, within) : []),
      ...this.#combined(schema, value, within),
    ]
  }

  /** Follows `$ref`, which in draft 04 stands for all else in its schema. */
  #resolve(located: Located): Located {
    let current = located
    for (let step = 0; step < MAX_REFERENCES; step++) {
      const reference = current.schema.$ref
      if (typeof reference !== 'string') return current
      current = this.#follow(reference, current.root)
    }
    return { schema: { enum: [] }, root: located.root }
  }

  #follow(reference: string, root: Schema): Located {
    const model = modelReference(reference)
    if (model !== undefined) {
      const schema = this.#modelSchema(model)
      const document = isSchema(schema) ? schema : {}
      return { schema: document, root: document }
    }
    let target: unknown = root
    for (const part of reference.split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      target = isSchema(target) || Array.isArray(target) ? (target as Schema)[key] : undefined
    }
    return { schema: isSchema(target) ? target : {}, root }
  }

  #array(schema: Schema, value: readonly unknown[], within: (schema: unknown) => Located): string[] {
    const { items, additionalItems } = schema
    const errors = checkArray(schema, value)
    for (const [index, item] of value.entries()) {
      const own = Array.isArray(items) ? (items[index] ?? additionalItems) : items
      if (isSchema(own)) errors.push(...this.validate(within(own), item))
      else if (own === false) {
        errors.push(`array is too long: must have at most ${(items as unknown[]).length} elements`)
        break
      }
    }
    return errors
  }

  #object(schema: Schema, value: Schema, within: (schema: unknown) => Located): string[] {
    const properties = isSchema(schema.properties) ? schema.properties : {}
    const errors = checkObject(schema, value)
    for (const [name, member] of Object.entries(value)) {
      const own = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties
      if (isSchema(own)) errors.push(...this.validate(within(own), member))
    }
    return errors
  }

  #combined(schema: Schema, value: unknown, within: (schema: unknown) => Located): string[] {
    const passing = (schemas: unknown): number =>
      Array.isArray(schemas)
        ? schemas.filter(each => this.validate(within(each), value).length === 0).length
        : 0
    const { allOf, anyOf, oneOf, not } = schema
    const errors: string[] = []
    if (Array.isArray(allOf) && passing(allOf) < allOf.length) {
      errors.push(
        `instance failed to match all required schemas (matched only ${passing(allOf)} out of ${allOf.length})`,
      )
    }
    if (Array.isArray(anyOf) && passing(anyOf) === 0) {
      errors.push(`instance failed to match at least one required schema among ${anyOf.length}`)
    }
    if (Array.isArray(oneOf) && passing(oneOf) !== 1) {
      errors.push(
        `instance failed to match exactly one schema (matched ${passing(oneOf)} out of ${oneOf.length})`,
      )
    }
    if (isSchema(not) && this.validate(within(not), value).length === 0) {
      errors.push('instance matched a schema which it should not have')
    }
    return errors
  }
}

const checkType = ({ type }: Schema, value: unknown): string[] => {
  if (type === undefined) return []
  const allowed = (Array.isArray(type) ? type : [type]).map(String)
  const actual = typeOf(value)
  if (allowed.includes(actual) || (actual === 'integer' && allowed.includes('number'))) return []
  const known = allowed.filter(each => TYPES.includes(each)).sort()
  return [`instance type (${actual}) does not match any allowed primitive type (allowed: ${json(known)})`]
}

const checkEnum = ({ enum: values }: Schema, value: unknown): string[] => {
  if (!Array.isArray(values) || values.some(each => canonical(each) === canonical(value))) return []
  return [`instance value (${json(value)}) not found in enum (possible values: ${json(values)})`]
}

const checkNumber = (schema: Schema, value: number): string[] => {
  const { minimum, maximum, multipleOf } = schema
  const errors: string[] = []
  if (typeof minimum === 'number' && value < minimum) {
    errors.push(`numeric instance is lower than the required minimum (minimum: ${minimum}, found: ${value})`)
  }
  if (typeof minimum === 'number' && schema.exclusiveMinimum === true && value === minimum) {
    errors.push(`numeric instance is not strictly greater than the required minimum ${minimum}`)
  }
  if (typeof maximum === 'number' && value > maximum) {
    errors.push(
      `numeric instance is greater than the required maximum (maximum: ${maximum}, found: ${value})`,
    )
  }
  if (typeof maximum === 'number' && schema.exclusiveMaximum === true && value === maximum) {
    errors.push(`numeric instance is not strictly lower than the required maximum ${maximum}`)
  }
  if (typeof multipleOf === 'number' && multipleOf > 0 && !isMultiple(value, multipleOf)) {
    errors.push(`remainder of division is not zero (${value} / ${multipleOf})`)
  }
  return errors
}

/** Decimal fractions have no exact remainder in binary: 0.3 is a multiple of 0.1. */
const isMultiple = (value: number, divisor: number): boolean => {
  const quotient = value / divisor
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient))
}

const checkString = ({ minLength, maxLength, pattern }: Schema, value: string): string[] => {
  const errors: string[] = []
  const length = typeof minLength === 'number' || typeof maxLength === 'number' ? [...value].length : 0
  if (typeof minLength === 'number' && length < minLength) {
    errors.push(`string ${json(value)} is too short (length: ${length}, required minimum: ${minLength})`)
  }
  if (typeof maxLength === 'number' && length > maxLength) {
    errors.push(`string ${json(value)} is too long (length: ${length}, maximum allowed: ${maxLength})`)
  }
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) {
    errors.push(`ECMA 262 regex "${pattern}" does not match input string ${json(value)}`)
  }
  return errors
}

const checkArray = ({ minItems, maxItems, uniqueItems }: Schema, value: readonly unknown[]): string[] => {
  const errors: string[] = []
  if (typeof minItems === 'number' && value.length < minItems) {
    errors.push(
      `array is too short: must have at least ${minItems} elements but instance has ${value.length} elements`,
    )
  }
  if (typeof maxItems === 'number' && value.length > maxItems) {
    errors.push(
      `array is too long: must have at most ${maxItems} elements but instance has ${value.length} elements`,
    )
  }
  if (uniqueItems === true && new Set(value.map(canonical)).size < value.length) {
    errors.push('array must not contain duplicate elements')
  }
  return errors
}

const checkObject = (schema: Schema, value: Schema): string[] => {
  const { required, additionalProperties, minProperties, maxProperties } = schema
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const names = Object.keys(value)
  const errors: string[] = []
  const missing = Array.isArray(required) ? required.filter(name => !Object.hasOwn(value, name)).sort() : []
  if (missing.length > 0) errors.push(`object has missing required properties (${json(missing)})`)
  const extra = names.filter(name => !Object.hasOwn(properties, name)).sort()
  if (additionalProperties === false && extra.length > 0) {
    errors.push(`object instance has properties which are not allowed by the schema: ${json(extra)}`)
  }
  if (typeof minProperties === 'number' && names.length < minProperties) {
    errors.push(
      `object has too few properties (found ${names.length} but schema requires at least ${minProperties})`,
    )
  }
  if (typeof maxProperties === 'number' && names.length > maxProperties) {
    errors.push(
      `object has too many properties (found ${names.length} but schema requires at most ${maxProperties})`,
    )
  }
  return errors
}
