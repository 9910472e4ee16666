/** A value of a condition key; lists are keys with several values. */
export type ContextValue = string | number | boolean | Date | readonly string[]

/** Condition keys of a request with their values, in any case: `cloudwatch:namespace`, … */
export type ConditionKeys = Readonly<Record<string, ContextValue>>

/** Condition keys in lower case with their values as text. */
export type ContextValues = ReadonlyMap<string, readonly string[]>

const textsOf = (value: ContextValue): readonly string[] => {
  if (value instanceof Date) return [value.toISOString()]
  return typeof value === 'object' ? value : [String(value)]
}

/** Condition keys are given in any case. */
export const contextValues = (context: ConditionKeys = {}): ContextValues =>
  new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), textsOf(value)]))
