/** What a keyword's value is, and so which operators and literals it takes. */
export type ValueType = 'boolean' | 'number' | 'string'

/**
 * Where a keyword stands: at the top of an expression, or in the braces of a complex keyword. Entities of response-time
 * causes have a coverage; those of faults and errors have not.
 */
export type Context =
  | 'trace'
  | 'service'
  | 'edge'
  | 'causeService'
  | 'coverageEntity'
  | 'causeEntity'
  | 'causeException'

interface KeywordRow {
  readonly type: ValueType
  readonly contexts: readonly Context[]
}

const FLAG: readonly Context[] = ['trace', 'service', 'edge']
const NODE: readonly Context[] = ['trace', 'service']
const LISTED: readonly Context[] = ['causeService', 'coverageEntity', 'causeEntity', 'causeException']

/**
 * The simple keywords, with the places that they have a meaning in.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 */
export const KEYWORDS = {
  ok: { type: 'boolean', contexts: FLAG },
  error: { type: 'boolean', contexts: FLAG },
  throttle: { type: 'boolean', contexts: FLAG },
  fault: { type: 'boolean', contexts: FLAG },
  partial: { type: 'boolean', contexts: FLAG },
  inferred: { type: 'boolean', contexts: ['trace', 'service', 'causeService'] },
  root: { type: 'boolean', contexts: ['service'] },
  first: { type: 'boolean', contexts: LISTED },
  last: { type: 'boolean', contexts: LISTED },
  remote: { type: 'boolean', contexts: ['coverageEntity', 'causeEntity'] },
  responsetime: { type: 'number', contexts: FLAG },
  duration: { type: 'number', contexts: FLAG },
  index: { type: 'number', contexts: LISTED },
  coverage: { type: 'number', contexts: ['coverageEntity'] },
  'http.status': { type: 'number', contexts: FLAG },
  'http.url': { type: 'string', contexts: FLAG },
  'http.method': { type: 'string', contexts: FLAG },
  'http.useragent': { type: 'string', contexts: FLAG },
  'http.clientip': { type: 'string', contexts: FLAG },
  user: { type: 'string', contexts: NODE },
  'resource.arn': { type: 'string', contexts: NODE },
  'instance.id': { type: 'string', contexts: NODE },
  availabilityzone: { type: 'string', contexts: NODE },
  name: { type: 'string', contexts: ['service', ...LISTED] },
  type: { type: 'string', contexts: ['service', 'causeService'] },
  message: { type: 'string', contexts: ['causeException'] },
} as const satisfies Readonly<Record<string, KeywordRow>>

export type Keyword = keyof typeof KEYWORDS

export const isKeyword = (word: string): word is Keyword => Object.hasOwn(KEYWORDS, word)

/** How error messages name a context. */
export const CONTEXT_NAMES: Readonly<Record<Context, string>> = {
  trace: 'at the level of the trace',
  service: 'in service()',
  edge: 'in edge()',
  causeService: 'in rootcause….service',
  coverageEntity: 'in rootcause.responsetime.entity',
  causeEntity: 'in rootcause.fault.entity and rootcause.error.entity',
  causeException: 'in rootcause….exception',
}
