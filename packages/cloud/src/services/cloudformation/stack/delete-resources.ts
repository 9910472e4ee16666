import { dependencyOrder } from '../template/dependencies.ts'
import { type DeletionCause, deleteResource } from './delete-resource.ts'
import { type Operation, RESOURCE_CONCURRENCY } from './operation.ts'
import type { ResourceRecord } from './records.ts'
import { type GraphResult, reversed, runGraph } from './run-graph.ts'

/**
 * Dependencies among the records alone. A stack that was left half-way between two templates may have cycles: the
 * resources in them are then deleted in any order.
 */
export const recordDependencies = (records: readonly ResourceRecord[]): Map<string, string[]> => {
  const ids = new Set(records.map(({ logicalId }) => logicalId))
  const graph = new Map(
    records.map(({ logicalId, dependencies }) => [
      logicalId,
      dependencies.filter(id => ids.has(id) && id !== logicalId),
    ]),
  )
  const sorted = dependencyOrder(graph)
  if ('cycle' in sorted) for (const id of sorted.cycle) graph.set(id, [])
  return graph
}

/**
 * Deletes resources, dependents first; those that do not depend on a failed one go nevertheless.
 *
 * @param retain logical ids whose things are kept whatever their policy
 */
export const deleteResources = async (
  operation: Operation,
  records: readonly ResourceRecord[],
  cause: DeletionCause,
  retain: ReadonlySet<string> = new Set(),
): Promise<GraphResult> => {
  const byId = new Map(records.map(record => [record.logicalId, record]))
  return runGraph(
    reversed(recordDependencies(records)),
    async logicalId => {
      const record = byId.get(logicalId)
      if (record) await deleteResource(operation, record, cause, retain.has(logicalId))
    },
    { concurrency: RESOURCE_CONCURRENCY, onFailure: 'continue', stopped: () => operation.stopped },
  )
}
