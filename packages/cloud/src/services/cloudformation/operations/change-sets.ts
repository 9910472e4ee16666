import type { CreateChangeSetInput } from '@aws-sdk/client-cloudformation'
import { arn } from '../../../kernel/arn.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { uuid } from '../../../kernel/ids.ts'
import { listChanges } from '../change-set/changes.ts'
import { executeChangeSet } from '../change-set/execute.ts'
import { findChangeSet } from '../change-set/find.ts'
import type { ChangeSetRecord } from '../change-set/records.ts'
import {
  alreadyExists,
  changeSetNotFound,
  constraintError,
  invalidChangeSetStatus,
  validationError,
} from '../errors.ts'
import { paginate } from '../paging.ts'
import { checkName, readOnFailure, readOptions, readParameters, refuseUnsupported } from '../request.ts'
import { type CloudFormationParts, stackNamed } from '../service.ts'
import { checkUpdatable, diffStack, newStackId } from '../stack/begin.ts'
import { diffPlans } from '../stack/diff.ts'
import { prepareStack } from '../stack/prepare.ts'
import { STACK_TYPE, type StackRecord } from '../stack/records.ts'
import { readTemplateSource } from '../template-source.ts'
import { showParameter } from './describe.ts'
import type { Handler, Handlers } from './handlers.ts'
import { updateTemplate } from './stacks.ts'

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set."

/** The stack that a change set is for, as it is before the change set exists. */
const targetStack = (
  parts: CloudFormationParts,
  { scope }: RequestContext,
  input: CreateChangeSetInput,
): { readonly type: 'CREATE' | 'UPDATE'; readonly stack: StackRecord | undefined; readonly name: string } => {
  const { StackName: given = '', ChangeSetName: changeSet } = input
  const stack = parts.stacks.find(scope, given)
  const name = stack?.name ?? checkName(given, 'stackName')
  const { ChangeSetType: type = 'UPDATE' } = input
  if (type === 'CREATE') {
    if (stack && stack.status !== 'REVIEW_IN_PROGRESS') {
      throw validationError(
        `Stack [${given}] already exists and cannot be created again with the changeSet [${changeSet}].`,
      )
    }
    return { type, stack, name }
  }
  if (type !== 'UPDATE')
    throw constraintError(type, 'changeSetType', 'satisfy enum value set: [CREATE, UPDATE, IMPORT]')
  if (!stack) throw validationError(`Stack [${given}] does not exist`)
  checkUpdatable(stack)
  return { type, stack, name }
}

/** The stack in which a change set of type CREATE waits. */
const putReviewStack = (
  parts: CloudFormationParts,
  { scope }: RequestContext,
  stackId: string,
  name: string,
): void => {
  const now = parts.clock.now()
  parts.stacks.put(scope, {
    stackId,
    name,
    status: 'REVIEW_IN_PROGRESS',
    statusReason: 'User Initiated',
    createdAt: now,
    parameters: [],
    options: { tags: [], capabilities: [] },
    onFailure: 'ROLLBACK',
    terminationProtection: false,
    retainExceptOnCreate: false,
    outputs: [],
    imports: [],
  })
  parts.stacks.events.append(scope, stackId, {
    eventId: uuid(),
    logicalId: name,
    physicalId: stackId,
    type: STACK_TYPE,
    status: 'REVIEW_IN_PROGRESS' as 'CREATE_IN_PROGRESS',
    reason: 'User Initiated',
    at: now,
  })
}

