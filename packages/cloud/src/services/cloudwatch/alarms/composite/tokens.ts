/** A piece of an alarm rule. */
export interface Token {
  readonly kind: 'name' | 'punctuation' | 'quoted' | 'end'
  readonly text: string
  /** Offset in the rule, from 0. */
  readonly at: number
}

const BLANK = /\s/
const PUNCTUATION = '(),'

const quotedEnd = (rule: string, start: number): number => {
  let place = start + 1
  while (place < rule.length && rule[place] !== '"') place += rule[place] === '\\' ? 2 : 1
  return place
}

/**
 * Splits an alarm rule. Names outside of quotation marks end at blanks, round brackets and commas; inside of them a
 * backslash escapes the next character.
 *
 * @returns the tokens, an `end` last; `undefined` and the offset where a quotation mark is never closed
 */
export const tokenize = (rule: string): Token[] | { readonly unclosed: number } => {
  const tokens: Token[] = []
  let place = 0
  while (place < rule.length) {
    const symbol = rule.charAt(place)
    const at = place
    if (BLANK.test(symbol)) {
      place++
    } else if (PUNCTUATION.includes(symbol)) {
      tokens.push({ kind: 'punctuation', text: symbol, at })
      place++
    } else if (symbol === '"') {
      const end = quotedEnd(rule, place)
      if (end >= rule.length) return { unclosed: place }
      tokens.push({ kind: 'quoted', text: rule.slice(place + 1, end).replace(/\\(.)/gs, '$1'), at })
      place = end + 1
    } else {
      while (
        place < rule.length &&
        !BLANK.test(rule.charAt(place)) &&
        !PUNCTUATION.includes(rule.charAt(place))
      ) {
        place++
      }
      tokens.push({ kind: 'name', text: rule.slice(at, place), at })
    }
  }
  tokens.push({ kind: 'end', text: '', at: rule.length })
  return tokens
}
