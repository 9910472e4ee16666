import { MAX_FILTER_BYTES, MAX_FILTER_COMBINATIONS, MAX_FILTER_DEPTH, MAX_FILTER_KEYS } from '../limits.ts'
import { compileRule, FilterPolicyError, isObject, type Rule, type Scalar } from './rules.ts'

export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody'

/** One condition of a policy; all of a policy's must hold. */
type Clause =
  | { readonly key: string; readonly rules: readonly Rule[] }
  /** Of the body: conditions of the object under a key. */
  | { readonly key: string; readonly nested: FilterPolicy }
  /** `$or`: one of these must hold. */
  | { readonly anyOf: readonly FilterPolicy[] }

/** A filter policy that was read. */
export interface FilterPolicy {
  readonly clauses: readonly Clause[]
}

const fail = (problem: string): never => {
  throw new FilterPolicyError(problem)
}

const isOr = (key: string, value: unknown): value is ReadonlyArray<Record<string, unknown>> =>
  key === '$or' && Array.isArray(value) && value.length >= 2 && value.every(isObject)

/** How many rules there are to try, as AWS counts: the product over all keys of values times depth. */
const combinationsOf = (policy: Readonly<Record<string, unknown>>, depth: number): number => {
  let product = 1
  for (const [key, value] of Object.entries(policy)) {
    if (isOr(key, value)) {
      product *= value.reduce((sum, branch) => sum + combinationsOf(branch, depth), 0)
    } else if (isObject(value)) product *= combinationsOf(value, depth + 1)
    else if (Array.isArray(value)) product *= value.length * depth
  }
  return product
}

const compile = (
  policy: Readonly<Record<string, unknown>>,
  scope: FilterPolicyScope,
  depth: number,
): FilterPolicy => {
  if (depth > MAX_FILTER_DEPTH) return fail('FilterPolicy: Filter policy is too complex')
  const clauses = Object.entries(policy).map(([key, value]): Clause => {
    if (isOr(key, value)) return { anyOf: value.map(branch => compile(branch, scope, depth)) }
    if (isObject(value)) {
      if (scope === 'MessageAttributes') {
        return fail('Filter policy scope MessageAttributes does not support nested filter policy')
      }
      return { key, nested: compile(value, scope, depth + 1) }
    }
    if (!Array.isArray(value)) return fail(`FilterPolicy: "${key}" must be an object or an array`)
    if (value.length === 0) return fail('FilterPolicy: Empty arrays are not allowed')
    return { key, rules: value.map(compileRule) }
  })
  return { clauses }
}

/**
 * Reads a filter policy; an empty one lets everything through.
 *
 * @throws FilterPolicyError in AWS's words
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export const parseFilterPolicy = (text: string, scope: FilterPolicyScope): FilterPolicy => {
  if (Buffer.byteLength(text) > MAX_FILTER_BYTES) fail('FilterPolicy: Filter policy is too long')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    fail('FilterPolicy: failed to deserialize JSON.')
  }
  if (!isObject(value)) return fail('FilterPolicy: failed to deserialize JSON.')
  if (Object.keys(value).length > MAX_FILTER_KEYS) {
    fail(`FilterPolicy: Filter policy can not have more than ${MAX_FILTER_KEYS} keys`)
  }
  const policy = compile(value, scope, 1)
  if (combinationsOf(value, 1) > MAX_FILTER_COMBINATIONS) fail('FilterPolicy: Filter policy is too complex')
  return policy
}

/** Values under a key, or `undefined` where the key is not there. */
export type Lookup = (key: string) => readonly Scalar[] | undefined

const passes = (rules: readonly Rule[], values: readonly Scalar[] | undefined): boolean =>
  rules.some(rule =>
    'exists' in rule ? rule.exists === (values !== undefined) : (values?.some(rule.test) ?? false),
  )

/** Whether flat values, such as a message's attributes, are let through. */
export const matchesValues = ({ clauses }: FilterPolicy, lookup: Lookup): boolean =>
  clauses.every(clause => {
    if ('anyOf' in clause) return clause.anyOf.some(policy => matchesValues(policy, lookup))
    return 'rules' in clause && passes(clause.rules, lookup(clause.key))
  })

const scalars = (value: unknown): readonly Scalar[] | undefined => {
  if (value === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(value) ? value.flat(MAX_FILTER_DEPTH) : [value]
  return list.filter((item): item is Scalar => typeof item !== 'object' || item === null)
}

/** Whether the object of a body is let through; of a list of objects, one must be. */
export const matchesObject = (policy: FilterPolicy, value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(item => matchesObject(policy, item))
  const members = isObject(value) ? value : {}
  const member = (key: string): unknown => (Object.hasOwn(members, key) ? members[key] : undefined)
  return policy.clauses.every(clause => {
    if ('anyOf' in clause) return clause.anyOf.some(branch => matchesObject(branch, value))
    if ('nested' in clause) return matchesObject(clause.nested, member(clause.key))
    return passes(clause.rules, scalars(member(clause.key)))
  })
}
