/** Segments and subsegments while they are recorded. Plain fields and one shape: this is the hot path. */
import { anchor, now } from './clock.ts'
import { newId } from './ids.ts'
import { formatTraceHeader } from './trace-header.ts'

/** What X-Ray indexes. */
export type AnnotationValue = string | number | boolean

/** The part of a trace that this process records: one request's segment, or one Lambda invocation's subsegments. */
export interface Trace {
  readonly traceId: string
  readonly sampled: boolean
  /** Pairs of the header to pass on, as `;Key=Value`. */
  readonly extra: string
  /** The incoming header decided nothing (Lambda's PassThrough): nothing is recorded, and no decision passed on. */
  readonly undecided: boolean
  /** Adds up with the monotonic clock to epoch milliseconds. */
  readonly anchor: number
  /** Closed subsegments that are not sent yet. */
  pending: number
  /** `pending` at which the next are sent ahead. */
  streamAt: number
}

/** What was recorded of one exception. Stacks are parsed when it is written, off the request path. */
export interface RecordedException {
  readonly id: string
  readonly error: unknown
  readonly remote: boolean
  /** The id of the exception that caused this one. */
  readonly cause: string | undefined
}

/** The rarer parts, made when first used. */
export interface Details {
  annotations?: Map<string, AnnotationValue>
  /** Namespace → key → value as JSON text, taken when it was set: objects change later. */
  metadata?: Map<string, Map<string, string>>
  http?: { request?: Record<string, unknown>; response?: Record<string, unknown> }
  aws?: Record<string, unknown>
  sql?: Record<string, string>
  error?: boolean
  throttle?: boolean
  fault?: boolean
  traced?: boolean
  exceptions?: RecordedException[]
  /** The id of an exception that is recorded elsewhere in the trace. */
  causeId?: string
  user?: string
  links?: { trace_id: string; id: string; attributes?: Record<string, unknown> }[]
  /** A thrown value without identity (a string, a number) and its exception, so that the caller's capture knows it. */
  thrownBelow?: { value: unknown; id: string }
}

/** Fields that only segments have. */
export interface SegmentFields {
  readonly parentId: string | undefined
  readonly origin?: string
  readonly service?: Record<string, unknown>
  /** The sampling rule that decided. */
  readonly rule?: string | undefined
}

export interface Entity {
  /** May change while it is open: a server learns its route late. */
  name: string
  readonly id: string
  readonly trace: Trace
  readonly parent: Entity | undefined
  /** Of the monotonic clock, milliseconds. */
  start: number
  /** `0` while open. */
  end: number
  children: Entity[] | undefined
  details: Details | undefined
  namespace: 'aws' | 'remote' | undefined
  /** Written to a document already: what closes below it now is sent alone. */
  sent: boolean
  /** Stands for a segment that somebody else writes (Lambda's function segment). */
  readonly facade: boolean
  readonly segment: SegmentFields | undefined
}

/** Opens the part of a trace that this process records. */
export const newTrace = (
  traceId: string,
  sampled: boolean,
  extra = '',
  undecided = false,
  streamingThreshold = 100,
): Trace => ({
  traceId,
  sampled,
  extra,
  undecided,
  anchor: anchor(),
  pending: 0,
  streamAt: streamingThreshold,
})

/** A segment, open from now on; or a stand-in for one that somebody else writes. */
export const newRoot = (
  trace: Trace,
  name: string,
  segment: SegmentFields | undefined,
  id: string = newId(),
): Entity => ({
  name,
  id,
  trace,
  parent: undefined,
  start: now(),
  end: 0,
  children: undefined,
  details: undefined,
  namespace: undefined,
  sent: false,
  facade: segment === undefined,
  segment,
})

/** A subsegment, open from now on. */
export const openChild = (parent: Entity, name: string): Entity => {
  const child: Entity = {
    name,
    id: newId(),
    trace: parent.trace,
    parent,
    start: now(),
    end: 0,
    children: undefined,
    details: undefined,
    namespace: undefined,
    sent: false,
    facade: false,
    segment: undefined,
  }
  // A facade keeps no children: each is sent by itself.
  if (!parent.facade) {
    if (parent.children === undefined) parent.children = [child]
    else parent.children.push(child)
  }
  return child
}

/** The rarer parts of an entity, made where there are none. */
export const detailsOf = (entity: Entity): Details => {
  entity.details ??= {}
  return entity.details
}

/** The header for a call made by this entity; `undefined` where nothing was decided and so nothing is to be said. */
export const headerOf = (entity: Entity): string | undefined => {
  const { trace } = entity
  if (trace.undecided) return undefined
  return formatTraceHeader(trace.traceId, entity.id, trace.sampled, trace.extra)
}
