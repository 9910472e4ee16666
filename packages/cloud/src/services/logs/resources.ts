import { notImplemented, ServiceError } from '@sonde/wire'
import { arn } from '../../kernel/arn.ts'
import type { ResourceState, ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import { groupExists, streamExists } from './errors.ts'
import type { MetricFilters } from './metric-filters/metric-filters.ts'
import { metricFilterResource } from './metric-filters/resource.ts'
import type { SubscriptionParts } from './subscription-filters/operations.ts'
import { subscriptionFilterResource } from './subscription-filters/resource.ts'
import { checkGroupName, checkRetention, checkStreamName } from './validation.ts'

const MAX_NAME = 512

type Properties = Readonly<Record<string, unknown>>

const readGroup = ({ LogGroupClass, RetentionInDays, Tags }: Properties) => {
  if (LogGroupClass !== undefined && LogGroupClass !== 'STANDARD') {
    throw notImplemented(`AWS::Logs::LogGroup with the LogGroupClass ${LogGroupClass}`)
  }
  const tags = Array.isArray(Tags) ? (Tags as Array<{ Key: string; Value: string }>) : []
  return {
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    ...(RetentionInDays !== undefined && { retentionInDays: checkRetention(Number(RetentionInDays)) }),
  }
}

const named = (value: unknown, property: string): string | undefined => {
  if (value === undefined || typeof value === 'string') return value
  throw new ServiceError('ValidationError', `Property ${property} must be a string`)
}

/**
 * `AWS::Logs::LogGroup`, `AWS::Logs::LogStream`, `AWS::Logs::MetricFilter` and `AWS::Logs::SubscriptionFilter`. `Ref` is
 * the name of each.
 */
export const createResources = (
  filters: MetricFilters,
  subscriptionParts: SubscriptionParts,
): ResourceTypes => {
  const { groups, clock } = subscriptionParts
  const groupState = (scope: Scope, name: string): ResourceState => ({
    physicalId: name,
    attributes: { Arn: arn(scope, 'logs', `log-group:${name}:*`) },
  })

  const group: ResourceType = {
    properties: ['LogGroupName', 'LogGroupClass', 'RetentionInDays', 'Tags'],
    create: ({ scope, properties, generateName }) => {
      const settings = readGroup(properties)
      const name = checkGroupName(named(properties.LogGroupName, 'LogGroupName') ?? generateName(MAX_NAME))
      if (groups.find(scope, name)) throw groupExists()
      groups.put(scope, { name, created: clock.now(), ...settings })
      return groupState(scope, name)
    },
    update: ({ scope, properties }, previous) => {
      const settings = readGroup(properties)
      if (properties.LogGroupName !== previous.properties.LogGroupName) return 'replace'
      const { name, created } = groups.require(scope, previous.physicalId)
      groups.put(scope, { name, created, ...settings })
      return groupState(scope, name)
    },
    delete: (scope, { physicalId }) => groups.remove(scope, physicalId),
  }

  const stream: ResourceType = {
    required: ['LogGroupName'],
    properties: ['LogGroupName', 'LogStreamName'],
    create: ({ scope, properties, generateName }) => {
      const owner = groups.require(scope, named(properties.LogGroupName, 'LogGroupName') ?? '')
      const name = checkStreamName(named(properties.LogStreamName, 'LogStreamName') ?? generateName(MAX_NAME))
      if (groups.findStream(scope, owner.name, name)) throw streamExists()
      groups.addStream(scope, owner.name, name)
      return { physicalId: name, attributes: {} }
    },
    delete: (scope, { physicalId }, properties) => {
      const found = groups.findStream(scope, named(properties.LogGroupName, 'LogGroupName') ?? '', physicalId)
      if (found) groups.removeStream(scope, found)
    },
  }
  return {
    'AWS::Logs::LogGroup': group,
    'AWS::Logs::LogStream': stream,
    'AWS::Logs::MetricFilter': metricFilterResource(groups, filters, clock),
    'AWS::Logs::SubscriptionFilter': subscriptionFilterResource(subscriptionParts),
  }
}
