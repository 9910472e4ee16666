import { notImplemented } from '@sonde/wire'
import { badRequest } from '../errors.ts'
import { ANNOTATIONS, isSchema, modelReference, VALIDATING } from './keywords.ts'

/** Nesting of a schema; deeper ones are refused before they can exhaust the stack. */
const MAX_DEPTH = 100

const invalid = (detail: string) =>
  badRequest(`Invalid model specified: Validation Result: warnings : [], errors : [${detail}]`)

/**
 * Checks a model's schema when it is created.
 *
 * @throws ServiceError `BadRequestException` for what is no schema, 501 for a keyword that we would not validate
 */
export const checkSchema = (schema: unknown, depth = 0): void => {
  if (!isSchema(schema)) throw invalid('Invalid model schema specified')
  if (depth > MAX_DEPTH) throw invalid(`Model schema is nested more than ${MAX_DEPTH} levels`)
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue
    if (!VALIDATING.has(keyword)) throw notImplemented(`The JSON Schema keyword ${keyword} in a model`)
    checkKeyword(keyword, value, depth + 1)
  }
}

const each = (values: unknown, depth: number): void => {
  for (const value of Object.values(values as object)) checkSchema(value, depth)
}

const checkKeyword = (keyword: string, value: unknown, depth: number): void => {
  switch (keyword) {
    case 'properties':
    case 'definitions':
      if (!isSchema(value)) throw invalid(`${keyword} must be an object`)
      each(value, depth)
      break
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      if (!Array.isArray(value) || value.length === 0) throw invalid(`${keyword} must be a non-empty array`)
      each(value, depth)
      break
    case 'items':
      if (Array.isArray(value)) each(value, depth)
      else checkSchema(value, depth)
      break
    case 'not':
      checkSchema(value, depth)
      break
    case 'additionalProperties':
    case 'additionalItems':
      if (typeof value !== 'boolean') checkSchema(value, depth)
      break
    case 'required':
    case 'enum':
      if (!Array.isArray(value) || value.length === 0) throw invalid(`${keyword} must be a non-empty array`)
      break
    case 'pattern':
      checkPattern(value)
      break
    case '$ref':
      checkReference(value)
      break
  }
}

const checkPattern = (value: unknown): void => {
  try {
    new RegExp(String(value), 'u')
  } catch {
    throw invalid(`Invalid regular expression: ${value}`)
  }
}

const checkReference = (value: unknown): void => {
  const reference = String(value)
  if (reference === '#' || reference.startsWith('#/') || modelReference(reference) !== undefined) return
  throw invalid(`Invalid model reference specified: ${reference}`)
}
