import { formatError } from '../errors.ts'
import { jsonErrorOffset } from './json-error.ts'
import { isList, isMap, type Value, type ValueMap } from './value.ts'
import { readYaml } from './yaml.ts'

/** Deeper templates are refused: the reading and evaluating functions recurse. No AWS limit comes near. */
export const MAX_TEMPLATE_DEPTH = 100

const position = (text: string, offset: number): string => {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return `(line ${line}, column ${offset - before.lastIndexOf('\n')})`
}

const readJson = (text: string): Value => {
  try {
    return JSON.parse(text) as Value
  } catch {
    throw formatError(`JSON not well-formed. ${position(text, jsonErrorOffset(text))}`)
  }
}

const refuseNulls = (value: Value, path: string, depth: number): void => {
  if (value === null) throw formatError(`[${path}] 'null' values are not allowed in templates`)
  if (depth > MAX_TEMPLATE_DEPTH) throw formatError(`Nesting is deeper than ${MAX_TEMPLATE_DEPTH} levels.`)
  if (!isList(value) && !isMap(value)) return
  for (const [key, item] of Object.entries(value)) refuseNulls(item, `${path}/${key}`, depth + 1)
}

/**
 * Reads a template's text, JSON where it starts with a brace and YAML otherwise, as CloudFormation tells them apart.
 *
 * @throws ServiceError `ValidationError` with CloudFormation's `Template format error: …`
 */
export const parseTemplateText = (text: string): ValueMap => {
  const value = text.trimStart().startsWith('{') ? readJson(text) : readYaml(text, MAX_TEMPLATE_DEPTH)
  if (!isMap(value)) throw formatError('unsupported structure.')
  refuseNulls(value, '', 0)
  return value
}