const createChangeSet =
  (parts: CloudFormationParts): Handler<'CreateChangeSet'> =>
  async (input, context) => {
    refuseUnsupported('CreateChangeSet', input)
    const { scope } = context
    const name = checkName(input.ChangeSetName ?? '', 'changeSetName')
    const target = targetStack(parts, context, input)
    const body = target.stack
      ? await updateTemplate(parts, input, context, target.stack)
      : await readTemplateSource(input, parts.objects, context)
    if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.')
    // Reading the template may have waited.
    const { type, stack, name: stackName } = targetStack(parts, context, input)
    const existing =
      stack && parts.changeSets.list(scope).find(item => item.stackId === stack.stackId && item.name === name)
    if (existing && input.ClientToken !== undefined && existing.token === input.ClientToken) {
      return { Id: existing.id, StackId: existing.stackId }
    }
    // One that can no longer be executed gives way: the AWS CLI names its change sets by the second.
    if (existing?.executionStatus === 'AVAILABLE') {
      throw alreadyExists(
        `ChangeSet ${name} cannot be created due to a mismatch with existing attribute Template`,
      )
    }

    const stackId = stack?.stackId ?? newStackId(scope, stackName)
    const options = readOptions(input, stack?.options)
    const given = readParameters(input.Parameters)
    const plan = prepareStack(parts, {
      identity: { scope, stackName, stackId },
      body,
      given,
      previous: stack?.parameters ?? [],
      capabilities: options.capabilities,
      allowedTypes: input.ResourceTypes,
    })
    const empty = { ...plan, resources: new Map(), outputs: [] }
    const diff =
      type === 'UPDATE' && stack
        ? diffStack(parts, scope, stack, plan, options)
        : { ...diffPlans(empty, plan), isEmpty: false }
    const physicalIdOf = (logicalId: string) =>
      parts.stacks.resource(scope, stackId, logicalId)?.physical?.physicalId
    const record: ChangeSetRecord = {
      id: arn(scope, 'cloudformation', `changeSet/${name}/${uuid()}`),
      name,
      stackId,
      stackName,
      type,
      ...(diff.isEmpty
        ? { status: 'FAILED', statusReason: NO_CHANGES, executionStatus: 'UNAVAILABLE' }
        : { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' }),
      createdAt: parts.clock.now(),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.ClientToken === undefined ? {} : { token: input.ClientToken }),
      body,
      parameters: plan.parameters,
      given,
      options,
      ...(input.OnStackFailure === undefined
        ? {}
        : { onStackFailure: readOnFailure(input.OnStackFailure, undefined) }),
      includeNestedStacks: input.IncludeNestedStacks === true,
      changes: listChanges(diff, plan, parts.findType, physicalIdOf),
    }
    if (existing) parts.changeSets.delete(scope, existing.id)
    if (!stack) putReviewStack(parts, context, stackId, stackName)
    parts.changeSets.put(scope, record.id, record)
    return { Id: record.id, StackId: stackId }
  }

const describeChangeSet =
  (parts: CloudFormationParts): Handler<'DescribeChangeSet'> =>
  (input, context) => {
    const record = findChangeSet(parts, context, input.ChangeSetName ?? '', input.StackName)
    const { items, NextToken } = paginate(
      record.changes,
      change => change.LogicalResourceId ?? '',
      input.NextToken,
    )
    const withoutValues = input.IncludePropertyValues !== true
    return {
      ChangeSetName: record.name,
      ChangeSetId: record.id,
      StackId: record.stackId,
      StackName: record.stackName,
      Description: record.description,
      CreationTime: new Date(record.createdAt),
      ExecutionStatus: record.executionStatus,
      Status: record.status,
      StatusReason: record.statusReason,
      Capabilities: record.options.capabilities as NonNullable<CreateChangeSetInput['Capabilities']>,
      NotificationARNs: [],
      RollbackConfiguration: {},
      IncludeNestedStacks: record.includeNestedStacks,
      OnStackFailure: record.onStackFailure,
      Parameters: record.parameters.map(showParameter),
      Tags: record.options.tags.map(({ key, value }) => ({ Key: key, Value: value })),
      Changes: items.map(({ BeforeContext, AfterContext, ...change }) => ({
        Type: 'Resource',
        ResourceChange: withoutValues ? change : { ...change, BeforeContext, AfterContext },
      })),
      NextToken,
    }
  }

const execute =
  (parts: CloudFormationParts): Handler<'ExecuteChangeSet'> =>
  (input, context) => {
    const record = findChangeSet(parts, context, input.ChangeSetName ?? '', input.StackName)
    if (record.executionStatus !== 'AVAILABLE') {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status}]`,
      )
    }
    executeChangeSet(parts, context, record, {
      token: input.ClientRequestToken,
      disableRollback: input.DisableRollback,
      retainExceptOnCreate: input.RetainExceptOnCreate === true,
    })
    return {}
  }

const deleteChangeSet =
  (parts: CloudFormationParts): Handler<'DeleteChangeSet'> =>
  (input, context) => {
    const { scope } = context
    const name = input.ChangeSetName ?? ''
    if (name.startsWith('arn:')) {
      if (!parts.changeSets.delete(scope, name)) throw changeSetNotFound(name)
      return {}
    }
    if (!input.StackName) {
      throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.')
    }
    const stack = stackNamed(parts, context, input.StackName)
    // A change set that does not exist is no error: the CDK deletes by name before it creates.
    for (const item of parts.changeSets.list(scope)) {
      if (item.stackId === stack.stackId && item.name === name) parts.changeSets.delete(scope, item.id)
    }
    return {}
  }

const listChangeSets =
  (parts: CloudFormationParts): Handler<'ListChangeSets'> =>
  (input, context) => {
    const stack = stackNamed(parts, context, input.StackName)
    const own = parts.changeSets.list(context.scope).filter(({ stackId }) => stackId === stack.stackId)
    const { items, NextToken } = paginate(own, ({ id }) => id, input.NextToken)
    return {
      Summaries: items.map(item => ({
        StackId: item.stackId,
        StackName: item.stackName,
        ChangeSetId: item.id,
        ChangeSetName: item.name,
        ExecutionStatus: item.executionStatus,
        Status: item.status,
        StatusReason: item.statusReason,
        CreationTime: new Date(item.createdAt),
        Description: item.description,
        IncludeNestedStacks: item.includeNestedStacks,
      })),
      NextToken,
    }
  }

/** Change sets: `aws cloudformation deploy` and `cdk deploy` make stacks by them. */
export const changeSetOperations = (parts: CloudFormationParts): Handlers => ({
  CreateChangeSet: createChangeSet(parts),
  DescribeChangeSet: describeChangeSet(parts),
  ExecuteChangeSet: execute(parts),
  DeleteChangeSet: deleteChangeSet(parts),
  ListChangeSets: listChangeSets(parts),
})
