import {
  type CauseKind,
  type CausePart,
  EVERYTHING,
  type Expression,
  type Operator,
  type Selector,
  type Test,
} from './ast.ts'
import { readCausePatterns } from './cause-pattern.ts'
import { CONTEXT_NAMES, type Context, isKeyword, KEYWORDS } from './keywords.ts'
import { syntaxError } from './syntax-error.ts'
import { readTest } from './test-of.ts'
import { TokenReader } from './token-reader.ts'
import { tokenize } from './tokens.ts'

/** Characters of one expression. AWS's limit is not published; this one leaves room for `rootcause.json`. */
export const MAX_LENGTH = 16_384
/** Braces, parentheses and negations within each other: bounds the recursion of all that walks expressions. */
export const MAX_NESTING = 64

const CAUSES: readonly string[] = ['responsetime', 'fault', 'error'] satisfies CauseKind[]
const PARTS: readonly string[] = ['service', 'entity', 'exception'] satisfies CausePart[]
const SELECTOR_MEMBERS: Readonly<Record<string, keyof Selector>> = {
  name: 'name',
  type: 'type',
  'account.id': 'accountId',
}

const causeContext = (cause: CauseKind, part: CausePart): Context => {
  if (part === 'service') return 'causeService'
  if (part === 'exception') return 'causeException'
  return cause === 'responsetime' ? 'coverageEntity' : 'causeEntity'
}

/** Where these stand, no further operand of a juxtaposition follows. */
const ENDS_OPERANDS: readonly string[] = [')', '}', ',']

class Parser {
  readonly #tokens: TokenReader
  #nesting = 0

  constructor(text: string) {
    this.#tokens = new TokenReader(tokenize(text))
  }

  whole(): Expression {
    if (this.#tokens.atEnd) return EVERYTHING
    const expression = this.#or('trace')
    if (!this.#tokens.atEnd) throw this.#tokens.unexpected('AND, OR or the end')
    return expression
  }

  #or(context: Context): Expression {
    const first = this.#and(context)
    const operands = [first]
    while (this.#tokens.takeWord('or')) operands.push(this.#and(context))
    return operands.length === 1 ? first : { kind: 'or', operands }
  }

  #and(context: Context): Expression {
    const first = this.#not(context)
    const operands = [first]
    while (this.#tokens.takeWord('and') || this.#startsOperand()) operands.push(this.#not(context))
    return operands.length === 1 ? first : { kind: 'and', operands }
  }

  #startsOperand(): boolean {
    const { current, word } = this.#tokens
    if (current.kind === 'end' || word === 'or') return false
    return !(current.kind === 'symbol' && ENDS_OPERANDS.includes(current.text))
  }

  #not(context: Context): Expression {
    if (this.#tokens.takeSymbol('!')) return { kind: 'not', operand: this.#nested(() => this.#not(context)) }
    if (!this.#tokens.takeSymbol('(')) return this.#term(context)
    const expression = this.#nested(() => this.#or(context))
    this.#tokens.expectSymbol(')')
    return expression
  }

  #nested(parse: () => Expression): Expression {
    if (++this.#nesting > MAX_NESTING) {
      throw syntaxError(`nested more than ${MAX_NESTING} deep`, this.#tokens.current.offset)
    }
    const expression = parse()
    this.#nesting--
    return expression
  }

  #term(context: Context): Expression {
    const { current, word } = this.#tokens
    if (current.kind === 'annotation') return this.#annotation(current.key, current.offset, context)
    if (word === undefined) throw this.#tokens.unexpected('a keyword')
    if (isKeyword(word)) {
      const { type, contexts } = KEYWORDS[word]
      if (!(contexts as readonly Context[]).includes(context)) {
        const places = contexts.map(place => CONTEXT_NAMES[place]).join(', ')
        throw syntaxError(
          `keyword ${word} has a meaning only ${places}, not ${CONTEXT_NAMES[context]}`,
          current.offset,
        )
      }
      this.#tokens.take()
      return { kind: 'keyword', keyword: word, ...this.#test(word, [type]) }
    }
    return this.#complex(word, current.offset, context)
  }

  #annotation(key: string, offset: number, context: Context): Expression {
    if (context !== 'trace') throw this.#misplaced(`annotation.${key}`, offset, context)
    this.#tokens.take()
    return {
      kind: 'annotation',
      key,
      ...this.#test(`annotation.${key}`, ['string', 'number', 'boolean']),
    }
  }

  #test(name: string, types: Parameters<typeof readTest>[2]): { test?: Test } {
    const test = readTest(this.#tokens, name, types)
    return test ? { test } : {}
  }

  #complex(word: string, offset: number, context: Context): Expression {
    const cause = /^rootcause\.(\w+)\.(\w+)$/.exec(word)
    const isCause = cause !== null && CAUSES.includes(cause[1] ?? '') && PARTS.includes(cause[2] ?? '')
    const isComplex =
      isCause || ['service', 'edge', 'group.name', 'group.arn', 'rootcause.json'].includes(word)
    if (!isComplex) throw syntaxError(`unknown keyword ${word}`, offset)
    if (context !== 'trace') throw this.#misplaced(word, offset, context)
    this.#tokens.take()
    if (isCause) return this.#cause(cause[1] as CauseKind, cause[2] as CausePart, offset)
    if (word === 'service') return this.#service()
    if (word === 'edge') return this.#edge()
    return word === 'rootcause.json' ? this.#causeJson() : this.#group(word === 'group.name' ? 'name' : 'arn')
  }

