import type { DeletionCause } from './delete-resource.ts'
import { deleteResources } from './delete-resources.ts'
import { failedResources } from './failure.ts'
import type { Operation } from './operation.ts'
import type { StackStore } from './stack-store.ts'

/**
 * Runs the deletion of a stack that is in DELETE_IN_PROGRESS.
 *
 * @param retain logical ids of resources to keep
 */
export const deleteStack = async (
  operation: Operation,
  stacks: StackStore,
  cause: DeletionCause,
  retain: ReadonlySet<string>,
): Promise<void> => {
  const { failed, skipped } = await deleteResources(operation, operation.resources(), cause, retain)
  if (operation.abandoned) return
  const left = [...failed, ...skipped]
  if (left.length > 0 && operation.stack.deletionMode !== 'FORCE_DELETE_STACK') {
    operation.setStatus('DELETE_FAILED', failedResources('delete', failed))
    return
  }
  // By force: what could not be deleted is kept, and no longer the stack's.
  for (const { logicalId, physical: _, ...record } of operation.resources()) {
    if (left.includes(logicalId)) operation.setResource({ ...record, logicalId }, 'DELETE_SKIPPED')
  }
  operation.update({ deletedAt: operation.now(), outputs: [], imports: [] })
  operation.setStatus('DELETE_COMPLETE')
  stacks.prune(operation.scope)
}
