import { cleanUp } from './clean-up.ts'
import { deleteResources } from './delete-resources.ts'
import { failedResources, handlerReason } from './failure.ts'
import { failResource } from './make-resource.ts'
import { type Operation, RESOURCE_CONCURRENCY } from './operation.ts'
import type { PhysicalResource, ResourceRecord } from './records.ts'
import { runGraph } from './run-graph.ts'
import { change, type UpdateJournal } from './update-resource.ts'

const isSame = (a: PhysicalResource, b: PhysicalResource): boolean => a.physicalId === b.physicalId

/** Takes the thing back that a replacement has put aside; the new one is deleted in the clean-up. */
const swapBack = (record: ResourceRecord, old: PhysicalResource): ResourceRecord => {
  const others = (record.replaced ?? []).filter(item => !isSame(item, old))
  const replaced = record.physical ? [...others, record.physical] : others
  return { ...record, physical: old, replaced }
}

const restore = async (
  operation: Operation,
  before: ResourceRecord,
  old: PhysicalResource,
  journal: UpdateJournal,
): Promise<void> => {
  const latest = operation.resource(before.logicalId) ?? before
  const { dependencies, deletionPolicy, updateReplacePolicy } = before
  const record = operation.setResource(
    { ...latest, dependencies, deletionPolicy, updateReplacePolicy },
    'UPDATE_IN_PROGRESS',
  )
  const isReplaced = (record.replaced ?? []).some(item => isSame(item, old))
  if (isReplaced) {
    operation.setResource(swapBack(record, old), 'UPDATE_COMPLETE')
    return
  }
  // A replacement that failed has not changed the old thing; what it half made goes in the clean-up.
  if (record.making) {
    operation.setResource(record, 'UPDATE_COMPLETE')
    return
  }
  // The failed resource too: its service may have changed half of it.
  const attempted = journal.touched.get(before.logicalId)
  const current = { ...(record.physical ?? old), ...attempted }
  const { properties, metadata } = old
  try {
    operation.setResource(
      await change(operation, record, current, { properties, metadata }),
      'UPDATE_COMPLETE',
    )
  } catch (error) {
    failResource(operation, record, 'UPDATE_FAILED', handlerReason(error))
  }
}

/**
 * Undoes a failed update: changed resources get their old sections or their old things back, new ones go.
 *
 * @param recordsBefore the stack's resources as they were when the update began
 */
export const rollBackUpdate = async (
  operation: Operation,
  recordsBefore: readonly ResourceRecord[],
  journal: UpdateJournal,
  reason: string,
): Promise<void> => {
  operation.setStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason)
  const byId = new Map(recordsBefore.map(record => [record.logicalId, record]))
  const touched = recordsBefore.filter(({ logicalId }) => journal.touched.has(logicalId))
  const { failed } = await runGraph(
    new Map(touched.map(({ logicalId, dependencies }) => [logicalId, dependencies])),
    async logicalId => {
      const before = byId.get(logicalId)
      const old = journal.before.get(logicalId)
      if (before && old) await restore(operation, before, old, journal)
    },
    { concurrency: RESOURCE_CONCURRENCY, onFailure: 'continue', stopped: () => operation.stopped },
  )
  if (operation.abandoned) return
  if (failed.length > 0) {
    operation.setStatus('UPDATE_ROLLBACK_FAILED', failedResources('update', failed))
    return
  }
  // Untouched records may have got the new template's dependencies and policies.
  for (const record of recordsBefore) {
    if (!journal.touched.has(record.logicalId) && record.physical) operation.putResource(record)
  }
  operation.setStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')
  const added = operation.resources().filter(({ logicalId }) => !journal.before.has(logicalId))
  const { failed: notDeleted } = await deleteResources(operation, added, 'rollback')
  for (const { logicalId } of added) {
    if (!notDeleted.includes(logicalId) && !byId.has(logicalId)) operation.deleteResource(logicalId)
  }
  const left = [...notDeleted, ...(await cleanUp(operation, () => true))]
  operation.setStatus(
    'UPDATE_ROLLBACK_COMPLETE',
    left.length > 0 ? failedResources('delete', left) : undefined,
  )
}
