import { invalidParameter } from '../errors.ts'
import type { Operand } from './tokens.ts'

export type Comparator = '=' | '!=' | '<' | '>' | '<=' | '>='

/** Whether one value passes. Called for values that are there. */
export type Test = (value: unknown) => boolean

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

/** The number that a text is, or `undefined`. */
export const numberIn = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined)

const ORDER: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

/**
 * Whether a text is what `pattern` describes, whose `*` stand for any characters. Linear in practice: each part is
 * looked for once, from the left.
 */
export const matchesWildcards = (pattern: string, text: string): boolean => {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return text === pattern
  if (!text.startsWith(first) || text.length < first.length + last.length) return false
  let from = first.length
  const end = text.length - last.length
  for (const part of rest) {
    const at = text.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return from <= end && text.endsWith(last)
}

/**
 * A comparison with a constant. A number that stands bare is compared with numbers by size and with text as text, what
 * stands in quotes with text alone; `*` in either stands for any characters, `%…%` is a regular expression.
 *
 * @param numeric the number that a value is, where it is one: text is a number in space-delimited messages, not in JSON
 * @throws ServiceError `InvalidParameterException` for an order among texts
 */
export const comparison = (
  comparator: Comparator,
  operand: Operand,
  numeric: (value: unknown) => number | undefined,
): Test => {
  const wanted = operand.kind === 'word' ? numberIn(operand.text) : undefined
  const order = ORDER[comparator]
  if (order) {
    if (wanted === undefined) {
      throw invalidParameter(`Invalid filter pattern: ${comparator} needs a number, not ${operand.text}`)
    }
    return value => {
      const number = numeric(value)
      return number !== undefined && order(number, wanted)
    }
  }
  const equals = equality(operand, wanted, numeric)
  return comparator === '=' ? equals : value => !equals(value)
}

const equality = (
  operand: Operand,
  wanted: number | undefined,
  numeric: (value: unknown) => number | undefined,
): Test => {
  if (operand.kind === 'regex') {
    const { regex } = operand
    return value => typeof value === 'string' && regex.test(value)
  }
  const { text } = operand
  return value => {
    if (wanted !== undefined && numeric(value) === wanted) return true
    if (typeof value === 'string') return matchesWildcards(text, value)
    return (
      operand.kind === 'word' &&
      (typeof value === 'number' || typeof value === 'boolean') &&
      matchesWildcards(text, String(value))
    )
  }
}
