/** The `X-Amzn-Trace-Id` header: `Root=<trace id>;Parent=<16 hex>;Sampled=<0|1|?>;…`. */

/** The header's name as HTTP/1.1 clients of AWS write it. */
export const TRACE_HEADER = 'X-Amzn-Trace-Id'

/** Further pairs are carried on while keys and values have at most this many characters, as AWS's Node SDK does. */
const MAX_EXTRA_LENGTH = 256

const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/
const ID = /^[0-9a-f]{16}$/

/** What a header says. Parts that are missing or malformed are absent. */
export interface TraceHeader {
  readonly root: string | undefined
  readonly parent: string | undefined
  /** `true`: record; `false`: do not; `'?'`: decide and say so in the response; `undefined`: nothing said. */
  readonly sampled: boolean | '?' | undefined
  /** Other pairs (`Lineage` first of all), as `;Key=Value;…`; empty where there are none. */
  readonly extra: string
}

const SAMPLED: Readonly<Record<string, boolean | '?'>> = { '1': true, '0': false, '?': '?' }
/** Load balancers put `Self`; it names no parent and is not passed on. */
const RESERVED = new Set(['root', 'parent', 'sampled', 'self'])
const VISIBLE = /^[\x21-\x7e]+$/

/**
 * Reads a header; never throws. Names are matched without regard to case, blanks around pairs are dropped, and where a
 * name comes twice the first counts.
 */
export const parseTraceHeader = (text: string): TraceHeader => {
  const known = new Map<string, string>()
  let extra = ''
  let extraLength = 0
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=')
    if (equals <= 0) continue
    const key = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    const name = key.toLowerCase()
    if (RESERVED.has(name)) {
      if (!known.has(name)) known.set(name, value)
      continue
    }
    // Control characters would make the outgoing header one that Node refuses to send.
    if (!VISIBLE.test(key) || !VISIBLE.test(value)) continue
    if (extraLength + key.length + value.length > MAX_EXTRA_LENGTH) continue
    extraLength += key.length + value.length
    extra += `;${key}=${value}`
  }
  const root = known.get('root')?.toLowerCase()
  const parent = known.get('parent')?.toLowerCase()
  return {
    root: root !== undefined && TRACE_ID.test(root) ? root : undefined,
    parent: parent !== undefined && ID.test(parent) ? parent : undefined,
    sampled: SAMPLED[known.get('sampled') ?? ''],
    extra,
  }
}

/** Writes a header for a call whose caller's subsegment is `parent`. */
export const formatTraceHeader = (root: string, parent: string, sampled: boolean, extra: string): string =>
  `Root=${root};Parent=${parent};Sampled=${sampled ? '1' : '0'}${extra}`