  #misplaced(word: string, offset: number, context: Context) {
    return syntaxError(`${word} cannot be used ${CONTEXT_NAMES[context]}`, offset)
  }

  #service(): Expression {
    this.#tokens.expectSymbol('(')
    const selector = this.#tokens.atSymbol(')') ? {} : this.#selector()
    this.#tokens.expectSymbol(')')
    return { kind: 'service', selector, ...this.#block('service') }
  }

  #edge(): Expression {
    this.#tokens.expectSymbol('(')
    const source = this.#selector()
    this.#tokens.expectSymbol(',')
    const target = this.#selector()
    this.#tokens.expectSymbol(')')
    return { kind: 'edge', source, target, ...this.#block('edge') }
  }

  #selector(): Selector {
    const { current } = this.#tokens
    if (current.kind === 'string') return { name: this.#tokens.expectString() }
    if (!this.#tokens.takeWord('id')) throw this.#tokens.unexpected('a string or id(…)')
    this.#tokens.expectSymbol('(')
    const selector: { -readonly [K in keyof Selector]: Selector[K] } = {}
    if (this.#tokens.takeSymbol(')')) return selector
    do {
      const { word = '', current: at } = this.#tokens
      const member = Object.hasOwn(SELECTOR_MEMBERS, word) ? SELECTOR_MEMBERS[word] : undefined
      if (!member) throw this.#tokens.unexpected('name, type or account.id')
      if (selector[member] !== undefined) throw syntaxError(`${word} is given twice`, at.offset)
      this.#tokens.take()
      this.#tokens.expectSymbol(':')
      selector[member] = this.#tokens.expectString()
    } while (this.#tokens.takeSymbol(','))
    this.#tokens.expectSymbol(')')
    return selector
  }

  #block(context: Context): { block?: Expression } {
    if (!this.#tokens.takeSymbol('{')) return {}
    const block = this.#nested(() => this.#or(context))
    this.#tokens.expectSymbol('}')
    return { block }
  }

  #cause(cause: CauseKind, part: CausePart, offset: number): Expression {
    if (cause === 'responsetime' && part === 'exception') {
      throw syntaxError('root causes of response times have no exceptions', offset)
    }
    return { kind: 'cause', cause, part, ...this.#block(causeContext(cause, part)) }
  }

  #group(by: 'name' | 'arn'): Expression {
    const operator: Operator = this.#tokens.takeSymbol('!=') ? '!=' : '='
    if (operator === '=') this.#tokens.expectSymbol('=')
    return { kind: 'group', by, operator, value: this.#tokens.expectString() }
  }

  #causeJson(): Expression {
    this.#tokens.expectSymbol('=')
    const token = this.#tokens.take()
    if (token.kind !== 'json') throw syntaxError('expected # and JSON', token.offset)
    return { kind: 'causeJson', causes: readCausePatterns(token.value, token.offset) }
  }
}

/**
 * Parses a filter expression and checks its keywords, operators and types. The empty text is the expression that every
 * trace matches. Time and memory are linear in the length.
 *
 * @throws ServiceError `InvalidRequestException` naming the defect and its offset
 * @example
 * parse('service("orders-api") { fault } AND annotation.tenant = "acme"')
 */
export const parse = (text: string): Expression => {
  if (text.length > MAX_LENGTH) throw syntaxError(`longer than ${MAX_LENGTH} characters`, MAX_LENGTH)
  return new Parser(text).whole()
}
