import { handlerReason } from './failure.ts'
import { deleteHalfMade, deletePhysical } from './half-made.ts'
import { failResource } from './make-resource.ts'
import type { Operation } from './operation.ts'
import type { ResourceRecord } from './records.ts'

/** Why a resource goes: its policies differ between the two. */
export type DeletionCause = 'delete' | 'rollback'

const isRetained = (record: ResourceRecord, cause: DeletionCause, retainExceptOnCreate: boolean): boolean => {
  if (record.deletionPolicy === 'Delete') return false
  if (cause === 'delete') return true
  return record.deletionPolicy === 'Retain' && !retainExceptOnCreate
}

/** Deletes the things that a resource's later ones have replaced, or keeps them as its policy says. */
const deleteReplaced = async (operation: Operation, record: ResourceRecord): Promise<void> => {
  for (const physical of record.replaced ?? []) {
    const shown = { logicalId: record.logicalId, type: physical.type, physical }
    if (record.updateReplacePolicy === 'Retain') {
      operation.resourceEvent(shown, 'DELETE_SKIPPED')
      continue
    }
    operation.resourceEvent(shown, 'DELETE_IN_PROGRESS')
    await deletePhysical(operation, physical)
    operation.resourceEvent(shown, 'DELETE_COMPLETE')
  }
}

const bare = ({ making: _, replaced: __, ...record }: ResourceRecord): ResourceRecord => record

/**
 * Deletes one resource of a stack with all that belongs to it. What is gone already is no error. The record stays,
 * without physical id.
 *
 * @param retain keeps the thing whatever its policy
 */
export const deleteResource = async (
  operation: Operation,
  record: ResourceRecord,
  cause: DeletionCause,
  retain = false,
): Promise<void> => {
  if (!record.physical && !record.making && !record.replaced) {
    operation.putResource({ ...record, status: 'DELETE_COMPLETE', changedAt: operation.now() })
    return
  }
  const keeps = retain || isRetained(record, cause, operation.stack.retainExceptOnCreate)
  const started = keeps ? record : operation.setResource(record, 'DELETE_IN_PROGRESS')
  try {
    if (!retain) {
      await deleteHalfMade(operation, record)
      await deleteReplaced(operation, record)
    }
    if (record.physical && !keeps) await deletePhysical(operation, record.physical)
  } catch (error) {
    failResource(operation, started, 'DELETE_FAILED', handlerReason(error))
  }
  const { physical: _, ...gone } = operation.setResource(
    bare(started),
    keeps ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE',
  )
  operation.putResource(gone)
}

/** The clean-up after an update: what a resource's new thing has replaced, and what a failed one has left. */
export const cleanUpReplaced = async (operation: Operation, record: ResourceRecord): Promise<void> => {
  try {
    await deleteHalfMade(operation, record)
    await deleteReplaced(operation, record)
  } catch (error) {
    // The update stands all the same; the next operation tries again.
    operation.resourceEvent(record, 'DELETE_FAILED', handlerReason(error))
    throw error
  }
  operation.putResource(bare(record))
}
