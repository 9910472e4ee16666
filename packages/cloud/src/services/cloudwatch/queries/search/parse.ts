import { ExpressionError, syntaxError } from '../errors.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
export const MAX_SEARCH_LENGTH = 1_024
const MAX_DEPTH = 100

/** What a metric must be. A `property` is `MetricName`, `Namespace` or a dimension's name. */
export type SearchTerm =
  | {
      readonly kind: 'match'
      readonly property: string | undefined
      readonly text: string
      /** In double quotes: equal, not found by tokens. */
      readonly exact: boolean
    }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly SearchTerm[] }
  | { readonly kind: 'not'; readonly term: SearchTerm }

export interface SearchQuery {
  /** Metrics of the namespace that have exactly these dimensions. */
  readonly schema: { readonly namespace: string; readonly dimensions: readonly string[] } | undefined
  readonly term: SearchTerm | undefined
}

const SPACE = /\s+/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy
const WORD = /[^\s"'(){}=]+/y
const SYMBOL = /[(){}=,]/y
const ESCAPED = /\\(["\\()])/g

interface Text {
  readonly text: string
  readonly exact: boolean
}

class SearchParser {
  readonly #source: string
  #offset = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
  }

  parse(): SearchQuery {
    const schema = this.#take('{') ? this.#schema() : undefined
    if (schema) this.#take(',')
    const term = this.#atEnd ? undefined : this.#or()
    if (!this.#atEnd) throw this.#unexpected()
    if (!schema && !term) throw new ExpressionError('A search needs a metric schema or a search term')
    return { schema, term }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    SPACE.lastIndex = this.#offset
    if (SPACE.test(this.#source)) this.#offset = SPACE.lastIndex
    pattern.lastIndex = this.#offset
    const found = pattern.exec(this.#source)
    if (found) this.#offset = pattern.lastIndex
    return found
  }

  get #atEnd(): boolean {
    this.#match(SPACE)
    return this.#offset >= this.#source.length
  }

  #unexpected(): Error {
    if (this.#atEnd) return syntaxError('unexpected end of the search', this.#offset)
    return syntaxError(`unexpected ${this.#source.charAt(this.#offset)} in the search`, this.#offset)
  }

  #take(symbol: string): boolean {
    this.#match(SPACE)
    const before = this.#offset
    if (this.#match(SYMBOL)?.[0] === symbol) return true
    this.#offset = before
    return false
  }

  /** The word, if it stands here by itself. */
  #takeWord(word: string): boolean {
    this.#match(SPACE)
    const before = this.#offset
    if (this.#match(WORD)?.[0] === word) return true
    this.#offset = before
    return false
  }

  #text(): Text | undefined {
    const quoted = this.#match(QUOTED)
    if (quoted) return { text: (quoted[1] ?? '').replace(ESCAPED, '$1'), exact: true }
    const word = this.#match(WORD)
    return word ? { text: word[0], exact: false } : undefined
  }

  #schema(): SearchQuery['schema'] {
    const names: string[] = []
    do {
      const quoted = this.#match(QUOTED)
      const name = quoted ? (quoted[1] ?? '').replace(ESCAPED, '$1') : this.#match(/[^\s"'(){}=,]+/y)?.[0]
      if (name === undefined) throw this.#unexpected()
      names.push(name)
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#unexpected()
    const [namespace = '', ...dimensions] = names
    return { namespace, dimensions }
  }

  #or(): SearchTerm {
    const terms = [this.#and()]
    while (this.#takeWord('OR')) terms.push(this.#and())
    const [only] = terms
    return terms.length === 1 && only ? only : { kind: 'or', terms }
  }

  #and(): SearchTerm {
    const terms = [this.#not()]
    for (;;) {
      if (this.#takeWord('AND')) {
        terms.push(this.#not())
        continue
      }
      const before = this.#offset
      const ends = this.#atEnd || this.#takeWord('OR') || this.#take(')')
      this.#offset = before
      if (ends) break
      terms.push(this.#not())
    }
    const [only] = terms
    return terms.length === 1 && only ? only : { kind: 'and', terms }
  }

  #not(): SearchTerm {
    if (++this.#depth > MAX_DEPTH) throw syntaxError('the search is nested too deeply', this.#offset)
    const term: SearchTerm = this.#takeWord('NOT') ? { kind: 'not', term: this.#not() } : this.#primary()
    this.#depth--
    return term
  }

  #primary(): SearchTerm {
    if (this.#take('(')) {
      const inner = this.#or()
      if (!this.#take(')')) throw this.#unexpected()
      return inner
    }
    for (const operator of ['AND', 'OR']) {
      if (this.#takeWord(operator)) throw syntaxError(`unexpected ${operator} in the search`, this.#offset)
    }
    const first = this.#text()
    if (!first) throw this.#unexpected()
    if (!this.#take('=')) return { kind: 'match', property: undefined, ...first }
    const value = this.#text()
    if (!value) throw this.#unexpected()
    return { kind: 'match', property: first.text, ...value }
  }
}

/**
 * Reads the first argument of SEARCH.
 *
 * @throws ExpressionError
 */
export const parseSearch = (text: string): SearchQuery => {
  if (text.length > MAX_SEARCH_LENGTH) {
    throw new ExpressionError(`A search must have at most ${MAX_SEARCH_LENGTH} characters`)
  }
  return new SearchParser(text).parse()
}
