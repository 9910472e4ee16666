import type { Tag } from '@aws-sdk/client-scheduler'
import type { ResourceState, ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { ScheduleInput } from './check-schedule.ts'
import { conflict, validation } from './errors.ts'
import { groupArn } from './groups.ts'
import { DEFAULT_GROUP } from './limits.ts'
import { scheduleArn } from './occurrences.ts'
import type { SchedulerParts } from './operations.ts'
import type { GroupRecord, ScheduleRecord } from './records.ts'

type Properties = Readonly<Record<string, unknown>>

const NAME_LENGTH = 64

const text = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || typeof value === 'string') return value
  throw validation(`Property ${name} must be a string.`)
}

const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const object = (properties: Properties, name: string): Properties => {
  const value = properties[name]
  if (!isObject(value)) throw validation(`Property ${name} must be an object.`)
  return value
}

const date = (properties: Properties, name: string): Date | undefined => {
  const value = text(properties, name)
  if (value === undefined) return undefined
  const time = new Date(value)
  if (Number.isNaN(time.getTime())) throw validation(`Property ${name} must be a time in ISO 8601.`)
  return time
}

/** Templates may give numbers as text. */
const numbers = (value: unknown): Properties =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, Number(member)]))
    : {}

const scheduleInput = (name: string, properties: Properties): ScheduleInput => {
  const target = object(properties, 'Target')
  const { MaximumWindowInMinutes: minutes, ...window } = object(properties, 'FlexibleTimeWindow')
  return {
    Name: name,
    GroupName: text(properties, 'GroupName'),
    ScheduleExpression: text(properties, 'ScheduleExpression'),
    ScheduleExpressionTimezone: text(properties, 'ScheduleExpressionTimezone'),
    StartDate: date(properties, 'StartDate'),
    EndDate: date(properties, 'EndDate'),
    Description: text(properties, 'Description'),
    State: text(properties, 'State'),
    KmsKeyArn: text(properties, 'KmsKeyArn'),
    Target: {
      ...target,
      ...(target.RetryPolicy !== undefined && { RetryPolicy: numbers(target.RetryPolicy) }),
    } as unknown as ScheduleInput['Target'],
    FlexibleTimeWindow: {
      ...window,
      ...(minutes !== undefined && { MaximumWindowInMinutes: Number(minutes) }),
    } as unknown as ScheduleInput['FlexibleTimeWindow'],
  }
}

const scheduleState = (scope: Scope, schedule: ScheduleRecord): ResourceState => ({
  physicalId: schedule.name,
  attributes: { Arn: scheduleArn(scope, schedule) },
})

const scheduleResource = ({ schedules }: SchedulerParts): ResourceType => ({
  required: ['ScheduleExpression', 'Target', 'FlexibleTimeWindow'],
  properties: [
    'Name',
    'GroupName',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'EndDate',
    'Description',
    'State',
    'KmsKeyArn',
    'Target',
    'FlexibleTimeWindow',
  ],
  create: ({ scope, properties, generateName }) => {
    const name = text(properties, 'Name') ?? generateName(NAME_LENGTH)
    return scheduleState(scope, schedules.create(scope, scheduleInput(name, properties)))
  },
  update: ({ scope, properties }, previous) => {
    const isSame = ['Name', 'GroupName'].every(name => properties[name] === previous.properties[name])
    if (!isSame) return 'replace'
    return scheduleState(scope, schedules.update(scope, scheduleInput(previous.physicalId, properties)))
  },
  delete: (scope, { physicalId }, properties) => {
    const schedule = schedules.find(scope, physicalId, text(properties, 'GroupName') ?? DEFAULT_GROUP)
    if (schedule) schedules.delete(scope, schedule)
  },
})

const tagsOf = ({ Tags = [] }: Properties): Tag[] => {
  if (!Array.isArray(Tags)) throw validation('Property Tags must be a list.')
  return Tags.map(tag => ({ Key: String(tag?.Key ?? ''), Value: String(tag?.Value ?? '') }))
}

const groupState = (scope: Scope, { name, created, modified }: GroupRecord): ResourceState => ({
  physicalId: name,
  attributes: {
    Arn: groupArn(scope, name),
    CreationDate: new Date(created).toISOString(),
    LastModificationDate: new Date(modified).toISOString(),
    State: 'ACTIVE',
  },
})

const groupResource = ({ schedules, groups }: SchedulerParts): ResourceType => ({
  properties: ['Name', 'Tags'],
  create: ({ scope, properties, generateName }) => {
    const name = text(properties, 'Name') ?? generateName(NAME_LENGTH)
    return groupState(scope, groups.create(scope, { name, tags: tagsOf(properties) }))
  },
  update: ({ scope, properties }, previous) => {
    if (properties.Name !== previous.properties.Name) return 'replace'
    groups.setTags(scope, groups.get(scope, previous.physicalId), tagsOf(properties))
    return groupState(scope, groups.get(scope, previous.physicalId))
  },
  delete: (scope, { physicalId }) => {
    if (physicalId === DEFAULT_GROUP) throw conflict('The default schedule group cannot be deleted.')
    if (!groups.list(scope).some(({ name }) => name === physicalId)) return
    groups.delete(scope, physicalId)
    for (const schedule of schedules.list(scope)) {
      if (schedule.group === physicalId) schedules.delete(scope, schedule)
    }
  },
})

/** The CloudFormation resource types of EventBridge Scheduler. */
export const schedulerResources = (parts: SchedulerParts): ResourceTypes => ({
  'AWS::Scheduler::Schedule': scheduleResource(parts),
  'AWS::Scheduler::ScheduleGroup': groupResource(parts),
})
