import { syntaxError } from './syntax-error.ts'

/** `symbol` texts are as written; `word` texts are as written too: keywords are compared in lower case. */
export type Token =
  | { readonly kind: 'word' | 'symbol'; readonly text: string; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  | { readonly kind: 'number'; readonly value: number; readonly offset: number }
  | { readonly kind: 'annotation'; readonly key: string; readonly offset: number }
  | { readonly kind: 'json'; readonly value: unknown; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number }

const SPACE = /\s+/y
const SYMBOL = /!=|<=|>=|[=<>!(){},:]/y
const NUMBER = /-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?(?![\w.])/iy
const WORD = /[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*/iy
/** Tracers write keys with dots and colons (`aws:api_id`), so they are read greedily. */
const DOTTED_ANNOTATION = /annotation\.([a-z0-9_.:-]+)/iy
const BRACKETED_ANNOTATION = /annotation\[\s*([^\]\s"]+)\s*\]/iy
const QUOTED_ANNOTATION = /annotation\[\s*(?=")/iy
const BRACKET_END = /\s*\]/y
/** Unrolled, so that no character can be matched in two ways. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy
const ESCAPE = /\\(.)/gs
/** Deeper JSON in `rootcause.json` is refused; root causes nest six levels. */
const MAX_JSON_DEPTH = 16

const unescaped = (body: string, offset: number): string =>
  body.replace(ESCAPE, (_whole, character: string, at: number) => {
    if (character === '"' || character === '\\') return character
    throw syntaxError(`unknown escape \\${character}`, offset + at)
  })

/** The end of the JSON array or object that starts at `from`. */
const jsonEnd = (text: string, from: number): number => {
  let depth = 0
  for (let index = from; index < text.length; index++) {
    const character = text[index]
    if (character === '"') {
      STRING.lastIndex = index
      if (!STRING.test(text)) throw syntaxError('string is not closed', index)
      index = STRING.lastIndex - 1
    } else if (character === '[' || character === '{') {
      if (++depth > MAX_JSON_DEPTH) throw syntaxError('JSON is nested too deeply', index)
    } else if (character === ']' || character === '}') {
      if (--depth <= 0) return index + 1
    } else if (depth === 0) {
      break
    }
  }
  throw syntaxError('expected a JSON array or object after #', from)
}

const jsonToken = (text: string, offset: number): { token: Token; end: number } => {
  SPACE.lastIndex = offset + 1
  const from = SPACE.test(text) ? SPACE.lastIndex : offset + 1
  const end = jsonEnd(text, from)
  try {
    return { token: { kind: 'json', value: JSON.parse(text.slice(from, end)), offset }, end }
  } catch {
    throw syntaxError('malformed JSON', from)
  }
}

/** Reads tokens one after the other; each character is looked at a fixed number of times. */
class Scanner {
  readonly #text: string
  #offset = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    this.#match(SPACE)
    const offset = this.#offset
    if (offset >= this.#text.length) return { kind: 'end', offset }
    const character = this.#text.charAt(offset)
    if (character === '"') return { kind: 'string', value: this.#string(), offset }
    if (character === '#') return this.#json()
    const annotation = this.#annotation()
    if (annotation !== undefined) return { kind: 'annotation', key: annotation, offset }
    const word = this.#match(WORD)
    if (word) return { kind: 'word', text: word[0], offset }
    const number = this.#match(NUMBER)
    if (number) {
      const value = Number(number[0])
      if (!Number.isFinite(value)) throw syntaxError('number is out of range', offset)
      return { kind: 'number', value: value === 0 ? 0 : value, offset }
    }
    const symbol = this.#match(SYMBOL)
    if (symbol) return { kind: 'symbol', text: symbol[0], offset }
    throw syntaxError(`unexpected character ${character}`, offset)
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#offset
    const match = pattern.exec(this.#text)
    if (match) this.#offset = pattern.lastIndex
    return match
  }

  #string(): string {
    const offset = this.#offset
    const match = this.#match(STRING)
    if (!match) throw syntaxError('string is not closed', offset)
    return unescaped(match[0].slice(1, -1), offset + 1)
  }

  #json(): Token {
    const { token, end } = jsonToken(this.#text, this.#offset)
    this.#offset = end
    return token
  }

  #annotation(): string | undefined {
    const match = this.#match(DOTTED_ANNOTATION) ?? this.#match(BRACKETED_ANNOTATION)
    if (match) return match[1]
    if (!this.#match(QUOTED_ANNOTATION)) return undefined
    const key = this.#string()
    if (key === '') throw syntaxError('annotation key is empty', this.#offset)
    if (!this.#match(BRACKET_END)) throw syntaxError('expected ]', this.#offset)
    return key
  }
}

/**
 * Splits a filter expression into tokens; the last one is `end`.
 *
 * @throws ServiceError `InvalidRequestException`
 */
export const tokenize = (text: string): Token[] => {
  const scanner = new Scanner(text)
  const tokens: Token[] = []
  for (;;) {
    const token = scanner.next()
    tokens.push(token)
    if (token.kind === 'end') return tokens
  }
}
