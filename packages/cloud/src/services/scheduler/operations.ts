import type * as Sdk from '@aws-sdk/client-scheduler'
import type { Operations } from '@sonde/wire'
import { DEFAULT_EVENT_AGE, DEFAULT_RETRY_ATTEMPTS } from '../../delivery/retry.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { listPage } from '../../kernel/list-page.ts'
import { RequestCheck } from '../../kernel/request-check.ts'
import type { Scope } from '../../kernel/scope.ts'
import { invalidToken } from './errors.ts'
import { type Groups, groupArn } from './groups.ts'
import { PAGE } from './limits.ts'
import { scheduleArn } from './occurrences.ts'
import type { GroupRecord, ScheduleRecord } from './records.ts'
import type { Schedules } from './schedules.ts'

export type SchedulerOperations = Operations<typeof Sdk, RequestContext>

export interface SchedulerParts {
  readonly schedules: Schedules
  readonly groups: Groups
}

const groupOf = (scope: Scope, { name, created, modified }: GroupRecord) => ({
  Arn: groupArn(scope, name),
  Name: name,
  State: 'ACTIVE' as const,
  ...(created > 0 && { CreationDate: new Date(created), LastModificationDate: new Date(modified) }),
})

const summaryOf = (scope: Scope, schedule: ScheduleRecord) => ({
  Arn: scheduleArn(scope, schedule),
  Name: schedule.name,
  GroupName: schedule.group,
  State: schedule.state,
  CreationDate: new Date(schedule.created),
  LastModificationDate: new Date(schedule.modified),
  Target: { Arn: schedule.target.Arn },
})

const describe = (scope: Scope, schedule: ScheduleRecord) => ({
  ...summaryOf(scope, schedule),
  ScheduleExpression: schedule.expression,
  ScheduleExpressionTimezone: schedule.timezone,
  ...(schedule.startDate !== undefined && { StartDate: new Date(schedule.startDate) }),
  ...(schedule.endDate !== undefined && { EndDate: new Date(schedule.endDate) }),
  ...(schedule.description !== undefined && { Description: schedule.description }),
  ActionAfterCompletion: schedule.actionAfterCompletion,
  FlexibleTimeWindow:
    schedule.window === 0
      ? { Mode: 'OFF' as const }
      : { Mode: 'FLEXIBLE' as const, MaximumWindowInMinutes: schedule.window },
  Target: {
    ...schedule.target,
    RetryPolicy: {
      MaximumEventAgeInSeconds: DEFAULT_EVENT_AGE,
      MaximumRetryAttempts: DEFAULT_RETRY_ATTEMPTS,
      ...schedule.target.RetryPolicy,
    },
  },
})

interface PageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

const pageOf = <T>(items: readonly T[], keyOf: (item: T) => string, request: PageRequest) => {
  const check = new RequestCheck()
  check.number('maxResults', request.MaxResults, 1, PAGE)
  check.report()
  const size = request.MaxResults ?? PAGE
  const page = listPage(items, keyOf, { size, token: request.NextToken, invalidToken })
  return { items: page.items, next: page.nextToken === undefined ? {} : { NextToken: page.nextToken } }
}

/** The handlers of EventBridge Scheduler. */
export const schedulerOperations = ({ schedules, groups }: SchedulerParts): SchedulerOperations => ({
  CreateSchedule: (input, { scope }) => ({ ScheduleArn: scheduleArn(scope, schedules.create(scope, input)) }),

  UpdateSchedule: (input, { scope }) => ({ ScheduleArn: scheduleArn(scope, schedules.update(scope, input)) }),

  GetSchedule: ({ Name = '', GroupName }, { scope }) =>
    describe(scope, schedules.get(scope, Name, GroupName)),

  DeleteSchedule: ({ Name = '', GroupName }, { scope }) => {
    schedules.delete(scope, schedules.get(scope, Name, GroupName))
    return {}
  },

  ListSchedules: ({ GroupName, NamePrefix = '', State, ...request }, { scope }) => {
    const check = new RequestCheck()
    check.oneOf('state', State, ['ENABLED', 'DISABLED'])
    check.report()
    if (GroupName !== undefined) groups.get(scope, GroupName)
    const found = schedules
      .list(scope)
      .filter(
        ({ group, name, state }) =>
          (GroupName === undefined || group === GroupName) &&
          name.startsWith(NamePrefix) &&
          (State === undefined || state === State),
      )
    const { items, next } = pageOf(found, ({ group, name }) => `${group}/${name}`, request)
    return { Schedules: items.map(schedule => summaryOf(scope, schedule)), ...next }
  },

  CreateScheduleGroup: ({ Name = '', Tags = [], ClientToken }, { scope }) => {
    groups.create(scope, { name: Name, tags: Tags, clientToken: ClientToken })
    return { ScheduleGroupArn: groupArn(scope, Name) }
  },

  GetScheduleGroup: ({ Name = '' }, { scope }) => groupOf(scope, groups.get(scope, Name)),

  DeleteScheduleGroup: ({ Name = '' }, { scope }) => {
    groups.delete(scope, Name)
    for (const schedule of schedules.list(scope)) {
      if (schedule.group === Name) schedules.delete(scope, schedule)
    }
    return {}
  },

  ListScheduleGroups: ({ NamePrefix = '', ...request }, { scope }) => {
    const found = groups.list(scope).filter(({ name }) => name.startsWith(NamePrefix))
    const { items, next } = pageOf(found, ({ name }) => name, request)
    return { ScheduleGroups: items.map(group => groupOf(scope, group)), ...next }
  },

  TagResource: ({ ResourceArn = '', Tags = [] }) => {
    const { scope, group } = groups.byArn(ResourceArn)
    const keys = new Set(Tags.map(({ Key }) => Key))
    groups.setTags(scope, group, [...group.tags.filter(({ Key }) => !keys.has(Key)), ...Tags])
    return {}
  },

  UntagResource: ({ ResourceArn = '', TagKeys = [] }) => {
    const { scope, group } = groups.byArn(ResourceArn)
    const tags = group.tags.filter(({ Key = '' }) => !TagKeys.includes(Key))
    groups.setTags(scope, group, tags)
    return {}
  },

  ListTagsForResource: ({ ResourceArn = '' }) => ({ Tags: [...groups.byArn(ResourceArn).group.tags] }),
})
