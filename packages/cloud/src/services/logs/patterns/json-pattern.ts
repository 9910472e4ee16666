import { invalidParameter } from '../errors.ts'
import { readExpression } from './expression.ts'
import type { FilterPattern, PatternMatch } from './filter-pattern.ts'
import { hasWildcard, type JsonSelector, parseSelector } from './json-selector.ts'
import { TokenReader } from './tokens.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html */
const MAX_WILDCARDS = 3

/** Text of a value as `extractedValues` and dimensions show it. */
export const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === undefined || value === null ? undefined : JSON.stringify(value)
}

/** `{ $.latency > 100 && $.route = "/predict" }`: messages that are a JSON document of which the expression is true. */
export const parseJsonPattern = (pattern: string): FilterPattern => {
  const tokens = new TokenReader(pattern)
  const selectors = new Map<string, JsonSelector>()
  tokens.expect('{')
  const condition = readExpression(tokens, {
    name: reader => {
      const token = reader.next
      const selector = token?.kind === 'selector' ? parseSelector(token.text) : undefined
      if (!token || !selector) throw reader.unexpected('a selector such as $.name')
      reader.take()
      selectors.set(token.text, selector)
      return token.text
    },
    numeric: value => (typeof value === 'number' ? value : undefined),
    knowsStates: true,
  })
  tokens.expect('}')
  if (tokens.next) throw tokens.unexpected('the end')
  if ([...selectors.keys()].filter(hasWildcard).length > MAX_WILDCARDS) {
    throw invalidParameter(`A filter pattern can have at most ${MAX_WILDCARDS} wildcard selectors`)
  }
  const read = (document: unknown, text: string): unknown => {
    const selector = selectors.get(text) ?? parseSelector(text)
    return selector?.(document)[0]
  }
  const matchOf = (document: unknown): PatternMatch => ({
    value: selector => read(document, selector),
    extracted: () =>
      Object.fromEntries(
        [...selectors.keys()].flatMap(text => {
          const shown = textOf(read(document, text))
          return shown === undefined ? [] : [[text, shown]]
        }),
      ),
  })
  return {
    kind: 'json',
    reads: selector => parseSelector(selector) !== undefined,
    match: message => {
      const { json } = message
      if (json === undefined) return undefined
      return condition(text => selectors.get(text)?.(json) ?? []) ? matchOf(json) : undefined
    },
  }
}
