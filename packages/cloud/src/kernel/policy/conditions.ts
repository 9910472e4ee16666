import { notImplemented } from '@sonde/wire'
import { type ConditionOperator, OPERATORS } from './operators.ts'
import { literal, type Pattern } from './pattern.ts'
import { expand, type VariableScope } from './variables.ts'

/** `ForAllValues:StringLikeIfExists` and its kind. */
const OPERATOR_NAME = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/

interface Operator {
  readonly row: ConditionOperator
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined
  readonly ifExists: boolean
}

const operatorOf = (name: string): Operator => {
  const [, set, base = '', ifExists] = OPERATOR_NAME.exec(name) ?? []
  const row = Object.hasOwn(OPERATORS, base) ? OPERATORS[base] : undefined
  if (!row) throw notImplemented(`The condition operator ${name} of policies`)
  return { row, set: set as Operator['set'], ifExists: ifExists !== undefined }
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)])

/** A value whose variable is not set compares with nothing. */
const wantedValues = (value: unknown, { variables }: ConditionOperator, scope: VariableScope): Pattern[] =>
  textsOf(value).flatMap(text => {
    const pattern = variables ? expand(text, scope) : literal(text)
    return pattern ? [pattern] : []
  })

/** `true` asks that the key is absent, `false` that it is there. */
const holdsNull = (given: readonly string[] | undefined, wanted: unknown): boolean =>
  textsOf(wanted).some(text => (text.toLowerCase() === 'true') === (given === undefined))

const holdsKey = (
  { row, set, ifExists }: Operator,
  given: readonly string[] | undefined,
  wanted: readonly Pattern[],
): boolean => {
  const passes = (value: string): boolean =>
    row.negated !== wanted.some(pattern => row.compare(value, pattern))
  // Where nothing is given, all of nothing passes, and so does what is to be different.
  if (given === undefined) return ifExists || set === 'ForAllValues' || (row.negated && set === undefined)
  if (set === 'ForAllValues' || (row.negated && set === undefined)) return given.every(passes)
  return given.some(passes)
}

/**
 * Whether a statement's conditions hold: all operators and all their keys, each by any of its values; for operators that
 * ask for something different, by none of them.
 *
 * @throws ServiceError 501 naming an operator that is not known
 */
export const holdsConditions = (condition: unknown, scope: VariableScope): boolean => {
  const entries = Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>)
  return entries.every(([name, keys]) => {
    const operator = name === 'Null' ? undefined : operatorOf(name)
    return Object.entries(keys).every(([key, wanted]) => {
      const given = scope.context.get(key.toLowerCase())
      if (!operator) return holdsNull(given, wanted)
      return holdsKey(operator, given, wantedValues(wanted, operator.row, scope))
    })
  })
}

/**
 * Refuses conditions that nobody could evaluate, where a policy is stored.
 *
 * @throws ServiceError 501 naming an operator that is not known
 */
export const checkConditionOperators = (condition: unknown): void => {
  for (const name of Object.keys((condition ?? {}) as object)) if (name !== 'Null') operatorOf(name)
}
