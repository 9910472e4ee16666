import type { Literal, Operator, Test } from './ast.ts'
import type { ValueType } from './keywords.ts'
import { syntaxError } from './syntax-error.ts'
import type { TokenReader } from './token-reader.ts'

/** The operators of each type. */
const OPERATORS: Readonly<Record<ValueType, readonly Operator[]>> = {
  boolean: ['=', '!='],
  number: ['=', '!=', '<', '<=', '>', '>='],
  string: ['=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'],
}

const ALL: ReadonlySet<string> = new Set(Object.values(OPERATORS).flat())

const takeOperator = (tokens: TokenReader): Operator | undefined => {
  const { current } = tokens
  if (current.kind !== 'word' && current.kind !== 'symbol') return undefined
  const operator = current.text.toUpperCase()
  if (!ALL.has(operator)) return undefined
  tokens.take()
  return operator as Operator
}

/** A bare word is a string, as in the guide's `name = traces`, but for the two booleans. */
const takeLiteral = (tokens: TokenReader): Literal => {
  const { current, word } = tokens
  if (current.kind === 'string' || current.kind === 'number') {
    tokens.take()
    return current.value
  }
  if (current.kind !== 'word') throw tokens.unexpected('a value')
  tokens.take()
  return word === 'true' || word === 'false' ? word === 'true' : current.text
}

/**
 * The comparison that follows a keyword, or `undefined` where it stands alone.
 *
 * @param types that the keyword's values may have
 * @throws ServiceError `InvalidRequestException` for a literal of another type, or an operator that the type has not
 */
export const readTest = (
  tokens: TokenReader,
  name: string,
  types: readonly ValueType[],
): Test | undefined => {
  const at = tokens.current.offset
  const operator = takeOperator(tokens)
  if (!operator) return undefined
  const { offset } = tokens.current
  const value = takeLiteral(tokens)
  const type = types.find(candidate => candidate === typeof value)
  if (!type) throw syntaxError(`${name} is a ${types.join(' or ')}, not a ${typeof value}`, offset)
  if (!OPERATORS[type].includes(operator)) throw syntaxError(`${operator} does not compare a ${type}`, at)
  return { operator, value }
}
