/** A value of a condition key; lists are keys with several values. */
export type ContextValue = string | number | boolean | Date | readonly string[]

/** What a policy is asked about. */
export interface AuthorizationRequest {
  /** Such as `xray:PutTraceSegments`. */
  readonly action: string
  /** An ARN, or `*` for actions that know no resources. */
  readonly resource: string
  /** Condition keys with their values, in any case: `aws:SourceIp`, … */
  readonly context?: Readonly<Record<string, ContextValue>>
}

/** Condition keys in lower case with their values as text. */
export type ContextValues = ReadonlyMap<string, readonly string[]>

const textsOf = (value: ContextValue): readonly string[] => {
  if (value instanceof Date) return [value.toISOString()]
  return typeof value === 'object' ? value : [String(value)]
}

export const contextValues = (context: AuthorizationRequest['context'] = {}): ContextValues =>
  new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), textsOf(value)]))
