import { cleanUpReplaced } from './delete-resource.ts'
import { deleteResources, recordDependencies } from './delete-resources.ts'
import { type Operation, RESOURCE_CONCURRENCY } from './operation.ts'
import { reversed, runGraph } from './run-graph.ts'

/**
 * The clean-up phase of an update: deletes what is no longer in the template, and what was replaced. Failures leave the
 * update standing; the next one tries again.
 *
 * @returns logical ids of what could not be deleted
 */
export const cleanUp = async (
  operation: Operation,
  isKept: (logicalId: string) => boolean,
): Promise<string[]> => {
  const records = operation.resources()
  const removed = records.filter(({ logicalId }) => !isKept(logicalId))
  const { failed: notDeleted } = await deleteResources(operation, removed, 'delete')
  for (const { logicalId } of removed) {
    if (!notDeleted.includes(logicalId)) operation.deleteResource(logicalId)
  }
  const kept = operation
    .resources()
    .filter(({ logicalId, replaced, making }) => isKept(logicalId) && (replaced || making))
  const byId = new Map(kept.map(record => [record.logicalId, record]))
  const { failed: notReplaced } = await runGraph(
    reversed(recordDependencies(kept)),
    async logicalId => {
      const record = byId.get(logicalId)
      if (record) await cleanUpReplaced(operation, record)
    },
    { concurrency: RESOURCE_CONCURRENCY, onFailure: 'continue', stopped: () => operation.stopped },
  )
  return [...notDeleted, ...notReplaced]
}
