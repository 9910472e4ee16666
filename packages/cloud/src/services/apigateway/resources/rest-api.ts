import type { EndpointType, IpAddressType } from '@aws-sdk/client-api-gateway'
import { arn } from '../../../kernel/arn.ts'
import type { ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { deleteIfThere, type Patch, pointerSegment, replace } from './lifecycle.ts'
import { flagOf, objectOf, requiredText, tagsOf, textListOf, textOf } from './properties.ts'

type Properties = Readonly<Record<string, unknown>>

const endpointOf = (properties: Properties) => {
  const endpoint = objectOf(properties, 'EndpointConfiguration', ['Types', 'IpAddressType']) ?? {}
  return {
    types: textListOf(endpoint, 'Types') as EndpointType[] | undefined,
    ipAddressType: textOf(endpoint, 'IpAddressType') as IpAddressType | undefined,
  }
}

const patchesOf = (before: Properties, after: Properties): Patch[] => {
  const oldTypes = textListOf(before, 'BinaryMediaTypes') ?? []
  const newTypes = textListOf(after, 'BinaryMediaTypes') ?? []
  const oldEndpoint = endpointOf(before).types?.[0] ?? 'EDGE'
  const { types, ipAddressType = 'ipv4' } = endpointOf(after)
  return [
    replace('/name', requiredText(after, 'Name')),
    replace('/description', textOf(after, 'Description')),
    replace('/apiKeySource', textOf(after, 'ApiKeySourceType') ?? 'HEADER'),
    replace('/disableExecuteApiEndpoint', flagOf(after, 'DisableExecuteApiEndpoint') ?? false),
    replace(`/endpointConfiguration/types/${oldEndpoint}`, types?.[0] ?? 'EDGE'),
    replace('/endpointConfiguration/ipAddressType', ipAddressType),
    ...oldTypes.map(type => ({
      op: 'remove' as const,
      path: `/binaryMediaTypes/${pointerSegment(type)}`,
    })),
    ...newTypes.map(type => ({ op: 'add' as const, path: `/binaryMediaTypes/${pointerSegment(type)}` })),
  ]
}

/** The ARN by which an API is tagged: it names no account. */
const tagArn = (scope: Scope, apiId: string): string =>
  arn({ ...scope, account: '' }, 'apigateway', `/restapis/${apiId}`)

export const restApiResource = (operations: ControlPlaneOperations): ResourceType => {
  const stateOf = (apiId: string, rootResourceId: string): ResourceState => ({
    physicalId: apiId,
    attributes: { RestApiId: apiId, RootResourceId: rootResourceId },
  })

  return {
    required: ['Name'],
    properties: [
      'Name',
      'Description',
      'BinaryMediaTypes',
      'ApiKeySourceType',
      'EndpointConfiguration',
      'DisableExecuteApiEndpoint',
      'Tags',
    ],

    create: ({ scope, properties }) => {
      const api = operations.CreateRestApi(
        {
          name: requiredText(properties, 'Name'),
          description: textOf(properties, 'Description') || undefined,
          binaryMediaTypes: textListOf(properties, 'BinaryMediaTypes'),
          apiKeySource: textOf(properties, 'ApiKeySourceType') as 'HEADER' | 'AUTHORIZER' | undefined,
          endpointConfiguration: endpointOf(properties),
          disableExecuteApiEndpoint: flagOf(properties, 'DisableExecuteApiEndpoint'),
          tags: tagsOf(properties),
        },
        { scope },
      )
      return stateOf(api.id ?? '', api.rootResourceId ?? '')
    },

    update: ({ scope, properties }, previous) => {
      const apiId = previous.physicalId
      const patchOperations = patchesOf(previous.properties, properties)
      const api = operations.UpdateRestApi({ restApiId: apiId, patchOperations }, { scope })
      const resourceArn = tagArn(scope, apiId)
      const tagKeys = Object.keys(tagsOf(previous.properties))
      operations.UntagResource({ resourceArn, tagKeys }, { scope })
      operations.TagResource({ resourceArn, tags: tagsOf(properties) }, { scope })
      return stateOf(apiId, api.rootResourceId ?? '')
    },

    delete: (scope, { physicalId }) => {
      deleteIfThere(() => operations.DeleteRestApi({ restApiId: physicalId }, { scope }))
    },
  }
}
