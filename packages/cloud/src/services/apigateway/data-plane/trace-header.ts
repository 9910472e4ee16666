import { randomHex } from './random.ts'

/** The trace that a request belongs to, as `X-Amzn-Trace-Id` carries it. */
export interface TraceContext {
  /** `1-<8 hex digits of epoch seconds>-<24 hex digits>` */
  readonly root: string
  /** The caller's segment, where the client sent one. */
  readonly parent: string | undefined
  /** The client's decision; `undefined` where it left that open. */
  readonly sampled: '0' | '1' | undefined
  /** The header as the integration sees it: the client's own, with a root where it had none. */
  readonly header: string
}

/**
 * @param incoming the client's header
 * @param time ms since the epoch; dates a new root
 */
export const traceContext = (incoming: string | undefined, time: number): TraceContext => {
  if (incoming === undefined || incoming === '') {
    const root = newRoot(time)
    return { root, parent: undefined, sampled: undefined, header: `Root=${root}` }
  }
  let root: string | undefined
  let parent: string | undefined
  let sampled: '0' | '1' | undefined
  for (const field of incoming.split(';')) {
    const split = field.indexOf('=')
    const name = field.slice(0, split).trim().toLowerCase()
    const value = field.slice(split + 1).trim()
    if (name === 'root') root = value
    else if (name === 'parent') parent = value
    else if (name === 'sampled' && (value === '0' || value === '1')) sampled = value
  }
  if (root !== undefined) return { root, parent, sampled, header: incoming }
  const created = newRoot(time)
  return { root: created, parent, sampled, header: `Root=${created};${incoming}` }
}

/** The header of the response to the client: parent and decision are filled in where the client had none. */
export const responseTraceHeader = (trace: TraceContext): string =>
  `Root=${trace.root};Parent=${trace.parent ?? randomHex(8)};Sampled=${trace.sampled ?? (trace.parent ? '1' : '0')}`

const newRoot = (time: number): string =>
  `1-${Math.floor(time / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomHex(12)}`
