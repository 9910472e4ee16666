import { arn } from '../../../kernel/arn.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { validationError } from '../errors.ts'
import type { Plan } from '../template/plan.ts'
import { equalValues, isScalar } from '../template/value.ts'
import { createStack } from './create-stack.ts'
import { deleteStack } from './delete-stack.ts'
import { diffPlans, type PlanDiff } from './diff.ts'
import type { Engine } from './engine.ts'
import { checkImported } from './exports.ts'
import { presentPlan } from './prepare.ts'
import type { StackOptions, StackRecord } from './records.ts'
import type { StackStore } from './stack-store.ts'
import { updateStack } from './update-stack.ts'

interface Parts {
  readonly stacks: StackStore
  readonly engine: Engine
  readonly clock: Clock
}

const USER_INITIATED = 'User Initiated'

export const newStackId = (scope: Scope, name: string): string =>
  arn(scope, 'cloudformation', `stack/${name}/${uuid()}`)

/** Statuses from which an update may start. */
const UPDATABLE = new Set([
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
])
const HEALTHY = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'])

/** @throws ServiceError `ValidationError`: `Stack:<id> is in X state and can not be updated.` */
export const checkUpdatable = ({ stackId, status }: StackRecord): void => {
  if (!UPDATABLE.has(status)) {
    throw validationError(`Stack:${stackId} is in ${status} state and can not be updated.`)
  }
}

/** What an update changes; `isEmpty` is what CloudFormation calls no updates. */
export const diffStack = (
  { stacks }: Pick<Parts, 'stacks'>,
  scope: Scope,
  stack: StackRecord,
  plan: Plan,
  options: StackOptions,
): PlanDiff & { readonly isEmpty: boolean } => {
  const body = stacks.template(scope, stack.stackId)
  const identity = { scope, stackId: stack.stackId, stackName: stack.name }
  const present = presentPlan(stacks, identity, body, stack.parameters)
  const records = stacks.resources(scope, stack.stackId)
  const unfinished = new Set(
    records.filter(({ status }) => !status.endsWith('_COMPLETE')).map(({ logicalId }) => logicalId),
  )
  const diff = diffPlans(present, plan, unfinished)
  if (diff.retyped.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${diff.retyped.join(', ')}]`,
    )
  }
  const isEmpty =
    HEALTHY.has(stack.status) &&
    diff.resources.length === 0 &&
    !diff.areOutputsChanged &&
    equalValues(stack.options.tags, options.tags)
  return { ...diff, isEmpty }
}

export interface CreateRequest {
  readonly plan: Plan
  readonly body: string
  readonly token: string | undefined
  /** The stack as it shall be; its status is written here. */
  readonly stack: StackRecord
}

/** Starts the creation of a stack that is checked. */
export const beginCreate = ({ stacks, engine }: Parts, scope: Scope, request: CreateRequest): void => {
  const { plan, body, token, stack } = request
  const { description } = plan.template
  const record: StackRecord = {
    ...stack,
    parameters: plan.parameters,
    ...(description === undefined ? {} : { description }),
  }
  stacks.putTemplate(scope, stack.stackId, body)
  engine.start(
    scope,
    record,
    token,
    operation => operation.setStatus('CREATE_IN_PROGRESS', USER_INITIATED),
    operation => createStack(operation, stacks, plan),
  )
}

export interface UpdateRequest {
  readonly plan: Plan
  readonly body: string
  readonly options: StackOptions
  readonly token: string | undefined
  readonly disableRollback: boolean
  readonly retainExceptOnCreate: boolean
  readonly changeSetId?: string | undefined
}

/**
 * Starts an update that is prepared.
 *
 * @throws ServiceError `ValidationError` where an imported export would go or change
 */
export const beginUpdate = (
  { stacks, engine, clock }: Parts,
  scope: Scope,
  stack: StackRecord,
  request: UpdateRequest,
): void => {
  const { plan, body, options, token, disableRollback, retainExceptOnCreate, changeSetId } = request
  const kept = new Map(
    plan.outputs.flatMap(({ exportName, value }) =>
      exportName === undefined ? [] : [[exportName, isScalar(value) ? String(value) : undefined]],
    ),
  )
  checkImported(stacks, scope, stack, kept)
  const record: StackRecord = {
    ...stack,
    updatedAt: clock.now(),
    retainExceptOnCreate,
    onFailure: disableRollback ? 'DO_NOTHING' : 'ROLLBACK',
    ...(changeSetId === undefined ? {} : { changeSetId }),
    ...(token === undefined ? {} : { token: { value: token, action: 'update' } }),
  }
  engine.start(
    scope,
    record,
    token,
    operation => operation.setStatus('UPDATE_IN_PROGRESS', USER_INITIATED),
    operation => updateStack(operation, stacks, { plan, body, options, disableRollback }),
  )
}

/** Starts a deletion. A creation or rollback that runs is cut short. */
export const beginDelete = (
  { stacks, engine }: Parts,
  scope: Scope,
  stack: StackRecord,
  token: string | undefined,
  retain: ReadonlySet<string>,
): void =>
  engine.start(
    scope,
    stack,
    token,
    operation => operation.setStatus('DELETE_IN_PROGRESS', USER_INITIATED),
    operation => deleteStack(operation, stacks, 'delete', retain),
  )
