import { newTraceId, parseTraceHeader } from '../../../kernel/trace-header.ts'

/** The trace that a request belongs to, as `X-Amzn-Trace-Id` carries it. */
export interface TraceContext {
  /** `1-<8 hex digits of epoch seconds>-<24 hex digits>` */
  readonly root: string
  /** The caller's segment, where the client sent one. */
  readonly parent: string | undefined
  /** The client's decision; `undefined` where it left that open. */
  readonly sampled: '0' | '1' | undefined
  /** Further fields of the client's, each with a leading semicolon. */
  readonly rest: string
  /** The header as the integration's event shows it: the client's own, with a root where it had none. */
  readonly header: string
}

/**
 * @param incoming the client's header
 * @param time ms since the epoch; dates a new root
 */
export const traceContext = (incoming: string | undefined, time: number): TraceContext => {
  if (incoming === undefined || incoming === '') {
    const root = newTraceId(time)
    return { root, parent: undefined, sampled: undefined, rest: '', header: `Root=${root}` }
  }
  const { root, parent, sampled, rest } = parseTraceHeader(incoming)
  const decision = sampled === '?' ? undefined : sampled
  if (root !== undefined) return { root, parent, sampled: decision, rest, header: incoming }
  const created = newTraceId(time)
  return { root: created, parent, sampled: decision, rest, header: `Root=${created};${incoming}` }
}
