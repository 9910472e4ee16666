import {
  type Entity,
  isRunning,
  numberOf,
  objectOf,
  responseTimeOf,
  textAt,
  textOf,
} from '../document/entity.ts'
import type { EntityNode, MergedTrace } from '../document/merge.ts'
import type { RootCauseFacts } from '../filter/trace-facts.ts'
import { ERROR, FAULT, PARTIAL, THROTTLE, type Visit, visitsOf } from '../graph/visits.ts'
import type { AnnotationScalar } from '../summaries/digest.ts'
import { httpOf } from '../summaries/http.ts'
import { causesText, exceptionsOf, rootCauses } from '../summaries/root-causes.ts'
import {
  annotationsOf,
  isIndexed,
  MAX_ANNOTATIONS,
  RESOURCES,
  rootOf,
  timesOf,
} from '../summaries/summarize.ts'
import { causeFacts } from '../summaries/trace-facts.ts'
import type { Dictionary } from './dictionary.ts'
import { CAUSES, INFERRED, ROOT, UNSET } from './schema.ts'
import type { TableWriter } from './table-writer.ts'

export interface TraceWriters {
  readonly traces: TableWriter
  readonly visits: TableWriter
  readonly texts: TableWriter
  readonly numbers: TableWriter
}

/** The trace that rows are of. */
export interface TraceNumber {
  readonly scope: number
  readonly id: number
  readonly key: bigint
  readonly revision: number
}

/** Of the `http` block of an entity, whatever it is. */
export const statusOf = (http: unknown): number => {
  if (http === undefined) return UNSET
  const status = numberOf(objectOf(objectOf(http).response).status)
  return status === undefined || status < 0 ? UNSET : Math.trunc(status)
}

const writeVisit = (
  writer: TableWriter,
  { scope, id }: TraceNumber,
  visit: Visit,
  dictionary: Dictionary,
): void => {
  const { service, source, flags, inferred, root, call } = visit
  writer.add(
    scope,
    id,
    visit.start,
    dictionary.serviceId(scope, service),
    flags | (inferred ? INFERRED : 0) | (root ? ROOT : 0),
    visit.responseTime ?? UNSET,
    visit.duration ?? UNSET,
    statusOf(visit.node.entity.http),
    source ? dictionary.serviceId(scope, source) : UNSET,
    call.flags,
    call.responseTime ?? UNSET,
  )
}

/** An annotation that is indexed, as a row has it. */
export interface AnnotationRow {
  readonly isText: boolean
  readonly name: number
  readonly value: string | number
}

export const annotationRow = (
  key: string,
  value: AnnotationScalar,
  dictionary: Dictionary,
): AnnotationRow => {
  if (typeof value === 'string') return { isText: true, name: dictionary.nameId('string', key), value }
  if (typeof value === 'number') return { isText: false, name: dictionary.nameId('number', key), value }
  return { isText: false, name: dictionary.nameId('boolean', key), value: value ? 1 : 0 }
}

const writeAnnotation = (
  { texts, numbers }: TraceWriters,
  id: number,
  key: string,
  value: AnnotationScalar,
  dictionary: Dictionary,
): void => {
  const { isText, name, value: written } = annotationRow(key, value, dictionary)
  const writer = isText ? texts : numbers
  writer.add(id, name, written)
}

const KINDS = {
  resourceArns: 'resource.arn',
  instanceIds: 'instance.id',
  availabilityZones: 'availabilityzone',
} as const

/** The annotations of a trace that are indexed, each value of a key once. */
const indexedAnnotations = (
  merged: MergedTrace,
): ReadonlyArray<readonly [key: string, value: AnnotationScalar]> => {
  const found: Array<readonly [key: string, value: AnnotationScalar]> = []
  for (const { entity } of merged.nodes.values()) {
    if (entity.annotations === undefined) continue
    const own = objectOf(entity.annotations)
    for (const key of Object.keys(own)) {
      const value = own[key]
      if (!isIndexed(key, value) || found.some(([k, v]) => k === key && v === value)) continue
      if (found.length === MAX_ANNOTATIONS) return annotationsOf(merged).map(one => [one.key, one.value])
      found.push([key, value])
    }
  }
  return found
}

