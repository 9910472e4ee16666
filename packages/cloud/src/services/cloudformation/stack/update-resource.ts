import type { PlannedResource } from '../template/plan.ts'
import { equalValues } from '../template/value.ts'
import { handlerReason } from './failure.ts'
import {
  createResource,
  failResource,
  made,
  make,
  physicalOf,
  requestFor,
  resolveOrFail,
  shapeOf,
} from './make-resource.ts'
import type { Operation } from './operation.ts'
import type { PhysicalResource, ResourceRecord } from './records.ts'
import type { Resolved, Resolver } from './resolve.ts'

const REPLACEMENT_REASON =
  'Requested update requires the creation of a new physical resource; hence creating one.'

/** What a running update has to know to be able to go back. */
export interface UpdateJournal {
  /** What each resource of the stack was before. */
  readonly before: ReadonlyMap<string, PhysicalResource>
  /** Resources that the update has begun to change, with what it was changing them to. */
  readonly touched: Map<string, Resolved>
}

/**
 * Brings an existing thing to the resolved sections: in place where its type can, else by making a new one; the old one
 * then waits in `replaced` for the clean-up.
 *
 * @param current what the thing is now; `properties` as its type last saw them
 */
export const change = async (
  operation: Operation,
  record: ResourceRecord,
  current: PhysicalResource,
  resolved: Resolved,
): Promise<ResourceRecord> => {
  const type = operation.type(record.type)
  const request = requestFor(operation, record, resolved, 'UPDATE_IN_PROGRESS')
  const { physicalId, attributes, properties } = current
  const result = type.update ? await type.update(request, { physicalId, attributes, properties }) : 'replace'
  if (result !== 'replace') return { ...record, physical: physicalOf(record.type, result, resolved) }

  const announced = operation.setResource(record, 'UPDATE_IN_PROGRESS', REPLACEMENT_REASON)
  const physical = await make(operation, announced, resolved, 'UPDATE_IN_PROGRESS')
  return made({ ...announced, replaced: [...(record.replaced ?? []), current] }, physical)
}

/** Brings one resource to what the plan asks for; writes nothing where that is what it is. */
export const updateResource = async (
  operation: Operation,
  resolver: Resolver,
  planned: PlannedResource,
  journal: UpdateJournal,
): Promise<void> => {
  const existing = operation.resource(planned.logicalId)
  const physical = existing?.physical
  if (!existing || !physical) return createResource(operation, resolver, planned)

  const record: ResourceRecord = { ...existing, ...shapeOf(planned) }
  const resolved = resolveOrFail(operation, resolver, planned, record, 'UPDATE_FAILED')
  const isUnchanged =
    equalValues(resolved.properties, physical.properties) && equalValues(resolved.metadata, physical.metadata)
  if (isUnchanged && existing.status.endsWith('_COMPLETE')) {
    operation.putResource(record)
    return
  }
  journal.touched.set(planned.logicalId, resolved)
  const started = operation.setResource(record, 'UPDATE_IN_PROGRESS')
  let changed: ResourceRecord
  try {
    changed = await change(operation, started, physical, resolved)
  } catch (error) {
    const latest = operation.resource(planned.logicalId) ?? started
    return failResource(operation, latest, 'UPDATE_FAILED', handlerReason(error))
  }
  operation.setResource(changed, 'UPDATE_COMPLETE')
}
