import { notImplemented } from '@sonde/wire'
import { ExpressionError, syntaxError } from '../errors.ts'
import { type InsightsToken, tokenizeInsights } from './tokens.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html */
const MAX_SERIES = 500
const FUNCTIONS = ['AVG', 'COUNT', 'MAX', 'MIN', 'SUM'] as const
export type InsightsFunction = (typeof FUNCTIONS)[number]

/** Names that are keywords unless in double quotes. */
const KEYWORDS = new Set(
  'SELECT FROM SCHEMA WHERE AND OR IN NOT LIKE GROUP ORDER BY ASC DESC LIMIT AVG COUNT MAX MIN SUM'.split(
    ' ',
  ),
)

/** A Metrics Insights query. */
export interface InsightsQuery {
  readonly aggregate: InsightsFunction
  readonly metric: string
  readonly namespace: string
  /** Metrics that have exactly these dimensions; `undefined` where any will do. */
  readonly schema: readonly string[] | undefined
  readonly where: ReadonlyArray<{ readonly key: string; readonly equal: boolean; readonly value: string }>
  readonly groupBy: readonly string[]
  readonly orderBy: { readonly by: InsightsFunction; readonly descending: boolean } | undefined
  /** Of time series, at most 500. */
  readonly limit: number
}

const STARTS = /^\s*SELECT\s/i

/** Whether an expression is a Metrics Insights query instead of metric math. */
export const isInsights = (expression: string): boolean => STARTS.test(expression)

class InsightsParser {
  readonly #tokens: readonly InsightsToken[]
  #index = 0

  constructor(text: string) {
    this.#tokens = tokenizeInsights(text)
  }

  parse(): InsightsQuery {
    this.#expect('SELECT')
    const aggregate = this.#function()
    this.#expect('(')
    const metric = this.#name('a metric name')
    this.#expect(')')
    this.#expect('FROM')
    const { namespace, schema } = this.#source()
    const where = this.#take('WHERE') ? this.#conditions() : []
    const groupBy = this.#takeBoth('GROUP', 'BY') ? this.#labels() : []
    const orderBy = this.#takeBoth('ORDER', 'BY') ? this.#order() : undefined
    const limit = this.#take('LIMIT') ? this.#limit() : MAX_SERIES
    if (this.#token.kind !== 'end') throw this.#unexpected()
    return { aggregate, metric, namespace, schema, where, groupBy, orderBy, limit }
  }

  get #token(): InsightsToken {
    // The last token is the end, which is never passed.
    return this.#tokens[this.#index] as InsightsToken
  }

  #unexpected(expected?: string): Error {
    const token = this.#token
    const found = token.kind === 'end' ? 'the end of the query' : token.text
    const problem =
      expected === undefined ? `unexpected ${found}` : `expected ${expected} instead of ${found}`
    return syntaxError(problem, token.offset)
  }

  /** Keywords in any case. */
  #take(text: string): boolean {
    const token = this.#token
    if (token.kind !== 'word' && token.kind !== 'symbol') return false
    if (token.text.toUpperCase() !== text) return false
    this.#index++
    return true
  }

  #takeBoth(first: string, second: string): boolean {
    if (!this.#take(first)) return false
    this.#expect(second)
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(text)
  }

  #function(): InsightsFunction {
    const found = FUNCTIONS.find(name => this.#take(name))
    if (!found) throw this.#unexpected(`one of ${FUNCTIONS.join(', ')}`)
    return found
  }

  #name(what: string): string {
    const token = this.#token
    if (token.kind === 'quoted') {
      this.#index++
      return token.text
    }
    if (token.kind !== 'word' || KEYWORDS.has(token.text.toUpperCase())) throw this.#unexpected(what)
    if (token.text.includes('.')) {
      if (/^(aws|tag)\./i.test(token.text)) {
        throw notImplemented(`The label ${token.text} in Metrics Insights queries`)
      }
      throw this.#unexpected(`${what} (in double quotes, as it contains a dot)`)
    }
    this.#index++
    return token.text
  }

  #names(what: string): string[] {
    const names = [this.#name(what)]
    while (this.#take(',')) names.push(this.#name(what))
    return names
  }

  #labels(): string[] {
    return this.#names('a label')
  }

  #source(): Pick<InsightsQuery, 'namespace' | 'schema'> {
    if (!this.#take('SCHEMA')) return { namespace: this.#name('a namespace'), schema: undefined }
    this.#expect('(')
    const namespace = this.#name('a namespace')
    const schema = this.#take(',') ? this.#labels() : []
    this.#expect(')')
    return { namespace, schema }
  }

  #conditions(): InsightsQuery['where'] {
    const conditions: Array<InsightsQuery['where'][number]> = []
    do {
      const key = this.#name('a label')
      const equal = this.#take('=')
      if (!equal && !this.#take('!=')) throw this.#unexpected('= or !=')
      const value = this.#token
      if (value.kind !== 'value') throw this.#unexpected('a value in single quotes')
      this.#index++
      conditions.push({ key, equal, value: value.text })
    } while (this.#take('AND'))
    return conditions
  }

  #order(): InsightsQuery['orderBy'] {
    const by = this.#function()
    this.#expect('(')
    this.#expect(')')
    const descending = this.#take('DESC')
    if (!descending) this.#take('ASC')
    return { by, descending }
  }

  #limit(): number {
    const token = this.#token
    if (token.kind !== 'word' || !/^\d{1,9}$/.test(token.text)) throw this.#unexpected('a number')
    this.#index++
    const limit = Number(token.text)
    if (limit < 1 || limit > MAX_SERIES) {
      throw new ExpressionError(`LIMIT must be between 1 and ${MAX_SERIES}, not ${token.text}`)
    }
    return limit
  }
}

/**
 * Reads a Metrics Insights query.
 *
 * @throws ExpressionError
 * @throws ServiceError 501 for labels by account or tag
 */
export const parseInsights = (text: string): InsightsQuery => new InsightsParser(text).parse()
