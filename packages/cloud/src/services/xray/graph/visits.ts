import { type Entity, isRunning, responseTimeOf } from '../document/entity.ts'
import type { EntityNode, MergedTrace } from '../document/merge.ts'
import { clientOf, inferredServiceOf, isCall, type ServiceKey, serviceOf } from './service-node.ts'

/** Bits of {@link Call.flags}. */
export const FAULT = 1
export const ERROR = 2
export const THROTTLE = 4
/** It or something under it is in progress. */
export const PARTIAL = 8

/** A request as one side saw it. */
export interface Call {
  readonly flags: number
  /** Seconds from start to end. Absent while in progress. */
  readonly responseTime: number | undefined
  /** Seconds, with what is under it, such as the initialization of a function. Absent while in progress. */
  readonly duration: number | undefined
}

/** One request to one service: a segment, or a call whose other side sent none. */
export interface Visit extends Call {
  readonly service: ServiceKey
  /** The segment's node, or that of the subsegment it was inferred from. */
  readonly node: EntityNode
  readonly inferred: boolean
  /** Nothing in the trace called it. */
  readonly root: boolean
  /** Seconds since the epoch. */
  readonly start: number
  readonly end: number
  /** The service that called it, where it is known. */
  readonly source: ServiceKey | undefined
  /** The call as the caller saw it, network included; the visit itself where the caller did not record it. */
  readonly call: Call
  /** Where that is recorded. */
  readonly caller: EntityNode
}

const flagsOf = ({ fault, error, throttle }: Entity): number =>
  (fault === true ? FAULT : 0) | (error === true ? ERROR : 0) | (throttle === true ? THROTTLE : 0)

const callOf = ({ entity, partial, earliest, latest }: EntityNode): Call => {
  const running = isRunning(entity)
  return {
    flags: flagsOf(entity) | (partial ? PARTIAL : 0),
    responseTime: running ? undefined : responseTimeOf(entity),
    duration: running ? undefined : Math.max(0, latest - earliest),
  }
}

const visitOf = (
  node: EntityNode,
  caller: EntityNode,
  service: ServiceKey,
  source: ServiceKey | undefined,
  inferred: boolean,
  root: boolean,
): Visit => {
  const own = callOf(node)
  const { entity } = node
  return {
    service,
    source,
    node,
    caller,
    inferred,
    root,
    start: entity.start_time,
    end: entity.end_time ?? entity.start_time,
    flags: own.flags,
    responseTime: own.responseTime,
    duration: own.duration,
    call: caller === node ? own : callOf(caller),
  }
}

const visitOfSegment = (
  node: EntityNode,
  service: ServiceKey,
  trace: MergedTrace,
  services: ReadonlyMap<EntityNode, ServiceKey>,
): Visit => {
  const parent = node.parentId === undefined ? undefined : trace.nodes.get(node.parentId)
  const inferred = node.entity.inferred === true
  if (parent === undefined || parent === node) {
    return visitOf(node, node, service, clientOf(service), inferred, true)
  }
  const caller = isCall(parent.entity) ? parent : node
  return visitOf(node, caller, service, services.get(parent.top), inferred, false)
}

/** The ids of entities that a segment names as its caller. */
export const calledIds = (trace: MergedTrace): ReadonlySet<string> => {
  const ids = new Set<string>()
  for (const { parentId } of trace.segments) if (parentId !== undefined) ids.add(parentId)
  return ids
}

/** Whether X-Ray makes up a segment for what this subsegment called, as nothing else in the trace stands for it. */
export const isInferred = (node: EntityNode, called: ReadonlySet<string>): boolean =>
  !node.isSegment && isCall(node.entity) && !called.has(node.entity.id)

/**
 * What a trace adds to the service graph: one visit for each segment, and one for each call to a service that sent
 * none. Linear in the entities of the trace.
 */
export const visitsOf = (trace: MergedTrace): Visit[] => {
  const services = new Map<EntityNode, ServiceKey>()
  for (const node of trace.segments) services.set(node, serviceOf(node.entity))
  const called = calledIds(trace)
  const visits: Visit[] = []
  for (const [node, service] of services) visits.push(visitOfSegment(node, service, trace, services))
  for (const node of trace.nodes.values()) {
    if (!isInferred(node, called)) continue
    const service = inferredServiceOf(node.entity)
    visits.push(visitOf(node, node, service, services.get(node.top), true, false))
  }
  return visits
}
