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
import { CAUSES, INFERRED, ROOT, UNSET } from './schema.ts'
import type { TableWriter } from './table-writer.ts'

export interface TraceWriters {
  readonly traces: TableWriter
  readonly visits: TableWriter
  readonly texts: TableWriter
  readonly numbers: TableWriter
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
  { texts, numbers }: TraceWriters,
  [scope, batch, trace]: RowStart,
  key: string,
  value: unknown,
  dictionary: Dictionary,
): void => {
  if (typeof value === 'string') texts.add(scope, batch, trace, dictionary.nameId('string', key), value)
  else if (typeof value === 'number')
    numbers.add(scope, batch, trace, dictionary.nameId('number', key), value)
  else numbers.add(scope, batch, trace, dictionary.nameId('boolean', key), value ? 1 : 0)
}

const KINDS = {
  resourceArns: 'resource.arn',
  instanceIds: 'instance.id',
  availabilityZones: 'availabilityzone',
} as const

/** What is looked for by value. Returns bits of what may cause faults and errors. */
const writeAttributes = (
  writers: TraceWriters,
  start: RowStart,
  merged: MergedTrace,
  dictionary: Dictionary,
): number => {
  const [scope, batch, trace] = start
  const annotations: Array<readonly [key: string, value: unknown]> = []
  let flags = 0
  for (const { entity } of merged.nodes.values()) {
    if (entity.fault === true) flags |= CAUSES.fault
    if (entity.error === true) flags |= CAUSES.error
    const user = textOf(entity.user)
    if (user !== undefined) writers.texts.add(scope, batch, trace, dictionary.nameId('user', ''), user)
    if (entity.annotations === undefined) continue
    const own = objectOf(entity.annotations)
    for (const key of Object.keys(own)) if (isIndexed(key, own[key])) annotations.push([key, own[key]])
  }
  const indexed =
    annotations.length <= MAX_ANNOTATIONS
      ? annotations
      : annotationsOf(merged).map(({ key, value }) => [key, value] as const)
  for (const [key, value] of indexed) writeAnnotation(writers, start, key, value, dictionary)
  for (const { entity } of merged.segments) {
    for (const [member, path] of RESOURCES) {
      const value = textAt(entity, ...path)
      if (value !== undefined)
        writers.texts.add(scope, batch, trace, dictionary.nameId(KINDS[member], ''), value)
    }
  }
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
  const causes = writeAttributes(writers, start, merged, dictionary)
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
