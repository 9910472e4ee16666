import { type Comparator, comparison, type Test } from './comparison.ts'
import type { TokenReader } from './tokens.ts'

/** The values that a name stands for in one message: none where it is missing, several behind a wildcard. */
export type Values = (name: string) => readonly unknown[]

export type Condition = (values: Values) => boolean

const COMPARATORS: ReadonlySet<string> = new Set(['=', '!=', '<', '>', '<=', '>='])

export interface ExpressionRules {
  /** Takes the name at the left of a comparison. */
  readonly name: (tokens: TokenReader) => string
  readonly numeric: (value: unknown) => number | undefined
  /** Whether `IS NULL`, `NOT EXISTS` and the like may follow. */
  readonly knowsStates: boolean
}

const STATES: ReadonlyArray<
  readonly [words: readonly string[], test: (values: readonly unknown[]) => boolean]
> = [
  [['IS', 'NULL'], values => values.includes(null)],
  [['IS', 'TRUE'], values => values.includes(true)],
  [['IS', 'FALSE'], values => values.includes(false)],
  [['NOT', 'EXISTS'], values => values.length === 0],
  [['EXISTS'], values => values.length > 0],
]

/** Reads `a = 1 && (b != "x" || c IS NULL)`; `&&` binds closer than `||`. */
export const readExpression = (tokens: TokenReader, rules: ExpressionRules): Condition => {
  const any = readAll(tokens, rules)
  if (!tokens.skip('||')) return any
  const rest = readExpression(tokens, rules)
  return values => any(values) || rest(values)
}

const readAll = (tokens: TokenReader, rules: ExpressionRules): Condition => {
  const one = readOne(tokens, rules)
  if (!tokens.skip('&&')) return one
  const rest = readAll(tokens, rules)
  return values => one(values) && rest(values)
}

const readOne = (tokens: TokenReader, rules: ExpressionRules): Condition => {
  if (tokens.skip('(')) {
    const inner = readExpression(tokens, rules)
    tokens.expect(')')
    return inner
  }
  const name = rules.name(tokens)
  const state = rules.knowsStates ? readState(tokens) : undefined
  if (state) return values => state(values(name))
  const test = readTest(tokens, rules)
  return values => values(name).some(test)
}

const readState = (tokens: TokenReader): ((values: readonly unknown[]) => boolean) | undefined => {
  const first = tokens.next
  const candidates = STATES.filter(([words]) => first?.kind === 'word' && words[0] === first.text)
  if (candidates.length === 0) return undefined
  tokens.take()
  for (const [words, test] of candidates) {
    if (words.length === 1 || tokens.skip(words[1] ?? '')) return test
  }
  throw tokens.unexpected(candidates.map(([words]) => words[1]).join(' or '))
}

const readTest = (tokens: TokenReader, { numeric }: ExpressionRules): Test => {
  const symbol = tokens.next
  if (symbol?.kind !== 'symbol' || !COMPARATORS.has(symbol.text)) throw tokens.unexpected('a comparison')
  tokens.take()
  const operand = tokens.next
  if (operand?.kind !== 'word' && operand?.kind !== 'string' && operand?.kind !== 'regex') {
    throw tokens.unexpected('a value')
  }
  tokens.take()
  return comparison(symbol.text as Comparator, operand, numeric)
}
