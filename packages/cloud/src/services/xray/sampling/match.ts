import type { Rule } from './rule.ts'

/** What a rule is matched against. What is absent matches the pattern `*` alone. */
export interface SampleRequest {
  /** The segment's name; of an API Gateway stage `api/stage`. */
  readonly serviceName: string
  /** The segment's origin, such as `AWS::ApiGateway::Stage`. */
  readonly serviceType?: string
  /** The Host header. */
  readonly host?: string
  readonly method?: string
  /** With or without a query string, which is left out. */
  readonly path?: string
  readonly resourceArn?: string
  /** Header names and values, for API Gateway. */
  readonly attributes?: Readonly<Record<string, string>>
}

/**
 * Whether a text is as a pattern says: the whole of it, in any case, with `*` for any characters and `?` for one. The time
 * is at most the product of both lengths.
 */
export const matchesPattern = (pattern: string, text: string): boolean => {
  if (pattern === '*') return true
  const wanted = pattern.toLowerCase()
  const given = text.toLowerCase()
  let at = 0
  let star = -1
  let resume = 0
  for (let index = 0; index < given.length; ) {
    if (wanted[at] === '*') {
      star = at++
      resume = index
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else {
      return false
    }
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}

const matchesAttributes = (rule: Rule, given: Readonly<Record<string, string>>): boolean =>
  Object.entries(rule.Attributes).every(([keyPattern, valuePattern]) =>
    Object.entries(given).some(
      ([key, value]) => matchesPattern(keyPattern, key) && matchesPattern(valuePattern, value),
    ),
  )

/** Whether a rule is for a request. */
export const matchesRule = (rule: Rule, request: SampleRequest): boolean =>
  matchesPattern(rule.ServiceName, request.serviceName) &&
  matchesPattern(rule.ServiceType, request.serviceType ?? '') &&
  matchesPattern(rule.Host, request.host ?? '') &&
  matchesPattern(rule.HTTPMethod, request.method ?? '') &&
  matchesPattern(rule.URLPath, request.path?.split('?', 1)[0] ?? '') &&
  matchesPattern(rule.ResourceARN, request.resourceArn ?? '') &&
  matchesAttributes(rule, request.attributes ?? {})
