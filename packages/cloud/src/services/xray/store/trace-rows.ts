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

const statusOf = ({ http }: Entity): number => {
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
    statusOf(visit.node.entity),
    source ? dictionary.serviceId(scope, source) : UNSET,
    call.flags,
    call.responseTime ?? UNSET,
  )
}

const writeAnnotation = (
  { texts, numbers }: TraceWriters,
  id: number,
  key: string,
  value: unknown,
  dictionary: Dictionary,
): void => {
  if (typeof value === 'string') texts.add(id, dictionary.nameId('string', key), value)
  else if (typeof value === 'number') numbers.add(id, dictionary.nameId('number', key), value)
  else numbers.add(id, dictionary.nameId('boolean', key), value ? 1 : 0)
}

const KINDS = {
  resourceArns: 'resource.arn',
  instanceIds: 'instance.id',
  availabilityZones: 'availabilityzone',
} as const

/** The annotations of a trace that are indexed, each value of a key once. */
const indexedAnnotations = (merged: MergedTrace): ReadonlyArray<readonly [key: string, value: unknown]> => {
  const found: Array<readonly [key: string, value: unknown]> = []
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
  for (const { entity } of merged.segments) {
    for (const [member, path] of RESOURCES) {
      const value = textAt(entity, ...path)
      if (value !== undefined) writers.texts.add(id, dictionary.nameId(KINDS[member], ''), value)
    }
  }
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

const causesOf = (merged: MergedTrace, root: EntityNode | undefined, dictionary: Dictionary): number =>
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
  const http = root && httpOf(root.entity)
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
