import type { RequestContext } from '../../../kernel/context.ts'
import { validationError } from '../errors.ts'
import { paginate } from '../paging.ts'
import { type CloudFormationParts, stackWithId } from '../service.ts'
import type { ResourceRecord, StackRecord } from '../stack/records.ts'
import type { Handler, Handlers } from './handlers.ts'

const NOT_CHECKED = { StackResourceDriftStatus: 'NOT_CHECKED' } as const

const identity = ({ logicalId, physical, type, status, statusReason }: ResourceRecord) => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physical?.physicalId,
  ResourceType: type,
  ResourceStatus: status,
  ResourceStatusReason: statusReason,
  DriftInformation: NOT_CHECKED,
})

const stackOf = ({ name, stackId }: StackRecord) => ({ StackName: name, StackId: stackId })

/** The stack that has a thing of that physical id. */
const stackWithPhysicalId = (
  { stacks }: CloudFormationParts,
  { scope }: RequestContext,
  physicalId: string,
): StackRecord => {
  const stack = stacks
    .list(scope)
    .find(({ stackId }) =>
      stacks.resources(scope, stackId).some(({ physical }) => physical?.physicalId === physicalId),
    )
  if (!stack) throw validationError(`Stack for ${physicalId} does not exist`)
  return stack
}

const describeStackResources =
  (parts: CloudFormationParts): Handler<'DescribeStackResources'> =>
  (input, context) => {
    const { StackName: name, PhysicalResourceId: physicalId, LogicalResourceId: logicalId } = input
    if (name && physicalId) {
      throw validationError('You can specify either StackName or PhysicalResourceId, but not both.')
    }
    if (!name && !physicalId) {
      throw validationError('Either StackName or PhysicalResourceId must be specified.')
    }
    const stack = physicalId
      ? stackWithPhysicalId(parts, context, physicalId)
      : stackWithId(parts, context, name ?? '')
    const found = parts.stacks
      .resources(context.scope, stack.stackId)
      .filter(record => logicalId === undefined || record.logicalId === logicalId)
    if (logicalId !== undefined && found.length === 0) {
      throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`)
    }
    return {
      StackResources: found.map(record => ({
        ...stackOf(stack),
        ...identity(record),
        Timestamp: new Date(record.changedAt),
      })),
    }
  }

const describeStackResource =
  (parts: CloudFormationParts): Handler<'DescribeStackResource'> =>
  (input, context) => {
    const stack = stackWithId(parts, context, input.StackName ?? '')
    const logicalId = input.LogicalResourceId ?? ''
    const record = parts.stacks.resource(context.scope, stack.stackId, logicalId)
    if (!record) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`)
    return {
      StackResourceDetail: {
        ...stackOf(stack),
        ...identity(record),
        LastUpdatedTimestamp: new Date(record.changedAt),
        Metadata: JSON.stringify(record.physical?.metadata ?? {}),
      },
    }
  }

const listStackResources =
  (parts: CloudFormationParts): Handler<'ListStackResources'> =>
  (input, context) => {
    const stack = stackWithId(parts, context, input.StackName ?? '')
    const { items, NextToken } = paginate(
      parts.stacks.resources(context.scope, stack.stackId),
      ({ logicalId }) => logicalId,
      input.NextToken,
    )
    return {
      StackResourceSummaries: items.map(record => ({
        ...identity(record),
        LastUpdatedTimestamp: new Date(record.changedAt),
      })),
      NextToken,
    }
  }

/** What shows the resources of stacks. */
export const resourceOperations = (parts: CloudFormationParts): Handlers => ({
  DescribeStackResources: describeStackResources(parts),
  DescribeStackResource: describeStackResource(parts),
  ListStackResources: listStackResources(parts),
})
