import { BlockList, isIP } from 'node:net'
import { literal, matchesPattern, type Pattern, splitArn, textOf } from './pattern.ts'

/** How a condition operator compares one value of the request with one of the policy. */
export interface ConditionOperator {
  /** `…Not…`: the condition holds where no value of the policy compares. */
  readonly negated: boolean
  /** Whether policy variables are replaced in its values. */
  readonly variables: boolean
  readonly compare: (value: string, wanted: Pattern) => boolean
}

const text =
  (compare: (value: string, wanted: string) => boolean): ConditionOperator['compare'] =>
  (value, wanted) =>
    compare(value, textOf(wanted))

const numbers = (compare: (value: number, wanted: number) => boolean) =>
  text((value, wanted) => {
    const [given, limit] = [toNumber(value), toNumber(wanted)]
    return !Number.isNaN(given) && !Number.isNaN(limit) && compare(given, limit)
  })

const toNumber = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value))

/** ISO 8601, or seconds since the epoch. */
const toTime = (value: string): number =>
  /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value)

const dates = (compare: (value: number, wanted: number) => boolean) =>
  text((value, wanted) => {
    const [given, limit] = [toTime(value), toTime(wanted)]
    return !Number.isNaN(given) && !Number.isNaN(limit) && compare(given, limit)
  })

const family = (address: string): 'ipv4' | 'ipv6' | undefined => {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6'
}

/** Whether an address lies in a range such as `203.0.113.0/24` or is the address given. */
const inRange = (value: string, range: string): boolean => {
  const [network = '', length] = range.split('/')
  const given = family(value)
  const wanted = family(network)
  const longest = wanted === 'ipv4' ? 32 : 128
  const prefix = length === undefined ? longest : Number(length)
  if (!given || given !== wanted || !Number.isInteger(prefix) || prefix < 0 || prefix > longest) return false
  const block = new BlockList()
  block.addSubnet(network, prefix, wanted)
  return block.check(value, given)
}

/** Each of the six parts of an ARN is compared by itself; `*` alone is any ARN. */
const arnLike = (value: string, wanted: Pattern): boolean => {
  const patterns = splitArn(wanted)
  const parts = splitArn(literal(value)).map(textOf)
  if (textOf(wanted) === '*') return true
  return (
    patterns.length === 6 &&
    parts.length === 6 &&
    patterns.every((pattern, index) => matchesPattern(pattern, parts[index] ?? ''))
  )
}

const equal = text((value, wanted) => value === wanted)
const equalIgnoringCase = text((value, wanted) => value.toLowerCase() === wanted.toLowerCase())
const like: ConditionOperator['compare'] = (value, wanted) => matchesPattern(wanted, value)

const row = (compare: ConditionOperator['compare'], options: Partial<ConditionOperator> = {}) => ({
  negated: false,
  variables: false,
  ...options,
  compare,
})

const NOT = { negated: true }
const VARIABLES = { variables: true }

/**
 * The operators by their names; `Null` is another thing.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const OPERATORS: Readonly<Record<string, ConditionOperator>> = {
  StringEquals: row(equal, VARIABLES),
  StringNotEquals: row(equal, { ...NOT, ...VARIABLES }),
  StringEqualsIgnoreCase: row(equalIgnoringCase, VARIABLES),
  StringNotEqualsIgnoreCase: row(equalIgnoringCase, { ...NOT, ...VARIABLES }),
  StringLike: row(like, VARIABLES),
  StringNotLike: row(like, { ...NOT, ...VARIABLES }),
  NumericEquals: row(numbers((value, wanted) => value === wanted)),
  NumericNotEquals: row(
    numbers((value, wanted) => value === wanted),
    NOT,
  ),
  NumericLessThan: row(numbers((value, wanted) => value < wanted)),
  NumericLessThanEquals: row(numbers((value, wanted) => value <= wanted)),
  NumericGreaterThan: row(numbers((value, wanted) => value > wanted)),
  NumericGreaterThanEquals: row(numbers((value, wanted) => value >= wanted)),
  DateEquals: row(dates((value, wanted) => value === wanted)),
  DateNotEquals: row(
    dates((value, wanted) => value === wanted),
    NOT,
  ),
  DateLessThan: row(dates((value, wanted) => value < wanted)),
  DateLessThanEquals: row(dates((value, wanted) => value <= wanted)),
  DateGreaterThan: row(dates((value, wanted) => value > wanted)),
  DateGreaterThanEquals: row(dates((value, wanted) => value >= wanted)),
  Bool: row(equalIgnoringCase),
  BinaryEquals: row(equal),
  IpAddress: row(text(inRange)),
  NotIpAddress: row(text(inRange), NOT),
  ArnEquals: row(arnLike, VARIABLES),
  ArnLike: row(arnLike, VARIABLES),
  ArnNotEquals: row(arnLike, { ...NOT, ...VARIABLES }),
  ArnNotLike: row(arnLike, { ...NOT, ...VARIABLES }),
}
