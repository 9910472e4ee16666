import { error, type Issue } from './issue.ts'

/** What a value of a dashboard's body must be. */
export type Schema =
  | { readonly kind: 'any' }
  | { readonly kind: 'boolean' }
  | {
      readonly kind: 'string'
      readonly longest?: number
      readonly pattern?: RegExp
      readonly oneOf?: readonly string[]
      /** For what no pattern says. */
      readonly isValid?: (text: string) => boolean
    }
  | {
      readonly kind: 'number' | 'integer'
      readonly min?: number
      readonly max?: number
      readonly isValid?: (number: number) => boolean
    }
  | { readonly kind: 'array'; readonly items: Schema; readonly fewest?: number; readonly most?: number }
  | {
      readonly kind: 'object'
      readonly required?: readonly string[]
      readonly properties: { readonly [name: string]: Schema }
      /** What CloudWatch thinks of properties that are not named. Default: they are ignored, with a warning. */
      readonly unknown?: 'warning' | 'error'
    }

type Kind = Schema['kind']
type Of<K extends Kind> = Extract<Schema, { readonly kind: K }>

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const checkString = (value: unknown, schema: Of<'string'>, path: string): Issue[] => {
  if (typeof value !== 'string') return [error(path, 'Should be string')]
  const { longest, pattern, oneOf, isValid } = schema
  if (oneOf && !oneOf.includes(value)) return [error(path, 'Should be one of the allowed values')]
  if (longest !== undefined && value.length > longest) {
    return [error(path, `Should NOT be longer than ${longest} characters`)]
  }
  if (pattern && !pattern.test(value)) return [error(path, `Should match pattern "${pattern.source}"`)]
  return isValid && !isValid(value) ? [error(path, 'Should be one of the allowed values')] : []
}

const checkNumber = (value: unknown, schema: Of<'number' | 'integer'>, path: string): Issue[] => {
  const { kind, min, max, isValid } = schema
  if (
    typeof value !== 'number' ||
    !Number.isFinite(value) ||
    (kind === 'integer' && !Number.isInteger(value))
  ) {
    return [error(path, `Should be ${kind}`)]
  }
  if (min !== undefined && value < min) return [error(path, `Should be >= ${min}`)]
  if (max !== undefined && value > max) return [error(path, `Should be <= ${max}`)]
  return isValid && !isValid(value) ? [error(path, 'Should be one of the allowed values')] : []
}

const checkArray = (value: unknown, { items, fewest, most }: Of<'array'>, path: string): Issue[] => {
  if (!Array.isArray(value)) return [error(path, 'Should be array')]
  if (most !== undefined && value.length > most)
    return [error(path, `Should NOT have more than ${most} items`)]
  if (fewest !== undefined && value.length < fewest) {
    return [error(path, `Should NOT have fewer than ${fewest} items`)]
  }
  return value.flatMap((item, index) => checkSchema(item, items, `${path}/${index}`))
}

const checkObject = (value: unknown, schema: Of<'object'>, path: string): Issue[] => {
  if (!isObject(value)) return [error(path, 'Should be object')]
  const { required = [], properties, unknown = 'warning' } = schema
  const missing = required
    .filter(name => value[name] === undefined)
    .map(name => error(path, `Should have required property '${name}'`))
  const issues = Object.entries(value).flatMap(([name, member]): Issue[] => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (known) return checkSchema(member, known, `${path}/${name}`)
    const of = path.startsWith('/widgets/') ? ' to be part of a widget definition' : ''
    return unknown === 'error'
      ? [error(path, `Should NOT have additional property '${name}'`)]
      : [
          {
            severity: unknown,
            dataPath: path,
            message: `The "${name}" property is not expected${of}, will be ignored`,
          },
        ]
  })
  return [...missing, ...issues]
}

/**
 * Compares a value with its schema. The messages are those of the JSON schema validator that CloudWatch's answers show.
 *
 * @param path of the value, such as `/widgets/0/properties`
 */
export const checkSchema = (value: unknown, schema: Schema, path: string): Issue[] => {
  switch (schema.kind) {
    case 'any':
      return []
    case 'boolean':
      return typeof value === 'boolean' ? [] : [error(path, 'Should be boolean')]
    case 'string':
      return checkString(value, schema, path)
    case 'array':
      return checkArray(value, schema, path)
    case 'object':
      return checkObject(value, schema, path)
    default:
      return checkNumber(value, schema, path)
  }
}
