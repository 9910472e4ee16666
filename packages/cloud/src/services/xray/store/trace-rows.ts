import type { DuckDBValue } from '@duckdb/node-api'
import { type Entity, numberOf, objectOf } from '../document/entity.ts'
import type { MergedTrace } from '../document/merge.ts'
import { ERROR, FAULT, PARTIAL, THROTTLE, type Visit, visitsOf } from '../graph/visits.ts'
import type { TraceDigest } from '../summaries/digest.ts'
import { summarize } from '../summaries/summarize.ts'
import type { Dictionary } from './dictionary.ts'
import { ATTRIBUTE_KINDS, CAUSES, INFERRED, ROOT } from './schema.ts'
import type { TableWriter } from './table-writer.ts'

export interface TraceWriters {
  readonly traces: TableWriter
  readonly visits: TableWriter
  readonly attributes: TableWriter
}

/** What a row of each table begins with. */
export type RowStart = readonly [scope: number, batch: number, trace: bigint]

const statusOf = (entity: Entity): number | null => {
  if (entity.http === undefined) return null
  const status = numberOf(objectOf(objectOf(entity.http).response).status)
  return status === undefined ? null : Math.trunc(status)
}

const flagsOf = (digest: TraceDigest, visits: readonly Visit[]): number =>
  (digest.fault ? FAULT : 0) |
  (digest.error ? ERROR : 0) |
  (digest.throttle ? THROTTLE : 0) |
  (digest.partial ? PARTIAL : 0) |
  (visits.some(({ inferred }) => inferred) ? INFERRED : 0) |
  (digest.responseTimeCauses.length > 0 ? CAUSES.responsetime : 0) |
  (digest.faultCauses.length > 0 ? CAUSES.fault : 0) |
  (digest.errorCauses.length > 0 ? CAUSES.error : 0)

const writeVisit = (
  writer: TableWriter,
  [scope, batch, trace]: RowStart,
  visit: Visit,
  dictionary: Dictionary,
) => {
  const { service, source, flags, inferred, root, call } = visit
  writer.add(
    scope,
    batch,
    trace,
    visit.start,
    visit.end,
    dictionary.serviceId(scope, service),
    flags | (inferred ? INFERRED : 0) | (root ? ROOT : 0),
    visit.responseTime ?? null,
    visit.duration ?? null,
    statusOf(visit.node.entity),
    source ? dictionary.serviceId(scope, source) : null,
    call.flags,
    call.responseTime ?? null,
    call.duration ?? null,
  )
}

const annotationRow = (
  value: string | number | boolean,
): readonly [kind: number, text: string | null, number: number | null] => {
  if (typeof value === 'string') return [ATTRIBUTE_KINDS.string, value, null]
  if (typeof value === 'number') return [ATTRIBUTE_KINDS.number, null, value]
  return [ATTRIBUTE_KINDS.boolean, null, value ? 1 : 0]
}

const writeAttributes = (writer: TableWriter, start: RowStart, digest: TraceDigest): void => {
  for (const { key, value } of digest.annotations) {
    const [kind, text, number] = annotationRow(value)
    writer.add(...start, kind, key, text, number)
  }
  const add = (kind: number, text: DuckDBValue) => writer.add(...start, kind, '', text, null)
  for (const { name } of digest.users) add(ATTRIBUTE_KINDS.user, name)
  for (const resource of digest.resourceArns) add(ATTRIBUTE_KINDS['resource.arn'], resource)
  for (const id of digest.instanceIds) add(ATTRIBUTE_KINDS['instance.id'], id)
  for (const zone of digest.availabilityZones) add(ATTRIBUTE_KINDS.availabilityzone, zone)
}

/** Writes all that the index knows of one trace. */
export const writeTrace = (
  writers: TraceWriters,
  start: RowStart,
  trace: MergedTrace,
  { firstBatch, revision }: { readonly firstBatch: number; readonly revision: number },
  dictionary: Dictionary,
): void => {
  const visits = visitsOf(trace)
  const digest = summarize(trace, visits)
  const { http } = digest
  writers.traces.add(
    ...start,
    firstBatch,
    revision,
    digest.start,
    digest.end,
    digest.responseTime ?? null,
    flagsOf(digest, visits),
    http?.HttpStatus ?? null,
    http?.HttpURL ?? null,
    http?.HttpMethod ?? null,
    http?.UserAgent ?? null,
    http?.ClientIp ?? null,
    JSON.stringify(digest),
  )
  for (const visit of visits) writeVisit(writers.visits, start, visit, dictionary)
  writeAttributes(writers.attributes, start, digest)
}
