/** What a template is made of, once its text is read. */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap
export type ValueMap = { readonly [key: string]: Value }

export const isMap = (value: unknown): value is ValueMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly Value[] => Array.isArray(value)

export const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** The member's value, never one that every object inherits. */
export const member = (map: ValueMap, key: string): Value | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined

/**
 * The function call that a map stands for, such as `['Fn::Join', ['', […]]]`: a map with one key, which is `Ref` or
 * starts with `Fn::`.
 */
export const intrinsicOf = (value: Value): readonly [name: string, argument: Value] | undefined => {
  if (!isMap(value)) return undefined
  const [entry, second] = Object.entries(value)
  if (!entry || second) return undefined
  return entry[0] === 'Ref' || entry[0].startsWith('Fn::') ? entry : undefined
}

/** Whether no function call is left in the value. */
export const isKnown = (value: Value): boolean => {
  if (isList(value)) return value.every(isKnown)
  if (!isMap(value)) return true
  return intrinsicOf(value) === undefined && Object.values(value).every(isKnown)
}

/** Equality of JSON values; the order of keys does not count. */
export const equalValues = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equalValues(item, b[i]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && equalValues(a[key], b[key]))
  )
}

export const mapValues = (map: ValueMap, change: (value: Value, key: string) => Value): ValueMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]))
