import { BlockList, isIP } from 'node:net'
import { literal, matchesPattern, type Pattern, wildcards } from '../../../kernel/policy/pattern.ts'

/** What a rule is compared with. */
export type Scalar = string | number | boolean | null

/** One rule of a filter policy: whether the key is there, or a test of one of its values. */
export type Rule = { readonly exists: boolean } | { readonly test: (value: Scalar) => boolean }

/** A rule that is none, in AWS's words without what stands before them. */
export class FilterPolicyError extends Error {
  override readonly name = 'FilterPolicyError' as const
}

const fail = (problem: string): never => {
  throw new FilterPolicyError(`FilterPolicy: ${problem}`)
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

const ofText =
  (test: (value: string) => boolean): ((value: Scalar) => boolean) =>
  value =>
    typeof value === 'string' && test(value)

const textOf = (operator: string, value: unknown): string =>
  typeof value === 'string' ? value : fail(`${operator} match pattern must be a string`)

/** A backslash makes an asterisk or a backslash stand for itself. */
const TOKEN = /\\([*\\])|\*|./gsu

const wildcard = (text: string): ((value: Scalar) => boolean) => {
  const pattern: Pattern = Array.from(text.matchAll(TOKEN), ([token, quoted]) =>
    token === '*' ? wildcards(token) : literal(quoted ?? token),
  ).flat()
  return ofText(value => matchesPattern(pattern, value))
}

/** Tests of texts, by operator. */
const TEXT_TESTS: Readonly<Record<string, (pattern: string) => (value: Scalar) => boolean>> = {
  prefix: pattern => ofText(value => value.startsWith(pattern)),
  suffix: pattern => ofText(value => value.endsWith(pattern)),
  wildcard,
  'equals-ignore-case': pattern => ofText(value => value.toLowerCase() === pattern.toLowerCase()),
}

const textTest = (operator: string, pattern: unknown): ((value: Scalar) => boolean) | undefined => {
  const compile = Object.hasOwn(TEXT_TESTS, operator) ? TEXT_TESTS[operator] : undefined
  return compile?.(textOf(operator, pattern))
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
}

const limitOf = (operator: string, value: unknown): number =>
  typeof value === 'number'
    ? value
    : fail(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`)

/** `["=", 5]`, `["<", 5]`, `[">=", 1, "<", 5]`. */
const numericTest = (given: unknown): ((value: Scalar) => boolean) => {
  const [operator, first, second, top, ...rest]: readonly unknown[] = Array.isArray(given)
    ? given
    : fail(`Value of numeric must be an array.`)
  if (typeof operator !== 'string') return fail(`Invalid member in numeric match: ${operator ?? ']'}`)
  const lower = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
  if (!lower) return fail(`Unrecognized numeric range operator: ${operator}`)
  const bottom = limitOf(operator, first)
  const test = (value: Scalar): boolean => typeof value === 'number' && lower(value, bottom)
  if (second === undefined) return test
  if (!operator.startsWith('>')) return fail('Too many elements in numeric expression')
  if (typeof second !== 'string') return fail(`Bad value in numeric range: ${second}`)
  const upper = second === '<' || second === '<=' ? COMPARISONS[second] : undefined
  if (!upper) return fail(`Bad numeric range operator: ${second}`)
  const limit = limitOf(second, top)
  if (limit <= bottom) return fail('Bottom must be less than top')
  if (rest.length > 0) return fail('Too many terms in numeric range expression')
  return value => test(value) && upper(value as number, limit)
}

const cidrTest = (given: unknown): ((value: Scalar) => boolean) => {
  const [network = '', bits, ...rest] = textOf('prefix', given).split('/')
  if (bits === undefined || rest.length > 0) return fail("Malformed CIDR, one '/' required")
  if (!/^\d+$/.test(bits)) return fail('Malformed CIDR, mask bits must be an integer')
  const version = isIP(network)
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    return fail(`Nonstandard IP address: ${network}`)
  const block = new BlockList()
  const family = version === 4 ? 'ipv4' : 'ipv6'
  block.addSubnet(network, Number(bits), family)
  return ofText(value => isIP(value) === version && block.check(value, family))
}

const anythingBut = (given: unknown): ((value: Scalar) => boolean) => {
  if (isObject(given)) {
    const [operator = '', ...others] = Object.keys(given)
    if (others.length > 0) return fail('Only one key allowed in match expression')
    const patterns: readonly unknown[] = [given[operator]].flat()
    const tests = patterns.map(pattern => textTest(operator, pattern))
    if (tests.length === 0 || tests.includes(undefined)) {
      return fail(`Unsupported anything-but pattern: ${operator}`)
    }
    return value => typeof value === 'string' && !tests.some(test => test?.(value))
  }
  const values: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (values.length === 0) return fail('Empty arrays are not allowed')
  if (!values.every(value => typeof value === 'string' || typeof value === 'number')) {
    return fail('Inside anything-but list, number|string or array of those is supported.')
  }
  const excluded = new Set<unknown>(values)
  return value => !excluded.has(value)
}

/**
 * Reads one rule.
 *
 * @throws FilterPolicyError in AWS's words
 * @see https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
 */
export const compileRule = (rule: unknown): Rule => {
  if (isScalar(rule)) return { test: value => value === rule }
  if (!isObject(rule)) return fail('Match value must be String, number, true, false, or null')
  const [operator = '', ...others] = Object.keys(rule)
  if (others.length > 0) return fail('Only one key allowed in match expression')
  const given = rule[operator]
  if (operator === 'exists') {
    return typeof given === 'boolean'
      ? { exists: given }
      : fail('exists match pattern must be either true or false.')
  }
  if (operator === 'numeric') return { test: numericTest(given) }
  if (operator === 'cidr') return { test: cidrTest(given) }
  if (operator === 'anything-but') return { test: anythingBut(given) }
  const test = textTest(operator, given)
  return test ? { test } : fail(`Unrecognized match type ${operator}`)
}