const writeExceptions = (
  { texts }: TraceWriters,
  id: number,
  entity: Entity,
  dictionary: Dictionary,
): void => {
  for (const { Name = '', Message = '' } of exceptionsOf(entity)) {
    texts.add(id, dictionary.nameId('exception.name', ''), Name)
    texts.add(id, dictionary.nameId('exception.message', ''), Message)
  }
}

/** Where a segment ran. */
export const writeResources = (
  texts: TableWriter,
  id: number,
  entity: Entity,
  dictionary: Dictionary,
): void => {
  for (const [member, path] of RESOURCES) {
    const value = textAt(entity, ...path)
    if (value !== undefined) texts.add(id, dictionary.nameId(KINDS[member], ''), value)
  }
}

/** What is looked for by value. Returns bits of what may cause faults and errors. */
const writeAttributes = (
  writers: TraceWriters,
  id: number,
  merged: MergedTrace,
  dictionary: Dictionary,
): number => {
  let flags = 0
  for (const { entity } of merged.nodes.values()) {
    if (entity.fault === true) flags |= CAUSES.fault
    if (entity.error === true) flags |= CAUSES.error
    const user = textOf(entity.user)
    if (user !== undefined) writers.texts.add(id, dictionary.nameId('user', ''), user)
    if (entity.cause !== undefined) writeExceptions(writers, id, entity, dictionary)
  }
  for (const [key, value] of indexedAnnotations(merged)) writeAnnotation(writers, id, key, value, dictionary)
  for (const { entity } of merged.segments) writeResources(writers.texts, id, entity, dictionary)
  return flags
}

const withoutWhatDiffers = (causes: Parameters<typeof causeFacts>[0]): RootCauseFacts[] =>
  causeFacts(causes).map(({ services, clientImpacting }) => ({
    clientImpacting,
    services: services.map(service => ({
      ...service,
      entityPath: service.entityPath.map(({ name, remote }) => ({ name, remote, exceptions: [] })),
    })),
  }))

/** The number of the root causes of a trace. */
export const causesOf = (merged: MergedTrace, root: EntityNode | undefined, dictionary: Dictionary): number =>
  dictionary.causesId(causesText(merged, root), () => {
    const { responseTimeCauses, faultCauses, errorCauses } = rootCauses(merged, root)
    return {
      responsetime: withoutWhatDiffers(responseTimeCauses),
      fault: withoutWhatDiffers(faultCauses),
      error: withoutWhatDiffers(errorCauses),
    }
  })

const flagsOf = (root: EntityNode | undefined, visits: readonly Visit[], partial: boolean): number => {
  let flags = partial ? PARTIAL : 0
  if (root?.entity.fault === true) flags |= FAULT
  if (root?.entity.error === true) flags |= ERROR
  if (root && responseTimeOf(root.entity) > 0) flags |= CAUSES.responsetime
  for (const visit of visits) {
    if (visit.inferred) flags |= INFERRED
    if ((visit.flags & THROTTLE) !== 0) flags |= THROTTLE
  }
  return flags
}

/** Writes all that the index knows of one trace. */
export const writeTrace = (
  writers: TraceWriters,
  trace: TraceNumber,
  merged: MergedTrace,
  dictionary: Dictionary,
): void => {
  const visits = visitsOf(merged)
  for (const visit of visits) writeVisit(writers.visits, trace, visit, dictionary)
  const causes = writeAttributes(writers, trace.id, merged, dictionary)
  const root = rootOf(merged)
  const times = timesOf(merged)
  const http = root && httpOf(root.entity.http)
  writers.traces.add(
    trace.scope,
    trace.id,
    trace.key,
    trace.revision,
    times.start,
    times.end,
    root && !isRunning(root.entity) ? responseTimeOf(root.entity) : UNSET,
    flagsOf(root, visits, times.partial) | causes,
    causesOf(merged, root, dictionary),
    http?.HttpStatus ?? UNSET,
    http?.HttpURL ?? '',
    http?.HttpMethod ?? '',
    http?.UserAgent ?? '',
    http?.ClientIp ?? '',
  )
}
