/** Sampling by rules of this process alone. */
import { matches, type RulePatterns, RuleState } from './rule.ts'
import { REAL_SOURCES, type Sampler, type SamplingDecision, type SamplingSources } from './sampler.ts'

/** The default of AWS's SDKs: the first request of each second, then 5 %. */
export const DEFAULT_LOCAL_RULES = { version: 2, rules: [], default: { fixed_target: 1, rate: 0.05 } }

/** The error for a file of local rules that says something else than it may, in the words of AWS's SDK. */
export class SamplingFileError extends Error {
  override name = 'SamplingFileError'

  constructor(problem: string) {
    super(`Error in sampling file. ${problem}`)
  }
}

interface LocalRule {
  readonly patterns: RulePatterns
  /** Requests per second that are recorded before the rate counts. */
  readonly target: number
  readonly rate: number
}

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const checkNumbers = (rule: Json): { target: number; rate: number } => {
  const { fixed_target: target, rate } = rule
  if (typeof target !== 'number' || !Number.isInteger(target) || target < 0) {
    throw new SamplingFileError(
      `Rule ${JSON.stringify(rule)} has "fixed_target" that is no integer of at least 0.`,
    )
  }
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    throw new SamplingFileError(`Rule ${JSON.stringify(rule)} has "rate" outside of 0 to 1.`)
  }
  return { target, rate }
}

const checkKeys = (rule: Json, required: readonly string[], optional: readonly string[]): void => {
  for (const key of Object.keys(rule)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new SamplingFileError(`Rule ${JSON.stringify(rule)} has invalid attribute: ${key}.`)
    }
  }
  const missing = required.filter(key => rule[key] === undefined)
  if (missing.length > 0) {
    throw new SamplingFileError(
      `Rule ${JSON.stringify(rule)} is missing required attributes: ${missing.join(',')}.`,
    )
  }
}

const text = (rule: Json, key: string): string => {
  const value = rule[key]
  if (typeof value === 'string') return value
  throw new SamplingFileError(`Rule ${JSON.stringify(rule)} has "${key}" that is no text.`)
}

const readRule = (rule: unknown, host: string): LocalRule => {
  if (!isJson(rule)) throw new SamplingFileError('Rules are objects.')
  checkKeys(rule, [host, 'http_method', 'url_path', 'fixed_target', 'rate'], ['description'])
  return {
    patterns: { host: text(rule, host), method: text(rule, 'http_method'), path: text(rule, 'url_path') },
    ...checkNumbers(rule),
  }
}

/**
 * Reads local rules: version 2, or version 1 with `service_name` for `host`.
 *
 * @throws SamplingFileError
 */
export const readLocalRules = (document: unknown): readonly LocalRule[] => {
  if (!isJson(document) || document.version === undefined)
    throw new SamplingFileError('Missing "version" attribute.')
  const { version, rules = [], default: standard } = document
  if (version !== 1 && version !== 2) throw new SamplingFileError(`Unknown version "${String(version)}".`)
  if (!isJson(standard)) {
    throw new SamplingFileError(
      'Expecting "default" object to be defined with attributes "fixed_target" and "rate".',
    )
  }
  checkKeys(standard, ['fixed_target', 'rate'], [])
  if (!Array.isArray(rules)) throw new SamplingFileError('"rules" is a list.')
  const host = version === 1 ? 'service_name' : 'host'
  return [...rules.map(rule => readRule(rule, host)), { patterns: {}, ...checkNumbers(standard) }]
}

/**
 * A sampler of local rules; without a document, the first request of each second and 5 % of the others. Reservoirs are
 * this process's own: n processes record n times their targets.
 *
 * @throws SamplingFileError
 */
export const localSampler = (
  document: unknown = DEFAULT_LOCAL_RULES,
  sources: SamplingSources = REAL_SOURCES,
): Sampler => {
  const rules = readLocalRules(document).map(({ patterns, target, rate }) => {
    const state = new RuleState(rate, 0, sources)
    // A local target is a quota that nobody takes back.
    state.quota = { perSecond: target, ttl: Number.POSITIVE_INFINITY }
    return { patterns, state }
  })
  return {
    sample: (request): SamplingDecision => ({
      sampled: rules.find(({ patterns }) => matches(patterns, request))?.state.decide() ?? false,
    }),
  }
}
