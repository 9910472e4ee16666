import { syntaxError } from './syntax-error.ts'
import type { Token } from './tokens.ts'

/** How an error message shows what stands where something else was expected. */
const describe = (token: Token): string => {
  switch (token.kind) {
    case 'word':
    case 'symbol':
      return token.text
    case 'string':
      return JSON.stringify(token.value)
    case 'number':
      return String(token.value)
    case 'annotation':
      return `annotation.${token.key}`
    case 'json':
      return '#'
    case 'end':
      return 'the end'
  }
}

/** The tokens of an expression, taken one by one. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  #index = 0

  /** @param tokens the last one is `end` */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get current(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)] as Token
  }

  get atEnd(): boolean {
    return this.current.kind === 'end'
  }

  take(): Token {
    const token = this.current
    this.#index++
    return token
  }

  atSymbol(text: string): boolean {
    const token = this.current
    return token.kind === 'symbol' && token.text === text
  }

  /** The current word in lower case, `undefined` where another token stands. */
  get word(): string | undefined {
    const token = this.current
    return token.kind === 'word' ? token.text.toLowerCase() : undefined
  }

  /** Whether it stood there. */
  takeSymbol(text: string): boolean {
    const found = this.atSymbol(text)
    if (found) this.#index++
    return found
  }

  takeWord(text: string): boolean {
    const found = this.word === text
    if (found) this.#index++
    return found
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(text)
  }

  expectString(): string {
    const token = this.current
    if (token.kind !== 'string') throw this.unexpected('a string')
    this.#index++
    return token.value
  }

  /** The error of a token that does not fit. */
  unexpected(expected: string) {
    return syntaxError(`expected ${expected}, not ${describe(this.current)}`, this.current.offset)
  }
}
