import { ServiceError } from '@sonde/wire'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import { putSubscription, type SubscriptionParts } from './operations.ts'

const MAX_NAME = 512

const text = (value: unknown, property: string): string => {
  if (typeof value === 'string') return value
  throw new ServiceError('ValidationError', `Property ${property} must be a string`)
}

const optional = (value: unknown, property: string): string | undefined =>
  value === undefined ? undefined : text(value, property)

/** `AWS::Logs::SubscriptionFilter`. `Ref` is the filter's name. */
export const subscriptionFilterResource = (parts: SubscriptionParts): ResourceType => {
  const { subscriptions } = parts
  const put = async ({ scope, properties }: ResourceRequest, name: string): Promise<ResourceState> => {
    const group = text(properties.LogGroupName, 'LogGroupName')
    await putSubscription(parts, scope, 'AWS::Logs::SubscriptionFilter', group, name, {
      filterPattern: text(properties.FilterPattern, 'FilterPattern'),
      destinationArn: text(properties.DestinationArn, 'DestinationArn'),
      roleArn: optional(properties.RoleArn, 'RoleArn'),
      distribution: optional(properties.Distribution, 'Distribution'),
    })
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
