import { notImplemented, ServiceError } from '@sonde/wire'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { SubscriptionParts } from './operations.ts'
import { checkSubscriber } from './subscriber.ts'
import { subscriptionFilter } from './subscription-filter.ts'

const MAX_NAME = 512

const text = (value: unknown, property: string): string => {
  if (typeof value === 'string') return value
  throw new ServiceError('ValidationError', `Property ${property} must be a string`)
}

const optional = (value: unknown, property: string): string | undefined =>
  value === undefined ? undefined : text(value, property)

/** `AWS::Logs::SubscriptionFilter`. `Ref` is the filter's name. */
export const subscriptionFilterResource = ({
  groups,
  subscriptions,
  clock,
  functions,
}: SubscriptionParts): ResourceType => {
  const put = async ({ scope, properties }: ResourceRequest, name: string): Promise<ResourceState> => {
    if (!functions) throw notImplemented('AWS::Logs::SubscriptionFilter')
    const { name: group } = groups.require(scope, text(properties.LogGroupName, 'LogGroupName'))
    const record = subscriptionFilter(
      group,
      name,
      {
        filterPattern: text(properties.FilterPattern, 'FilterPattern'),
        destinationArn: text(properties.DestinationArn, 'DestinationArn'),
        roleArn: optional(properties.RoleArn, 'RoleArn'),
        distribution: optional(properties.Distribution, 'Distribution'),
      },
      subscriptions.find(scope, group, name)?.created ?? clock.now(),
    )
    await checkSubscriber(functions, scope, group, record.destinationArn)
    // The check has taken a while.
    groups.require(scope, group)
    subscriptions.put(scope, record)
    return { physicalId: name, attributes: {} }
  }
  return {
    required: ['DestinationArn', 'FilterPattern', 'LogGroupName'],
    properties: ['DestinationArn', 'Distribution', 'FilterName', 'FilterPattern', 'LogGroupName', 'RoleArn'],
    create: request => {
      const { FilterName } = request.properties
      return put(request, optional(FilterName, 'FilterName') ?? request.generateName(MAX_NAME))
    },
    update: (request, previous) => {
      const isReplaced = ['FilterName', 'LogGroupName'].some(
        name => request.properties[name] !== previous.properties[name],
      )
      return isReplaced ? 'replace' : put(request, previous.physicalId)
    },
    delete: (scope, { physicalId }, { LogGroupName }) => {
      const group = text(LogGroupName, 'LogGroupName')
      if (subscriptions.find(scope, group, physicalId)) subscriptions.remove(scope, group, physicalId)
    },
  }
}
