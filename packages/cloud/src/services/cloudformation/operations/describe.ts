import type { Parameter, Stack, StackEvent, StackSummary } from '@aws-sdk/client-cloudformation'
import { validationError } from '../errors.ts'
import { paginate } from '../paging.ts'
import { type CloudFormationParts, stackNamed, stackWithId } from '../service.ts'
import { importersOf, listExports } from '../stack/exports.ts'
import type { EventRecord, StackRecord } from '../stack/records.ts'
import type { StackParameter } from '../template/parameters.ts'
import type { Handler, Handlers } from './handlers.ts'

/** Shown for the value of a NoEcho parameter. */
const MASKED = '****'

/** A parameter as every describe operation shows it. */
export const showParameter = ({ key, value, resolved, noEcho, ssm }: StackParameter): Parameter => ({
  ParameterKey: key,
  ParameterValue: noEcho ? MASKED : value,
  ...(ssm ? { ResolvedValue: noEcho ? MASKED : String(resolved) } : {}),
})

const NOT_CHECKED = { StackDriftStatus: 'NOT_CHECKED' } as const

const times = ({ createdAt, updatedAt, deletedAt }: StackRecord) => ({
  CreationTime: new Date(createdAt),
  ...(updatedAt === undefined ? {} : { LastUpdatedTime: new Date(updatedAt) }),
  ...(deletedAt === undefined ? {} : { DeletionTime: new Date(deletedAt) }),
})

const showStack = (stack: StackRecord): Stack => ({
  StackId: stack.stackId,
  StackName: stack.name,
  ChangeSetId: stack.changeSetId,
  Description: stack.description,
  Parameters: stack.parameters.map(showParameter),
  ...times(stack),
  RollbackConfiguration: {},
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason,
  DisableRollback: stack.onFailure === 'DO_NOTHING',
  NotificationARNs: [],
  TimeoutInMinutes: stack.timeoutMinutes,
  Capabilities: stack.options.capabilities as NonNullable<Stack['Capabilities']>,
  Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
    OutputKey: key,
    OutputValue: value,
    Description: description,
    ExportName: exportName,
  })),
  RoleARN: stack.options.roleArn,
  Tags: stack.options.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  EnableTerminationProtection: stack.terminationProtection,
  RetainExceptOnCreate: stack.retainExceptOnCreate || undefined,
  DeletionMode: stack.deletionMode,
  DriftInformation: NOT_CHECKED,
})

const describeStacks =
  (parts: CloudFormationParts): Handler<'DescribeStacks'> =>
  (input, context) => {
    if (input.StackName) return { Stacks: [showStack(stackWithId(parts, context, input.StackName))] }
    const live = parts.stacks.list(context.scope).filter(({ status }) => status !== 'DELETE_COMPLETE')
    const { items, NextToken } = paginate(live.reverse(), ({ stackId }) => stackId, input.NextToken)
    return { Stacks: items.map(showStack), NextToken }
  }

const summary = (stack: StackRecord): StackSummary => ({
  StackId: stack.stackId,
  StackName: stack.name,
  TemplateDescription: stack.description,
  ...times(stack),
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason,
  DriftInformation: NOT_CHECKED,
})

const listStacks =
  (parts: CloudFormationParts): Handler<'ListStacks'> =>
  (input, context) => {
    const wanted = new Set<string>(input.StackStatusFilter ?? [])
    const found = parts.stacks
      .list(context.scope)
      .filter(({ status }) => wanted.size === 0 || wanted.has(status))
      .reverse()
    const { items, NextToken } = paginate(found, ({ stackId }) => stackId, input.NextToken)
    return { StackSummaries: items.map(summary), NextToken }
  }

const showEvent =
  (stack: StackRecord) =>
  ({ eventId, logicalId, physicalId, type, status, reason, at, token }: EventRecord): StackEvent => ({
    StackId: stack.stackId,
    EventId: eventId,
    StackName: stack.name,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId ?? '',
    ResourceType: type,
    Timestamp: new Date(at),
    ResourceStatus: status,
    ResourceStatusReason: reason,
    ClientRequestToken: token,
  })

const describeStackEvents =
  (parts: CloudFormationParts): Handler<'DescribeStackEvents'> =>
  (input, context) => {
    const stack = stackNamed(parts, context, input.StackName)
    const events = parts.stacks.events.list(context.scope, stack.stackId)
    const { items, NextToken } = paginate(events, ({ eventId }) => eventId, input.NextToken)
    return { StackEvents: items.map(showEvent(stack)), NextToken }
  }

const listAllExports =
  (parts: CloudFormationParts): Handler<'ListExports'> =>
  (input, context) => {
    const { items, NextToken } = paginate(
      listExports(parts.stacks, context.scope),
      ({ name }) => name,
      input.NextToken,
    )
    return {
      Exports: items.map(({ stackId, name, value }) => ({
        ExportingStackId: stackId,
        Name: name,
        Value: value,
      })),
      NextToken,
    }
  }

const listImports =
  (parts: CloudFormationParts): Handler<'ListImports'> =>
  (input, context) => {
    const importers = importersOf(parts.stacks, context.scope, input.ExportName ?? '')
    if (importers.length === 0) {
      throw validationError(`Export '${input.ExportName}' is not imported by any stack.`)
    }
    const { items, NextToken } = paginate(importers, name => name, input.NextToken)
    return { Imports: items, NextToken }
  }

/** What shows stacks, their events and their exports. */
export const describeOperations = (parts: CloudFormationParts): Handlers => ({
  DescribeStacks: describeStacks(parts),
  ListStacks: listStacks(parts),
  DescribeStackEvents: describeStackEvents(parts),
  ListExports: listAllExports(parts),
  ListImports: listImports(parts),
})
