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
import { ERROR, FAULT, PARTIAL, THROTTLE, type Visit, visitsOf } from '../graph/visits.ts'
import { httpOf } from '../summaries/http.ts'
import {
  annotationsOf,
  isIndexed,
  MAX_ANNOTATIONS,
  RESOURCES,
  rootOf,
  timesOf,
} from '../summaries/summarize.ts'
import type { Dictionary } from './dictionary.ts'
import { ATTRIBUTE_KINDS, CAUSES, INFERRED, ROOT, UNSET } from './schema.ts'
import type { TableWriter } from './table-writer.ts'

export interface TraceWriters {
  readonly traces: TableWriter
  readonly visits: TableWriter
  readonly attributes: TableWriter
}

/** What a row of each table begins with. */
export type RowStart = readonly [scope: number, batch: number, trace: bigint]

const statusOf = ({ http }: Entity): number => {
  if (http === undefined) return UNSET
  const status = numberOf(objectOf(objectOf(http).response).status)
  return status === undefined || status < 0 ? UNSET : Math.trunc(status)
}

const writeVisit = (
  writer: TableWriter,
  [scope, batch, trace]: RowStart,
  visit: Visit,
  dictionary: Dictionary,
): void => {
  const { service, source, flags, inferred, root, call } = visit
  writer.add(
    scope,
    batch,
    trace,
    visit.start,
    dictionary.serviceId(scope, service),
    flags | (inferred ? INFERRED : 0) | (root ? ROOT : 0),
    visit.responseTime ?? UNSET,
    visit.duration ?? UNSET,
    statusOf(visit.node.entity),
    source ? dictionary.serviceId(scope, source) : UNSET,
    call.flags,
    call.responseTime ?? UNSET,
  )
}

const writeAnnotation = (
  writer: TableWriter,
  [scope, batch, trace]: RowStart,
  key: string,
  value: unknown,
): void => {
  if (typeof value === 'string') writer.add(scope, batch, trace, ATTRIBUTE_KINDS.string, key, value, 0)
  else if (typeof value === 'number') writer.add(scope, batch, trace, ATTRIBUTE_KINDS.number, key, '', value)
  else writer.add(scope, batch, trace, ATTRIBUTE_KINDS.boolean, key, '', value ? 1 : 0)
}

const KINDS = {
  resourceArns: ATTRIBUTE_KINDS['resource.arn'],
  instanceIds: ATTRIBUTE_KINDS['instance.id'],
  availabilityZones: ATTRIBUTE_KINDS.availabilityzone,
} as const

const writeResources = (
  writer: TableWriter,
  [scope, batch, trace]: RowStart,
  { segments }: MergedTrace,
): void => {
  for (const { entity } of segments) {
    for (const [member, path] of RESOURCES) {
      const value = textAt(entity, ...path)
      if (value !== undefined) writer.add(scope, batch, trace, KINDS[member], '', value, 0)
    }
  }
}

interface Found {
  readonly annotations: Array<readonly [key: string, value: unknown]>
  /** Of all entities, not of the root. */
  flags: number
}

/** One walk over all entities. */
const walk = (writer: TableWriter, [scope, batch, trace]: RowStart, merged: MergedTrace): Found => {
  const found: Found = { annotations: [], flags: 0 }
  for (const { entity } of merged.nodes.values()) {
    if (entity.fault === true) found.flags |= CAUSES.fault
    if (entity.error === true) found.flags |= CAUSES.error
    const user = textOf(entity.user)
    if (user !== undefined) writer.add(scope, batch, trace, ATTRIBUTE_KINDS.user, '', user, 0)
    if (entity.annotations === undefined) continue
    const annotations = objectOf(entity.annotations)
    for (const key of Object.keys(annotations)) {
      const value = annotations[key]
      if (isIndexed(key, value)) found.annotations.push([key, value])
    }
  }
  return found
}

const writeAttributes = (writer: TableWriter, start: RowStart, merged: MergedTrace): number => {
  const { annotations, flags } = walk(writer, start, merged)
  if (annotations.length <= MAX_ANNOTATIONS) {
    for (const [key, value] of annotations) writeAnnotation(writer, start, key, value)
  } else {
    for (const { key, value } of annotationsOf(merged)) writeAnnotation(writer, start, key, value)
  }
  writeResources(writer, start, merged)
  return flags
}

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
  start: RowStart,
  merged: MergedTrace,
  { firstBatch, revision }: { readonly firstBatch: number; readonly revision: number },
  dictionary: Dictionary,
): void => {
  const [scope, batch, trace] = start
  const visits = visitsOf(merged)
  for (const visit of visits) writeVisit(writers.visits, start, visit, dictionary)
  const causes = writeAttributes(writers.attributes, start, merged)
  const root = rootOf(merged)
  const times = timesOf(merged)
  const http = root && httpOf(root.entity)
  writers.traces.add(
    scope,
    batch,
    trace,
    firstBatch,
    revision,
    times.start,
    times.end,
    root && !isRunning(root.entity) ? responseTimeOf(root.entity) : UNSET,
    flagsOf(root, visits, times.partial) | causes,
    http?.HttpStatus ?? UNSET,
    http?.HttpURL ?? '',
    http?.HttpMethod ?? '',
    http?.UserAgent ?? '',
    http?.ClientIp ?? '',
  )
}
