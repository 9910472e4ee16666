import { formatError, validationError } from '../errors.ts'
import { isList, isScalar, type ValueMap } from './value.ts'

/** What `AllowedValues` lists, as text. */
export const allowedValuesOf = (declaration: ValueMap): string[] | undefined => {
  const values = declaration.AllowedValues
  if (values === undefined) return undefined
  if (!isList(values) || !values.every(isScalar)) {
    throw formatError('Every AllowedValues member must be a list of strings.')
  }
  return values.map(String)
}

const numberOf = (declaration: ValueMap, name: string): number | undefined => {
  const value = declaration[name]
  if (value === undefined) return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || Number.isNaN(number))
    throw formatError(`Every ${name} member must be a number.`)
  return number
}

const patternOf = (declaration: ValueMap): RegExp | undefined => {
  const pattern = declaration.AllowedPattern
  if (pattern === undefined) return undefined
  if (typeof pattern !== 'string') throw formatError('Every AllowedPattern member must be a string.')
  try {
    return new RegExp(`^(?:${pattern})$`)
  } catch (cause) {
    throw formatError(`AllowedPattern ${pattern} is not a regular expression: ${(cause as Error).message}`)
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** What is wrong with one value, in CloudFormation's words after `Parameter 'X' must `. */
const complaint = (declaration: ValueMap, value: string, numeric: boolean): string | undefined => {
  if (numeric) {
    if (!NUMBER.test(value)) return 'be a number'
    const min = numberOf(declaration, 'MinValue')
    const max = numberOf(declaration, 'MaxValue')
    if (min !== undefined && Number(value) < min) return `be a number not less than ${min}`
    if (max !== undefined && Number(value) > max) return `be a number not greater than ${max}`
  }
  const minLength = numberOf(declaration, 'MinLength')
  const maxLength = numberOf(declaration, 'MaxLength')
  if (minLength !== undefined && value.length < minLength) return `contain at least ${minLength} characters`
  if (maxLength !== undefined && value.length > maxLength) return `contain at most ${maxLength} characters`
  const pattern = patternOf(declaration)
  if (pattern && !pattern.test(value)) return `match pattern ${String(declaration.AllowedPattern)}`
  const allowed = allowedValuesOf(declaration)
  if (allowed && !allowed.includes(value)) return `be one of AllowedValues`
  return undefined
}

/**
 * Checks one parameter's values (several for a list type) against its declaration.
 *
 * @throws ServiceError `ValidationError`: `Parameter 'X' must be one of AllowedValues`, or the declaration's own
 * `ConstraintDescription`
 */
export const checkConstraints = (
  name: string,
  declaration: ValueMap,
  values: readonly string[],
  numeric: boolean,
): void => {
  for (const value of values) {
    const found = complaint(declaration, value, numeric)
    if (!found) continue
    const description = declaration.ConstraintDescription
    throw validationError(
      typeof description === 'string'
        ? `Parameter '${name}' failed to satisfy constraint: ${description}`
        : `Parameter '${name}' must ${found}`,
    )
  }
}
