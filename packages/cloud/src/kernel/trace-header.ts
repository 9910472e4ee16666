import { randomHex } from './random-hex.ts'

/** What an `X-Amzn-Trace-Id` says. */
export interface TraceHeader {
  /** `1-<8 hex digits of epoch seconds>-<24 hex digits>`; `undefined` where the header has none of this form. */
  readonly root: string | undefined
  /** 16 hex digits: the caller's segment or subsegment. */
  readonly parent: string | undefined
  /** The caller's decision; `?` asks the callee to decide, as leaving it out does. */
  readonly sampled: '0' | '1' | '?' | undefined
  /**
   * Further fields such as Lineage, each with a leading semicolon, to be passed on as they are. `Self`, which load
   * balancers add for themselves, is not among them.
   */
  readonly rest: string
}

const ROOT = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i
const ID = /^[0-9a-f]{16}$/i
/** As much of further fields as AWS's SDKs pass on. */
const MAXIMUM_REST = 256

/** Reads a header of any form: fields in any order, names in any case, with or without blanks. */
export const parseTraceHeader = (text: string): TraceHeader => {
  let root: string | undefined
  let parent: string | undefined
  let sampled: TraceHeader['sampled']
  let rest = ''
  for (const field of text.split(';')) {
    const split = field.indexOf('=')
    if (split === -1) continue
    const name = field.slice(0, split).trim()
    const value = field.slice(split + 1).trim()
    switch (name.toLowerCase()) {
      case 'root':
        if (ROOT.test(value)) root = value
        break
      case 'parent':
        if (ID.test(value)) parent = value
        break
      case 'sampled':
        if (value === '0' || value === '1' || value === '?') sampled = value
        break
      case 'self':
        break
      default:
        if (rest.length + name.length + value.length + 2 <= MAXIMUM_REST) rest += `;${name}=${value}`
    }
  }
  return { root, parent, sampled, rest }
}

/**
 * A new trace id.
 *
 * @param now ms since the epoch
 */
export const newTraceId = (now: number): string =>
  `1-${Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomHex(12)}`

/** The id of a segment or subsegment. */
export const newSegmentId = (): string => randomHex(8)
