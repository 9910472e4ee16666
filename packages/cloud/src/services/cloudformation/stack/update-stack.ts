import type { Plan } from '../template/plan.ts'
import { cleanUp } from './clean-up.ts'
import { planDependencies } from './create-stack.ts'
import { checkExports, checkImported } from './exports.ts'
import { failedResources } from './failure.ts'
import { type Operation, RESOURCE_CONCURRENCY } from './operation.ts'
import type { StackOptions, StackOutput } from './records.ts'
import { createResolver } from './resolve.ts'
import { rollBackUpdate } from './roll-back-update.ts'
import { runGraph } from './run-graph.ts'
import type { StackStore } from './stack-store.ts'
import { type UpdateJournal, updateResource } from './update-resource.ts'

/** What an update makes of its stack when it succeeds. */
export interface StackUpdate {
  readonly plan: Plan
  readonly body: string
  readonly options: StackOptions
  readonly disableRollback: boolean
}

/** Changes all resources and computes the outputs. Returns why it failed, or the outputs. */
const updateAll = async (
  operation: Operation,
  stacks: StackStore,
  plan: Plan,
  journal: UpdateJournal,
): Promise<{ readonly reason: string } | { readonly outputs: StackOutput[] }> => {
  const resolver = createResolver(operation, plan)
  const { failed } = await runGraph(
    planDependencies(plan),
    async logicalId => {
      const planned = plan.resources.get(logicalId)
      if (planned) await updateResource(operation, resolver, planned, journal)
    },
    { concurrency: RESOURCE_CONCURRENCY, onFailure: 'halt', stopped: () => operation.stopped },
  )
  if (failed.length > 0) {
    const updated = failed.filter(id => journal.before.has(id))
    const created = failed.filter(id => !journal.before.has(id))
    return {
      reason: [
        ...(created.length > 0 ? [failedResources('create', created)] : []),
        ...(updated.length > 0 ? [failedResources('update', updated)] : []),
      ].join(''),
    }
  }
  if (operation.stopped) return { reason: 'The update was stopped. ' }
  try {
    const outputs = resolver.outputs()
    checkExports(stacks, operation.scope, operation.stackId, outputs)
    const kept = new Map(outputs.flatMap(o => (o.exportName === undefined ? [] : [[o.exportName, o.value]])))
    checkImported(stacks, operation.scope, operation.stack, kept)
    return { outputs }
  } catch (error) {
    return { reason: `${(error as Error).message}. ` }
  }
}

/** Runs the update of a stack that is in UPDATE_IN_PROGRESS. */
export const updateStack = async (
  operation: Operation,
  stacks: StackStore,
  { plan, body, options, disableRollback }: StackUpdate,
): Promise<void> => {
  const journal: UpdateJournal = {
    before: new Map(
      operation.resources().flatMap(({ logicalId, physical }) => (physical ? [[logicalId, physical]] : [])),
    ),
    touched: new Map(),
  }
  const recordsBefore = operation.resources()
  const result = await updateAll(operation, stacks, plan, journal)
  if (operation.abandoned) return
  if ('reason' in result) {
    if (disableRollback) operation.setStatus('UPDATE_FAILED', result.reason)
    else await rollBackUpdate(operation, recordsBefore, journal, result.reason)
    return
  }
  const { description: _, ...rest } = operation.stack
  operation.replace({
    ...rest,
    ...(plan.template.description === undefined ? {} : { description: plan.template.description }),
    parameters: plan.parameters,
    options,
    outputs: result.outputs,
    imports: plan.imports,
  })
  operation.putTemplate(body)
  operation.setStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
  const left = await cleanUp(operation, logicalId => plan.resources.has(logicalId))
  operation.setStatus('UPDATE_COMPLETE', left.length > 0 ? failedResources('delete', left) : undefined)
}
