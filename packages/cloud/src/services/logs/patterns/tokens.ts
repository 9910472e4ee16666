import { invalidParameter } from '../errors.ts'
import { readRegex } from './regex.ts'

/** What something is compared with. */
export type Operand =
  | { readonly kind: 'word' | 'string'; readonly text: string }
  | { readonly kind: 'regex'; readonly text: string; readonly regex: RegExp }

export type Token =
  | Operand
  | { readonly kind: 'symbol'; readonly text: string }
  /** `$.a.b`, as written. */
  | { readonly kind: 'selector'; readonly text: string }

const SPACE = /\s*/y
const SYMBOL = /&&|\|\||!=|<=|>=|\.\.\.|[=<>(),{}[\]]/y
const STRING = /"((?:[^"\\]|\\.)*)"/y
const REGEX = /%((?:[^%\\]|\\.)*)%/y
/** A dot and a name, a name in quotes, an index or a wildcard, each as often as wanted. */
const SELECTOR = /\$(?:\.?\[(?:'[^']*'|"[^"]*"|\d+|\*)\]|\.(?:[\w-]+|\*))+/y
const WORD = /[^\s"%=<>!(),{}[\]&|]+/y

/** How many regular expressions a pattern of several parts may have. */
const MAX_REGEX = 2

/**
 * Cuts a JSON or space-delimited pattern into tokens.
 *
 * @throws ServiceError `InvalidParameterException` at the first character that begins none
 */
export const tokenize = (pattern: string): Token[] => {
  const tokens: Token[] = []
  let at = 0
  let regexes = 0
  const take = (expression: RegExp): RegExpExecArray | undefined => {
    expression.lastIndex = at
    const match = expression.exec(pattern) ?? undefined
    if (match) at = expression.lastIndex
    return match
  }
  for (take(SPACE); at < pattern.length; take(SPACE)) {
    const start = at
    const selector = take(SELECTOR)
    if (selector) {
      tokens.push({ kind: 'selector', text: selector[0] })
      continue
    }
    const string = take(STRING)
    if (string) {
      tokens.push({ kind: 'string', text: (string[1] ?? '').replace(/\\(.)/g, '$1') })
      continue
    }
    const regex = take(REGEX)
    if (regex) {
      regexes++
      if (regexes > MAX_REGEX) {
        throw invalidParameter(`A filter pattern can have at most ${MAX_REGEX} regular expressions`)
      }
      tokens.push({ kind: 'regex', text: regex[0], regex: readRegex(regex[1] ?? '') })
      continue
    }
    const symbol = take(SYMBOL)
    if (symbol) {
      tokens.push({ kind: 'symbol', text: symbol[0] })
      continue
    }
    const word = take(WORD)
    if (!word) throw invalidParameter(`Invalid filter pattern at "${pattern.slice(start)}"`)
    tokens.push({ kind: 'word', text: word[0] })
  }
  return tokens
}

/** Tokens, taken one after the other. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
    this.#tokens = tokenize(pattern)
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  /** The token that comes `ahead` after the next one. */
  peek(ahead: number): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  take(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  /** Takes the symbol or word where it comes next. @returns whether it does */
  skip(text: string): boolean {
    const { next } = this
    const found = (next?.kind === 'symbol' || next?.kind === 'word') && next.text === text
    if (found) this.#at++
    return found
  }

  /** @throws ServiceError `InvalidParameterException` where another comes next */
  expect(text: string): void {
    if (!this.skip(text)) throw this.unexpected(`"${text}"`)
  }

  unexpected(wanted: string): Error {
    const found = this.next?.text ?? 'its end'
    return invalidParameter(`Invalid filter pattern: expected ${wanted}, found ${found} in ${this.#pattern}`)
  }
}
