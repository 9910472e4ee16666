import { validateHeaderName, validateHeaderValue } from 'node:http'

/** A Lambda proxy integration's answer, read and checked. */
export interface ProxyResponse {
  readonly status: number
  /** Names and values in turn; a name with several values appears once, values joined by `, `. */
  readonly headers: string[]
  /** In lower case; `undefined` where the function set none. */
  readonly contentType: string | undefined
  readonly body: string
  readonly isBase64Encoded: boolean
}

const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'])

/** Recorded from AWS: HTTP's own matters are handed on under another name. `content-length` is dropped. */
const REMAPPED: ReadonlyMap<string, string> = new Map(
  [
    'Authorization',
    'Connection',
    'Content-MD5',
    'Date',
    'Expect',
    'Host',
    'Max-Forwards',
    'Proxy-Authenticate',
    'Server',
    'Trailer',
    'Upgrade',
    'User-Agent',
    'WWW-Authenticate',
  ].map(name => [name.toLowerCase(), `x-amzn-Remapped-${name}`]),
)
/** Framing is ours, and the ids are the gateway's. */
const DROPPED = new Set([
  'content-length',
  'keep-alive',
  'te',
  'transfer-encoding',
  'x-amz-apigw-id',
  'x-amzn-requestid',
  'x-amzn-trace-id',
])

/**
 * Reads what a function returned (payload format 1.0), by AWS's rules as recorded.
 *
 * @returns `undefined` for what API Gateway calls a malformed Lambda proxy response
 */
export const parseProxyResponse = (payload: string): ProxyResponse | undefined => {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const keys = Object.keys(value)
  if (keys.length === 0 || !keys.every(key => MEMBERS.has(key))) return undefined
  const status = statusOf(value.statusCode)
  const isBase64Encoded = booleanOf(value.isBase64Encoded)
  const headers = headersOf(value.headers, value.multiValueHeaders)
  const body = value.body ?? ''
  if (status === undefined || isBase64Encoded === undefined || !headers || typeof body !== 'string') {
    return undefined
  }
  return { status, ...headers, body, isBase64Encoded }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A final status; informational ones cannot end a response. */
const statusOf = (value: unknown): number | undefined => {
  if (value === undefined || value === null) return 200
  const status = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  const valid = typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599
  return valid ? status : undefined
}

const booleanOf = (value: unknown): boolean | undefined => {
  if (value === undefined || value === null) return false
  return typeof value === 'boolean' ? value : undefined
}

type Scalar = string | number | boolean

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

interface Headers {
  readonly headers: string[]
  readonly contentType: string | undefined
}

const headersOf = (single: unknown, multi: unknown): Headers | undefined => {
  const merged = mergeHeaders(single ?? {}, multi ?? {})
  if (!merged) return undefined
  const headers: string[] = []
  let contentType: string | undefined
  for (const [lower, { name, values }] of merged) {
    if (DROPPED.has(lower)) continue
    if (lower === 'content-type') contentType = values.at(-1)
    const shown = REMAPPED.get(lower) ?? name
    // A cookie holds commas of its own: each needs a header line.
    if (lower === 'set-cookie') for (const value of values) headers.push(shown, value)
    else headers.push(shown, values.join(', '))
  }
  return areSendable(headers) ? { headers, contentType } : undefined
}

/** Multi values come first and give the name its spelling. */
const mergeHeaders = (single: unknown, multi: unknown) => {
  if (!isObject(single) || !isObject(multi)) return undefined
  const merged = new Map<string, { readonly name: string; readonly values: string[] }>()
  for (const [name, values] of Object.entries(multi)) {
    if (!Array.isArray(values) || !values.every(isScalar)) return undefined
    if (values.length > 0) merged.set(name.toLowerCase(), { name, values: values.map(String) })
  }
  for (const [name, value] of Object.entries(single)) {
    if (value === null) continue
    if (!isScalar(value)) return undefined
    const lower = name.toLowerCase()
    const known = merged.get(lower)
    if (known) known.values.push(String(value))
    else merged.set(lower, { name, values: [String(value)] })
  }
  return merged
}

const areSendable = (headers: readonly string[]): boolean => {
  try {
    for (let index = 0; index + 1 < headers.length; index += 2) {
      validateHeaderName(headers[index] as string)
      validateHeaderValue(headers[index] as string, headers[index + 1] as string)
    }
    return true
  } catch {
    return false
  }
}
