import { invalidParameter } from '../errors.ts'
import { numberIn } from './comparison.ts'
import { type Condition, type ExpressionRules, readExpression } from './expression.ts'
import type { FilterPattern, PatternMatch } from './filter-pattern.ts'
import { TokenReader } from './tokens.ts'

/** One place of the pattern. */
interface Field {
  readonly name: string
  /** `undefined`: any value. */
  readonly condition: Condition | undefined
}

/** The dots: any number of fields. */
const REST = Symbol('...')

/** A field in brackets, in quotes, or up to the next space. */
const FIELD = /\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/g

/** A message cut at its spaces; what stands in brackets or quotes is one field. */
export const splitFields = (text: string): string[] =>
  Array.from(text.matchAll(FIELD), ([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare ?? '')

const readField = (tokens: TokenReader, position: number): Field => {
  // A field may do without a name; messages then tell it by its number.
  if (tokens.next?.kind === 'symbol' && (tokens.next.text === ',' || tokens.next.text === ']')) {
    return { name: String(position), condition: undefined }
  }
  const grouped = tokens.next?.text === '('
  let named: string | undefined
  const rules: ExpressionRules = {
    name: reader => {
      const { next } = reader
      if (next?.kind !== 'word') throw reader.unexpected('the name of a field')
      reader.take()
      named ??= next.text
      if (next.text !== named) throw reader.unexpected(`the field ${named}, whose place this is`)
      return next.text
    },
    numeric: value => (typeof value === 'string' ? numberIn(value) : undefined),
    knowsStates: false,
  }
  if (!grouped) {
    const { next } = tokens
    if (next?.kind !== 'word') throw tokens.unexpected('the name of a field')
    const lookahead = tokens.peek(1)
    if (lookahead?.kind === 'symbol' && (lookahead.text === ',' || lookahead.text === ']')) {
      tokens.take()
      return { name: next.text, condition: undefined }
    }
  }
  const condition = readExpression(tokens, rules)
  return { name: named ?? String(position), condition }
}

const readFields = (pattern: string): Array<Field | typeof REST> => {
  const tokens = new TokenReader(pattern)
  const fields: Array<Field | typeof REST> = []
  tokens.expect('[')
  do {
    if (tokens.skip('...')) fields.push(REST)
    else fields.push(readField(tokens, fields.length + 1))
  } while (tokens.skip(','))
  tokens.expect(']')
  if (tokens.next) throw tokens.unexpected('the end')
  if (fields.filter(field => field === REST).length > 1) {
    throw invalidParameter('A space-delimited filter pattern can have one ellipsis')
  }
  return fields
}

/**
 * `[ip, user, ..., status = 4*, size > 1000]`: messages of as many fields as the pattern has places, or more where it
 * has dots.
 */
export const parseFieldsPattern = (pattern: string): FilterPattern => {
  const parsed = readFields(pattern)
  const rest = parsed.indexOf(REST)
  const fields = parsed.filter(field => field !== REST)
  const head = rest < 0 ? fields.length : rest
  const tail = fields.length - head

  const matches = (values: readonly string[]): boolean =>
    (rest < 0 ? values.length === fields.length : values.length >= fields.length) &&
    fields.every(({ condition }, index) => {
      if (!condition) return true
      const value = values[index < head ? index : values.length - fields.length + index]
      return condition(() => (value === undefined ? [] : [value]))
    })

  /** By name; fields that the dots stand for are known by their number. */
  const named = (values: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      values.map((value, index) => {
        const behind = index - (values.length - tail)
        const field = index < head ? fields[index] : behind >= 0 ? fields[head + behind] : undefined
        return [`$${field?.name ?? index + 1}`, value]
      }),
    )

  const matchOf = (values: readonly string[]): PatternMatch => {
    const extracted = named(values)
    return { value: selector => extracted[selector], extracted: () => extracted }
  }
  return {
    kind: 'fields',
    reads: selector => fields.some(({ name }) => `$${name}` === selector) || /^\$\d+$/.test(selector),
    match: message => {
      const values = splitFields(message.text)
      return matches(values) ? matchOf(values) : undefined
    },
  }
}
