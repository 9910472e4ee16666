import type { StoredAttributes } from '../records.ts'
import { type FilterPolicy, type FilterPolicyScope, matchesObject, matchesValues } from './policy.ts'
import { isObject, type Scalar } from './rules.ts'

/** Why a message was filtered out, as the names of SNS's metrics end. */
export type FilteredOut =
  | 'NoMessageAttributes'
  | 'InvalidAttributes'
  | 'MessageAttributes'
  | 'MessageBody'
  | 'InvalidMessageBody'

class InvalidAttribute extends Error {}

const arrayOf = (text: string): readonly Scalar[] => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidAttribute()
  }
  if (!Array.isArray(value) || value.some(item => typeof item === 'object' && item !== null)) {
    throw new InvalidAttribute()
  }
  return value as Scalar[]
}

/** Binary attributes are there, and have no value that a rule could test. */
const valuesOf = (attributes: StoredAttributes, name: string): readonly Scalar[] | undefined => {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (!attribute) return undefined
  const { type, value } = attribute
  if (type === 'String.Array') return arrayOf(value)
  if (type.startsWith('Number')) return [Number(value)]
  return type.startsWith('String') ? [value] : []
}

const byAttributes = (policy: FilterPolicy, attributes: StoredAttributes): FilteredOut | undefined => {
  try {
    if (matchesValues(policy, name => valuesOf(attributes, name))) return undefined
  } catch (error) {
    if (error instanceof InvalidAttribute) return 'InvalidAttributes'
    throw error
  }
  return Object.keys(attributes).length === 0 ? 'NoMessageAttributes' : 'MessageAttributes'
}

const byBody = (policy: FilterPolicy, message: string): FilteredOut | undefined => {
  let body: unknown
  try {
    body = JSON.parse(message)
  } catch {
    return 'InvalidMessageBody'
  }
  if (!isObject(body)) return 'InvalidMessageBody'
  return matchesObject(policy, body) ? undefined : 'MessageBody'
}

/** Why a filter policy keeps a message from its subscription, or `undefined`. */
export const filteredOut = (
  policy: FilterPolicy,
  scope: FilterPolicyScope,
  message: { readonly message: string; readonly attributes: StoredAttributes },
): FilteredOut | undefined => {
  if (policy.clauses.length === 0) return undefined
  return scope === 'MessageBody' ? byBody(policy, message.message) : byAttributes(policy, message.attributes)
}
