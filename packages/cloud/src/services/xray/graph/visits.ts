import { type Entity, endOf, isRunning, responseTimeOf, type Status, statusOf } from '../document/entity.ts'
import type { EntityNode, MergedTrace } from '../document/merge.ts'
import { clientOf, inferredServiceOf, isCall, type ServiceKey, serviceOf } from './service-node.ts'

/** One request to one service: a segment, or a call whose other side sent none. */
export interface Visit {
  readonly service: ServiceKey
  /** The segment's node, or that of the subsegment it was inferred from. */
  readonly node: EntityNode
  readonly inferred: boolean
  /** Nothing in the trace called it. */
  readonly root: boolean
  readonly running: boolean
  /** Seconds since the epoch. */
  readonly start: number
  readonly end: number
  readonly status: Status
  /** Seconds, from start to end. */
  readonly responseTime: number
  /** Seconds, with work outside of the segment's own times, such as the initialization of a function. */
  readonly duration: number
  /** The service that called it, and the call as that service saw it, network included. */
  readonly source: ServiceKey | undefined
  readonly callStatus: Status
  readonly callResponseTime: number
  readonly callRunning: boolean
}

/** From the earliest start to the latest end of all that is under it, in seconds. */
const durationOf = (top: EntityNode): number => {
  let [start, end] = [top.entity.start_time, endOf(top.entity)]
  const pending = [top]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const { entity, children } = node
    if (entity.start_time < start) start = entity.start_time
    const last = endOf(entity)
    if (last > end) end = last
    for (const child of children) pending.push(child)
  }
  return Math.max(0, end - start)
}

const callOf = (caller: Entity, segment: Entity) => {
  const seen = isCall(caller) ? caller : segment
  return {
    callStatus: statusOf(seen),
    callResponseTime: responseTimeOf(seen),
    callRunning: isRunning(seen),
  }
}

const visitOfSegment = (
  node: EntityNode,
  trace: MergedTrace,
  services: Map<EntityNode, ServiceKey>,
): Visit => {
  const { entity } = node
  const service = services.get(node) ?? serviceOf(entity)
  const caller = node.parentId === undefined ? undefined : trace.nodes.get(node.parentId)
  const root = caller === undefined || caller === node
  return {
    service,
    node,
    inferred: entity.inferred === true,
    root,
    running: isRunning(entity),
    start: entity.start_time,
    end: endOf(entity),
    status: statusOf(entity),
    responseTime: responseTimeOf(entity),
    duration: durationOf(node),
    source: root ? clientOf(service) : services.get(caller.top),
    ...callOf(root ? entity : caller.entity, entity),
  }
}

const visitOfCall = (node: EntityNode, services: Map<EntityNode, ServiceKey>): Visit => {
  const { entity } = node
  const [status, responseTime, running] = [statusOf(entity), responseTimeOf(entity), isRunning(entity)]
  return {
    service: inferredServiceOf(entity),
    node,
    inferred: true,
    root: false,
    running,
    start: entity.start_time,
    end: endOf(entity),
    status,
    responseTime,
    duration: responseTime,
    source: services.get(node.top),
    callStatus: status,
    callResponseTime: responseTime,
    callRunning: running,
  }
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
  const visits = trace.segments.map(node => visitOfSegment(node, trace, services))
  for (const node of trace.nodes.values()) {
    if (isInferred(node, called)) visits.push(visitOfCall(node, services))
  }
  return visits
}
