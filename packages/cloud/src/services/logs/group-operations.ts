import { arn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { LogsOperations } from './context.ts'
import { constraint, groupExists, groupNotFound, invalidParameter, streamExists } from './errors.ts'
import type { GroupRecord, Groups, StreamRecord } from './groups.ts'
import type { MetricFilters } from './metric-filters/metric-filters.ts'
import { pageOf } from './tokens.ts'
import {
  checkGroupName,
  checkLimit,
  checkRetention,
  checkStreamName,
  groupNameOf,
  refuse,
} from './validation.ts'

const PAGE = 50

const text = (value: string | undefined): string => value ?? ''

const describeGroup = (groups: Groups, filters: MetricFilters, scope: Scope, group: GroupRecord) => {
  const logGroupArn = arn(scope, 'logs', `log-group:${group.name}`)
  const storedBytes = groups
    .streams(scope, group.name)
    .flatMap(stream => groups.segments(stream))
    .reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    logGroupName: group.name,
    creationTime: group.created,
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
    metricFilterCount: filters.count(scope, group.name),
    arn: `${logGroupArn}:*`,
    storedBytes,
    logGroupClass: 'STANDARD' as const,
    logGroupArn,
  }
}

const lastEvent = (groups: Groups, stream: StreamRecord): number =>
  groups.segments(stream).reduce((max, segment) => Math.max(max, segment.max), 0)

const describeStream = (groups: Groups, scope: Scope, stream: StreamRecord) => {
  const segments = groups.segments(stream)
  const first = segments.reduce((min, segment) => Math.min(min, segment.min), Number.POSITIVE_INFINITY)
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    ...(Number.isFinite(first) && {
      firstEventTimestamp: first,
      lastEventTimestamp: lastEvent(groups, stream),
    }),
    arn: arn(scope, 'logs', `log-group:${stream.group}:log-stream:${stream.name}`),
    storedBytes: 0,
  }
}

type GroupOperation =
  | 'CreateLogGroup'
  | 'DeleteLogGroup'
  | 'DescribeLogGroups'
  | 'CreateLogStream'
  | 'DeleteLogStream'
  | 'DescribeLogStreams'
  | 'PutRetentionPolicy'
  | 'DeleteRetentionPolicy'
  | 'TagResource'
  | 'UntagResource'
  | 'ListTagsForResource'

/** The operations on groups and streams themselves. */
export const createGroupOperations = (
  groups: Groups,
  filters: MetricFilters,
  clock: Clock,
): Pick<LogsOperations, GroupOperation> => {
  const groupOfArn = (scope: Scope, resourceArn: string | undefined): GroupRecord => {
    const name = text(resourceArn)
      .replace(/:\*$/, '')
      .slice(arn(scope, 'logs', 'log-group:').length)
    const group = groups.find(scope, name)
    if (!group || !text(resourceArn).startsWith(arn(scope, 'logs', 'log-group:'))) throw groupNotFound()
    return group
  }

  return {
    CreateLogGroup: (input, { scope }) => {
      const { kmsKeyId, logGroupClass, deletionProtectionEnabled } = input
      refuse('CreateLogGroup', { kmsKeyId, deletionProtectionEnabled })
      if (logGroupClass !== 'STANDARD') refuse('CreateLogGroup', { logGroupClass })
      const name = checkGroupName(text(input.logGroupName))
      if (groups.find(scope, name)) throw groupExists()
      groups.put(scope, { name, created: clock.now(), tags: input.tags ?? {} })
      return {}
    },

    DeleteLogGroup: (input, { scope }) => {
      groups.remove(scope, groups.require(scope, text(input.logGroupName)).name)
      return {}
    },

    DescribeLogGroups: (input, { scope }) => {
      const { accountIdentifiers, includeLinkedAccounts, logGroupClass, logGroupIdentifiers } = input
      refuse('DescribeLogGroups', { accountIdentifiers, includeLinkedAccounts, logGroupIdentifiers })
      const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input
      if (prefix !== undefined && pattern !== undefined) {
        throw invalidParameter(
          'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
        )
      }
      const sorted = groups
        .list(scope)
        .filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''))
        .filter(() => logGroupClass === undefined || logGroupClass === 'STANDARD')
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      const { page, ...next } = pageOf(
        sorted,
        ({ name }) => name,
        input.nextToken,
        checkLimit(input.limit, PAGE, PAGE),
      )
      return { logGroups: page.map(group => describeGroup(groups, filters, scope, group)), ...next }
    },

    CreateLogStream: (input, { scope }) => {
      const group = groups.require(scope, text(input.logGroupName))
      const name = checkStreamName(text(input.logStreamName))
      if (groups.findStream(scope, group.name, name)) throw streamExists()
      groups.addStream(scope, group.name, name)
      return {}
    },

    DeleteLogStream: (input, { scope }) => {
      groups.removeStream(
        scope,
        groups.requireStream(scope, text(input.logGroupName), text(input.logStreamName)),
      )
      return {}
    },

    DescribeLogStreams: (input, { scope }) => {
      const group = groups.require(scope, groupNameOf(input))
      const { orderBy = 'LogStreamName', descending = false, logStreamNamePrefix: prefix } = input
      if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
        throw constraint(orderBy, 'orderBy', 'satisfy enum value set: [LogStreamName, LastEventTime]')
      }
      if (orderBy === 'LastEventTime' && prefix !== undefined) {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
      }
      const sorted = groups.streams(scope, group.name).filter(({ name }) => name.startsWith(prefix ?? ''))
      if (orderBy === 'LastEventTime') {
        const times = new Map(sorted.map(stream => [stream, lastEvent(groups, stream)]))
        sorted.sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0))
      }
      if (descending) sorted.reverse()
      const { page, ...next } = pageOf(
        sorted,
        ({ name }) => name,
        input.nextToken,
        checkLimit(input.limit, PAGE, PAGE),
      )
      return { logStreams: page.map(stream => describeStream(groups, scope, stream)), ...next }
    },

    PutRetentionPolicy: (input, { scope }) => {
      const group = groups.require(scope, text(input.logGroupName))
      groups.put(scope, { ...group, retentionInDays: checkRetention(input.retentionInDays ?? 0) })
      return {}
    },

    DeleteRetentionPolicy: (input, { scope }) => {
      const { retentionInDays: _, ...group } = groups.require(scope, text(input.logGroupName))
      groups.put(scope, group)
      return {}
    },

    TagResource: (input, { scope }) => {
      const group = groupOfArn(scope, input.resourceArn)
      groups.put(scope, { ...group, tags: { ...group.tags, ...input.tags } })
      return {}
    },

    UntagResource: (input, { scope }) => {
      const group = groupOfArn(scope, input.resourceArn)
      const gone = new Set(input.tagKeys)
      const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !gone.has(key)))
      groups.put(scope, { ...group, tags })
      return {}
    },

    ListTagsForResource: (input, { scope }) => ({ tags: { ...groupOfArn(scope, input.resourceArn).tags } }),
  }
}
