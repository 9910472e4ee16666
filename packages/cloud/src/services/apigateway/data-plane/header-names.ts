/** One header name as requests spell it, looked at once. */
export interface HeaderName {
  readonly lower: string
  /** As functions see it. */
  readonly shown: string
  /** `shown` as a JSON string. */
  readonly json: string
  /** Never reaches an integration. */
  readonly dropped: boolean
}

/** Recorded from AWS: these are taken out of every request. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'keep-alive',
  'max-forwards',
  'proxy-authenticate',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
])

/** Shown in title case, however the client spells them; every other name stays as it was sent. */
const TITLE_CASED: ReadonlyMap<string, string> = new Map([
  ['accept', 'Accept'],
  ['accept-charset', 'Accept-Charset'],
  ['accept-encoding', 'Accept-Encoding'],
  ['accept-language', 'Accept-Language'],
  ['authorization', 'Authorization'],
  ['host', 'Host'],
  ['user-agent', 'User-Agent'],
])

/** Distinct spellings kept; clients that send random names must not fill the memory. */
const MAX_KEPT = 2000
const kept = new Map<string, HeaderName>()

/** The name behind a spelling; the same object for the same spelling, mostly. */
export const headerName = (spelling: string): HeaderName => {
  const known = kept.get(spelling)
  if (known) return known
  const lower = spelling.toLowerCase()
  const shown = TITLE_CASED.get(lower) ?? spelling
  const name = { lower, shown, json: JSON.stringify(shown), dropped: DROPPED.has(lower) }
  if (kept.size < MAX_KEPT) kept.set(spelling, name)
  return name
}
