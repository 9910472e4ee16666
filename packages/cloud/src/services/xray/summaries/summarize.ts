import { isRunning, objectOf, responseTimeOf, textAt, textOf } from '../document/entity.ts'
import type { EntityNode, MergedTrace } from '../document/merge.ts'
import { type ServiceKey, serviceKeyText, serviceOf } from '../graph/service-node.ts'
import { THROTTLE, type Visit } from '../graph/visits.ts'
import type { AnnotationScalar, DigestAnnotation, TraceDigest } from './digest.ts'
import { httpOf } from './http.ts'
import { rootCauses } from './root-causes.ts'

/** https://docs.aws.amazon.com/general/latest/gr/xray.html: annotations indexed per trace. */
export const MAX_ANNOTATIONS = 50
/** Names in the SDK pages of the guide: longer keys and values are not indexed as they are. */
const MAX_KEY = 500
const MAX_VALUE = 1_000

/** Numbers its members in order of first appearance. */
class Numbering<T> {
  readonly items: T[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(key: string, item: T): number {
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.items.push(item) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}

/** Values with the services that they were seen at. */
class Sightings<T> {
  readonly #found = new Map<string, { readonly item: T; readonly services: Set<number> }>()

  get size(): number {
    return this.#found.size
  }

  add(key: string, item: T, service: number | undefined): void {
    let found = this.#found.get(key)
    if (!found) {
      found = { item, services: new Set() }
      this.#found.set(key, found)
    }
    if (service !== undefined) found.services.add(service)
  }

  has(key: string): boolean {
    return this.#found.has(key)
  }

  list<R>(describe: (item: T, services: number[]) => R): R[] {
    return Array.from(this.#found.values(), ({ item, services }) => describe(item, [...services]))
  }
}

/** Whether an annotation is indexed: lists and objects are not, nor what is too long. */
export const isIndexed = (key: string, value: unknown): value is AnnotationScalar =>
  key.length <= MAX_KEY &&
  ((typeof value === 'string' && value.length <= MAX_VALUE) ||
    typeof value === 'number' ||
    typeof value === 'boolean')

/** The segment by which the request entered: the first without a caller, else the first whose caller is not known. */
export const rootOf = (trace: MergedTrace): EntityNode | undefined =>
  trace.segments.find(({ parentId }) => parentId === undefined) ??
  trace.segments.find(({ parentId = '' }) => !trace.nodes.has(parentId)) ??
  trace.segments[0]

/** From the earliest start to the latest end, and whether a segment is in progress. */
export const timesOf = (trace: MergedTrace) => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const tops of [trace.segments, trace.orphans]) {
    for (const { earliest, latest } of tops) {
      if (earliest < start) start = earliest
      if (latest > end) end = latest
    }
  }
  return { start, end, partial: trace.segments.some(({ entity }) => isRunning(entity)) }
}

/** What segments say of where they ran. */
export const RESOURCES = [
  ['resourceArns', ['resource_arn']],
  ['instanceIds', ['aws', 'ec2', 'instance_id']],
  ['availabilityZones', ['aws', 'ec2', 'availability_zone']],
] as const

const resourcesOf = (trace: MergedTrace) => {
  const found = {
    resourceArns: new Set<string>(),
    instanceIds: new Set<string>(),
    availabilityZones: new Set<string>(),
  }
  for (const { entity } of trace.segments) {
    for (const [member, path] of RESOURCES) {
      const value = textAt(entity, ...path)
      if (value !== undefined) found[member].add(value)
    }
  }
  return {
    resourceArns: [...found.resourceArns],
    instanceIds: [...found.instanceIds],
    availabilityZones: [...found.availabilityZones],
  }
}

/** The annotations that are indexed, where there are too many. */
export const annotationsOf = (trace: MergedTrace): DigestAnnotation[] =>
  sightingsOf(trace, new Numbering()).annotations

const sightingsOf = (trace: MergedTrace, services: Numbering<ServiceKey>) => {
  const annotations = new Sightings<{ readonly key: string; readonly value: AnnotationScalar }>()
  const users = new Sightings<string>()
  const numbers = new Map<EntityNode, number>()
  for (const node of trace.segments) {
    const service = serviceOf(node.entity)
    numbers.set(node, services.numberOf(serviceKeyText(service), service))
  }
  for (const { entity, top } of trace.nodes.values()) {
    const user = textOf(entity.user)
    if (user !== undefined) users.add(user, user, numbers.get(top))
    if (entity.annotations === undefined) continue
    for (const [key, value] of Object.entries(objectOf(entity.annotations))) {
      if (!isIndexed(key, value)) continue
      const id = `${typeof value}\0${key}\0${value}`
      if (annotations.size >= MAX_ANNOTATIONS && !annotations.has(id)) continue
      annotations.add(id, { key, value }, numbers.get(top))
    }
  }
  return {
    annotations: annotations.list(({ key, value }, at): DigestAnnotation => ({ key, value, services: at })),
    users: users.list((name, at) => ({ name, services: at })),
  }
}

/**
 * What GetTraceSummaries and filter expressions know of one trace. Linear in its entities.
 *
 * @param visits of the same trace, from `visitsOf`
 */
export const summarize = (trace: MergedTrace, visits: readonly Visit[]): TraceDigest => {
  const root = rootOf(trace)
  const services = new Numbering<ServiceKey>()
  const sightings = sightingsOf(trace, services)
  for (const { service, source, root: isRoot } of visits) {
    services.numberOf(serviceKeyText(service), service)
    if (isRoot && source) services.numberOf(serviceKeyText(source), source)
  }
  const http = root && httpOf(root.entity.http)
  const entry = root && serviceOf(root.entity)
  return {
    ...timesOf(trace),
    ...(root && !isRunning(root.entity) && { responseTime: responseTimeOf(root.entity) }),
    fault: root?.entity.fault === true,
    error: root?.entity.error === true,
    throttle: visits.some(({ flags }) => (flags & THROTTLE) !== 0),
    ...(http && { http }),
    ...(entry && { entryPoint: services.numberOf(serviceKeyText(entry), entry) }),
    services: services.items,
    ...sightings,
    ...resourcesOf(trace),
    ...rootCauses(trace, root),
  }
}
