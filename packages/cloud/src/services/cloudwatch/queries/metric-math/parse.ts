import { syntaxError } from '../errors.ts'
import { type BinaryOperator, type MathNode, PRECEDENCE } from './ast.ts'
import { type Token, tokenize } from './tokens.ts'

/** Deeper nesting is refused before recursion could end the process; no expression people write comes near. */
const MAX_DEPTH = 100
const POWER = PRECEDENCE.length - 1

const printToken = (token: Token): string => {
  if (token.kind === 'end') return 'end of the expression'
  if (token.kind === 'number') return String(token.value)
  return token.kind === 'string' ? `'${token.value}'` : token.text
}

class Parser {
  readonly #tokens: readonly Token[]
  #index = 0
  #depth = 0

  constructor(text: string) {
    this.#tokens = tokenize(text)
  }

  parse(): MathNode {
    const node = this.#binary(0)
    if (this.#token.kind !== 'end') throw this.#unexpected()
    return node
  }

  get #token(): Token {
    // The last token is the end, which is never passed.
    return this.#tokens[this.#index] as Token
  }

  #unexpected(): Error {
    return syntaxError(`unexpected ${printToken(this.#token)}`, this.#token.offset)
  }

  /** Takes the token if it is this symbol or word. */
  #take(text: string): boolean {
    const token = this.#token
    if (!('text' in token) || token.text !== text) return false
    this.#index++
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) {
      throw syntaxError(`expected ${text}, found ${printToken(this.#token)}`, this.#token.offset)
    }
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw syntaxError('the expression is nested too deeply', this.#token.offset)
    const parsed = parse()
    this.#depth--
    return parsed
  }

  #operatorOf(level: number): BinaryOperator | undefined {
    const operators: readonly BinaryOperator[] = PRECEDENCE[level] ?? []
    return operators.find(operator => this.#take(operator))
  }

  #binary(level: number): MathNode {
    if (level === POWER) return this.#power()
    let left = this.#binary(level + 1)
    for (let operator = this.#operatorOf(level); operator; operator = this.#operatorOf(level)) {
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1), offset: left.offset }
    }
    return left
  }

  /** `2^3^2` is `2^(3^2)`, and `-2^2` is `(-2)^2`. */
  #power(): MathNode {
    const left = this.#unary()
    if (!this.#take('^')) return left
    const right = this.#nested(() => this.#power())
    return { kind: 'binary', operator: '^', left, right, offset: left.offset }
  }

  #unary(): MathNode {
    const { offset } = this.#token
    if (!this.#take('-')) return this.#primary()
    return { kind: 'negation', operand: this.#nested(() => this.#unary()), offset }
  }

  #primary(): MathNode {
    const token = this.#token
    const { offset } = token
    if (this.#take('(')) {
      const inner = this.#nested(() => this.#binary(0))
      this.#expect(')')
      return inner
    }
    if (this.#take('[')) return { kind: 'array', items: this.#list(']'), offset }
    if (token.kind === 'end' || token.kind === 'symbol') throw this.#unexpected()
    this.#index++
    if (token.kind === 'number') return { kind: 'number', value: token.value, offset }
    if (token.kind === 'string') return { kind: 'string', value: token.value, offset }
    if (token.kind === 'id') return { kind: 'reference', id: token.text, offset }
    if (this.#take('(')) return { kind: 'call', name: token.text, arguments: this.#list(')'), offset }
    if (token.text === 'AND' || token.text === 'OR')
      throw syntaxError(`unexpected ${token.text}`, token.offset)
    return { kind: 'keyword', name: token.text, offset }
  }

  /** Separated by commas, to the closing bracket. */
  #list(close: string): MathNode[] {
    const items: MathNode[] = []
    if (this.#take(close)) return items
    do items.push(this.#nested(() => this.#binary(0)))
    while (this.#take(','))
    this.#expect(close)
    return items
  }
}

/**
 * Reads a metric math expression. The depth of its recursion is bounded.
 *
 * @throws ExpressionError saying what is unexpected and where
 */
export const parseMath = (text: string): MathNode => new Parser(text).parse()
