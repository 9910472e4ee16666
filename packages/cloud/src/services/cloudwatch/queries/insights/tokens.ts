import { syntaxError } from '../errors.ts'

export type InsightsToken =
  /** A bare word may be a keyword; a name in double quotes never is. */
  | { readonly kind: 'word' | 'quoted' | 'value' | 'symbol'; readonly text: string; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number }

const SPACE = /\s+/y
/** Dots are in names of CloudWatch's own (`AWS.AccountId`, `tag.Team`), which are refused by name. */
const WORD = /[\w.]+/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy
const VALUE = /'((?:[^'\\]|\\.)*)'/sy
const SYMBOL = /!=|[=(),]/y
const ESCAPED = /\\(["'\\])/g

/** @throws ExpressionError */
export const tokenizeInsights = (text: string): InsightsToken[] => {
  const tokens: InsightsToken[] = []
  let offset = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset
    const found = pattern.exec(text)
    if (found) offset = pattern.lastIndex
    return found
  }
  const kinds = [
    ['quoted', QUOTED],
    ['value', VALUE],
    ['word', WORD],
    ['symbol', SYMBOL],
  ] as const
  for (;;) {
    match(SPACE)
    const at = offset
    if (at >= text.length) return [...tokens, { kind: 'end', offset: at }]
    const before = tokens.length
    for (const [kind, pattern] of kinds) {
      const found = match(pattern)
      if (!found) continue
      tokens.push({ kind, text: found[1]?.replace(ESCAPED, '$1') ?? found[0], offset: at })
      break
    }
    if (tokens.length === before) throw syntaxError(`unexpected character ${text.charAt(at)}`, at)
  }
}
