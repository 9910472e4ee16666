import { syntaxError } from '../errors.ts'

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  /** `id` starts with a lower-case letter, `word` with an upper-case one. */
  | { readonly kind: 'id' | 'word' | 'symbol'; readonly text: string; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number }

const SPACE = /\s+/y
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y
const ID = /[a-z]\w*/y
const WORD = /[A-Z]\w*/y
const SYMBOL = /==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]/y
/** In single quotes every character is itself, as search terms need; typographic quotes come from copied examples. */
const SINGLE_QUOTED = /'([^']*)'/y
const DOUBLE_QUOTED = /"((?:[^"\\]|\\.)*)"/sy
const TYPOGRAPHIC = /[“”]([^“”]*)[“”]/y
const ESCAPED = /\\(["\\])/g

const SYNONYMS: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' }

/**
 * Splits an expression; the last token is `end`. `&&` and `||` come as the words `AND` and `OR`.
 *
 * @throws ExpressionError
 */
export const tokenize = (text: string): Token[] => {
  const tokens: Token[] = []
  let offset = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset
    const found = pattern.exec(text)
    if (found) offset = pattern.lastIndex
    return found
  }
  for (;;) {
    match(SPACE)
    const at = offset
    if (at >= text.length) return [...tokens, { kind: 'end', offset: at }]
    const number = match(NUMBER)
    if (number) {
      const value = Number(number[0])
      if (!Number.isFinite(value)) throw syntaxError(`the number ${number[0]} is out of range`, at)
      tokens.push({ kind: 'number', value, offset: at })
      continue
    }
    const string = match(SINGLE_QUOTED) ?? match(TYPOGRAPHIC)
    const escaped = string ? null : match(DOUBLE_QUOTED)
    if (string || escaped) {
      const value = string ? (string[1] ?? '') : (escaped?.[1] ?? '').replace(ESCAPED, '$1')
      tokens.push({ kind: 'string', value, offset: at })
      continue
    }
    const id = match(ID)
    const word = id ? null : match(WORD)
    const found = id ?? word ?? match(SYMBOL)
    if (!found) throw syntaxError(`unexpected character ${text.charAt(at)}`, at)
    const synonym = SYNONYMS[found[0]]
    const kind = id ? 'id' : word || synonym ? 'word' : 'symbol'
    tokens.push({ kind, text: synonym ?? found[0], offset: at })
  }
}
