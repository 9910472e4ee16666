import type { Plan } from '../template/plan.ts'
import { deleteResources } from './delete-resources.ts'
import { deleteStack } from './delete-stack.ts'
import { checkExports } from './exports.ts'
import { failedResources } from './failure.ts'
import { createResource } from './make-resource.ts'
import { type Operation, RESOURCE_CONCURRENCY } from './operation.ts'
import { createResolver } from './resolve.ts'
import { runGraph } from './run-graph.ts'
import type { StackStore } from './stack-store.ts'

export const planDependencies = (plan: Plan): Map<string, readonly string[]> =>
  new Map([...plan.resources].map(([id, { dependencies }]) => [id, dependencies]))

/** Makes all resources and the outputs. Returns why it failed, or `undefined`. */
const createAll = async (
  operation: Operation,
  stacks: StackStore,
  plan: Plan,
): Promise<string | undefined> => {
  const resolver = createResolver(operation, plan)
  const { failed } = await runGraph(
    planDependencies(plan),
    async logicalId => {
      const planned = plan.resources.get(logicalId)
      if (planned) await createResource(operation, resolver, planned)
    },
    { concurrency: RESOURCE_CONCURRENCY, onFailure: 'halt', stopped: () => operation.stopped },
  )
  if (operation.timedOut) return 'Stack creation time exceeded the specified timeout. '
  if (failed.length > 0) return failedResources('create', failed)
  if (operation.stopped) return undefined
  try {
    const outputs = resolver.outputs()
    checkExports(stacks, operation.scope, operation.stackId, outputs)
    operation.update({ outputs, imports: plan.imports })
  } catch (error) {
    return `${(error as Error).message}. `
  }
  return undefined
}

/** Deletes what a failed creation has made. */
const rollback = async (operation: Operation, reason: string): Promise<void> => {
  operation.limit(undefined)
  operation.setStatus('ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`)
  const { failed, skipped } = await deleteResources(operation, operation.resources(), 'rollback')
  if (operation.cancelled || operation.abandoned) return
  if (failed.length + skipped.length > 0) {
    operation.setStatus('ROLLBACK_FAILED', failedResources('delete', failed))
  } else operation.setStatus('ROLLBACK_COMPLETE')
}

/** Runs the creation of a stack that is in CREATE_IN_PROGRESS. */
export const createStack = async (operation: Operation, stacks: StackStore, plan: Plan): Promise<void> => {
  operation.limit(operation.stack.timeoutMinutes)
  const reason = await createAll(operation, stacks, plan)
  if (operation.cancelled || operation.abandoned) return
  if (reason === undefined) {
    operation.setStatus('CREATE_COMPLETE')
    return
  }
  const { onFailure } = operation.stack
  if (onFailure === 'DO_NOTHING') operation.setStatus('CREATE_FAILED', reason)
  else if (onFailure === 'ROLLBACK') await rollback(operation, reason)
  else {
    operation.limit(undefined)
    operation.setStatus('DELETE_IN_PROGRESS', `${reason}Delete requested by user.`)
    await deleteStack(operation, stacks, 'rollback', new Set())
  }
}
