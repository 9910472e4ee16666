import type { RequestContext } from '../../../kernel/context.ts'
import { validationError } from '../errors.ts'
import { readOnFailure } from '../request.ts'
import { type CloudFormationParts, stackNamed } from '../service.ts'
import { beginCreate, beginUpdate, checkUpdatable } from '../stack/begin.ts'
import { prepareStack } from '../stack/prepare.ts'
import type { StackRecord } from '../stack/records.ts'
import type { ChangeSetRecord } from './records.ts'

export interface Execution {
  readonly token: string | undefined
  readonly disableRollback: boolean | undefined
  readonly retainExceptOnCreate: boolean
}

const create = (
  parts: CloudFormationParts,
  { scope }: RequestContext,
  { id, options, onStackFailure, body }: ChangeSetRecord,
  stack: StackRecord,
  plan: ReturnType<typeof prepareStack>,
  { token, disableRollback, retainExceptOnCreate }: Execution,
): void => {
  if (stack.status !== 'REVIEW_IN_PROGRESS') {
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be created.`)
  }
  beginCreate(parts, scope, {
    plan,
    body,
    token,
    stack: {
      ...stack,
      options,
      imports: plan.imports,
      retainExceptOnCreate,
      changeSetId: id,
      onFailure: onStackFailure ?? readOnFailure(undefined, disableRollback),
    },
  })
}

/**
 * Starts what a change set describes. Its template is checked again: exports and parameters of others may have changed
 * since. The stack's other change sets are no longer valid and go.
 */
export const executeChangeSet = (
  parts: CloudFormationParts,
  context: RequestContext,
  record: ChangeSetRecord,
  execution: Execution,
): void => {
  const { scope } = context
  const stack = stackNamed(parts, context, record.stackId)
  if (record.type === 'UPDATE') checkUpdatable(stack)
  const plan = prepareStack(parts, {
    identity: { scope, stackName: stack.name, stackId: stack.stackId },
    body: record.body,
    given: record.given,
    previous: stack.parameters,
    capabilities: record.options.capabilities,
  })
  if (record.type === 'CREATE') create(parts, context, record, stack, plan, execution)
  else {
    beginUpdate(parts, scope, stack, {
      plan,
      body: record.body,
      options: record.options,
      token: execution.token,
      disableRollback: execution.disableRollback === true || record.onStackFailure === 'DO_NOTHING',
      retainExceptOnCreate: execution.retainExceptOnCreate,
      changeSetId: record.id,
    })
  }
  for (const { id, stackId } of parts.changeSets.list(scope)) {
    if (stackId === record.stackId && id !== record.id) parts.changeSets.delete(scope, id)
  }
  parts.changeSets.put(scope, record.id, { ...record, executionStatus: 'EXECUTE_COMPLETE' })
}
