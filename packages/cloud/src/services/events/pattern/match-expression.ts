import { BlockList, isIP } from 'node:net'
import { InvalidPattern, isObject, onlyEntry } from './invalid-pattern.ts'
import { wildcardTest } from './wildcard.ts'

/** A leaf of an event. */
export type Scalar = string | number | boolean | null

/** Whether a leaf fits. */
export type ValueTest = (value: Scalar) => boolean

/** `exists: false`, which looks at no value. */
export const ABSENT = Symbol('absent')

const fail = (reason: string): never => {
  throw new InvalidPattern(reason)
}

const onText =
  (test: (text: string) => boolean): ValueTest =>
  value =>
    typeof value === 'string' && test(value)

const equalsIgnoreCase = (value: unknown): ValueTest => {
  if (typeof value !== 'string') return fail('equals-ignore-case match pattern must be a string')
  const wanted = value.toLowerCase()
  return onText(text => text.toLowerCase() === wanted)
}

/** `prefix` and `suffix`: of a text, or of one in any case. */
const affix = (name: 'prefix' | 'suffix', value: unknown): ValueTest => {
  const fits = (text: string, wanted: string): boolean =>
    name === 'prefix' ? text.startsWith(wanted) : text.endsWith(wanted)
  if (typeof value === 'string') return onText(text => fits(text, value))
  if (!isObject(value)) return fail(`${name} match pattern must be a string`)
  const title = name === 'prefix' ? 'Prefix' : 'Suffix'
  const [operator, inner] = onlyEntry(value, `${title} expression name not found`)
  if (operator !== 'equals-ignore-case') return fail(`Unsupported ${name} pattern: ${operator}`)
  if (typeof inner !== 'string') return fail('equals-ignore-case match pattern must be a string')
  const wanted = inner.toLowerCase()
  return onText(text => fits(text.toLowerCase(), wanted))
}

const wildcard = (value: unknown): ValueTest =>
  typeof value === 'string' ? onText(wildcardTest(value)) : fail('wildcard match pattern must be a string')

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** `["=", n]`, `["<", n]`, `[">", n]` or `[">", n, "<=", m]`: a lower bound may be followed by an upper one. */
const numeric = (value: unknown): ValueTest => {
  if (!Array.isArray(value)) return fail('Value of numeric must be an array.')
  const [operator, bound, upper, top, ...more]: unknown[] = value
  if (typeof operator !== 'string') return fail(`Invalid member in numeric match: ${String(operator)}`)
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
  if (!compare) return fail(`Unrecognized numeric range operator: ${operator}`)
  if (typeof bound !== 'number') {
    return fail(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`)
  }
  const isNumber = (tested: Scalar): tested is number => typeof tested === 'number'
  if (value.length === 2) return tested => isNumber(tested) && compare(tested, bound)
  if (!operator.startsWith('>')) return fail('Too many elements in numeric expression')
  if (typeof upper !== 'string') return fail(`Bad value in numeric range: ${String(upper)}`)
  const compareTop = upper === '<' || upper === '<=' ? COMPARISONS[upper] : undefined
  if (!compareTop) return fail(`Bad numeric range operator: ${upper}`)
  if (typeof top !== 'number') return fail(`Value of ${upper} must be numeric`)
  if (more.length > 0) return fail('Too many terms in numeric range expression')
  if (bound >= top) return fail('Bottom must be less than top')
  return tested => isNumber(tested) && compare(tested, bound) && compareTop(tested, top)
}

const cidr = (value: unknown): ValueTest => {
  // The words are AWS's: they say prefix.
  if (typeof value !== 'string') return fail('prefix match pattern must be a string')
  const [address = '', mask, ...more] = value.split('/')
  if (mask === undefined || more.length > 0) return fail("Malformed CIDR, one '/' required")
  if (!/^-?\d{1,9}$/.test(mask)) return fail('Malformed CIDR, mask bits must be an integer')
  const bits = Number(mask)
  if (bits < 0) return fail('Malformed CIDR, mask bits must not be negative')
  const version = isIP(address)
  if (version === 0) return fail(`Nonstandard IP address: ${address}`)
  if (version === 4 && bits > 31) return fail('IPv4 mask bits must be < 32')
  if (version === 6 && bits > 127) return fail('IPv6 mask bits must be < 128')
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, bits, family)
  return onText(text => isIP(text) === version && list.check(text, family))
}

const exists = (value: unknown): ValueTest | typeof ABSENT => {
  if (typeof value !== 'boolean') return fail('exists match pattern must be either true or false.')
  return value ? () => true : ABSENT
}

/** What `anything-but` may be of, besides values: how each is tested, and what is said of one that is no text. */
const NEGATED: Readonly<
  Record<string, { readonly test: (value: string) => ValueTest; readonly noText: string }>
> = {
  'equals-ignore-case': {
    test: equalsIgnoreCase,
    noText: 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
  },
  prefix: { test: value => affix('prefix', value), noText: 'prefix/suffix match pattern must be a string' },
  suffix: { test: value => affix('suffix', value), noText: 'prefix/suffix match pattern must be a string' },
  wildcard: { test: wildcard, noText: 'wildcard match pattern must be a string' },
}

const isValueList = (value: unknown): boolean =>
  Array.isArray(value) || typeof value === 'string' || typeof value === 'number'

const listOf = (value: unknown): unknown[] => {
  if (!isValueList(value)) {
    return fail('Value of anything-but must be an array or single string/number value.')
  }
  return Array.isArray(value) ? value : [value]
}

const noneOf =
  (tests: readonly ValueTest[]): ValueTest =>
  value =>
    !tests.some(test => test(value))

const anythingBut = (value: unknown): ValueTest => {
  if (isObject(value)) {
    const entries = Object.entries(value)
    const [operator, inner] = entries[0] ?? fail('Anything-But expression name not found')
    const negated = Object.hasOwn(NEGATED, operator) ? NEGATED[operator] : undefined
    if (!negated) return fail(`Unsupported anything-but pattern: ${operator}`)
    const tests = listOf(inner).map(item => {
      if (typeof item !== 'string') return fail(negated.noText)
      if (item === '' && operator.endsWith('fix')) return fail('Null prefix/suffix not allowed')
      return negated.test(item)
    })
    if (entries.length > 1) return fail('Too many elements in numeric expression')
    return noneOf(tests)
  }
  const list = listOf(value)
  const types = new Set(list.map(item => typeof item))
  if ([...types].some(type => type !== 'string' && type !== 'number')) {
    return fail('Inside anything but list, start|null|boolean is not supported.')
  }
  if (types.size !== 1) {
    return fail(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    )
  }
  const refused = new Set<unknown>(list)
  return tested => !refused.has(tested)
}

const OPERATORS: Readonly<Record<string, (value: unknown) => ValueTest | typeof ABSENT>> = {
  prefix: value => affix('prefix', value),
  suffix: value => affix('suffix', value),
  'equals-ignore-case': equalsIgnoreCase,
  wildcard,
  numeric,
  'anything-but': anythingBut,
  exists,
  cidr,
}

/**
 * One element of a leaf's list: a value to equal, or an object of one operator.
 *
 * @throws InvalidPattern
 */
export const matchExpression = (element: unknown): ValueTest | typeof ABSENT => {
  if (Array.isArray(element)) return fail('Match value must be String, number, true, false, or null')
  if (!isObject(element)) return value => value === element
  const [name] = Object.keys(element)
  if (name === undefined) return fail('Match expression name not found')
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (!operator) return fail(`Unrecognized match type ${name}`)
  const test = operator(element[name])
  onlyEntry(element, '')
  return test
}
