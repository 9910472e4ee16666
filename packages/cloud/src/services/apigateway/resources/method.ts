import type { ConnectionType, ContentHandlingStrategy, IntegrationType } from '@aws-sdk/client-api-gateway'
import type { ResourceRequest, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import type { Repository } from '../repository.ts'
import { changesAny, deleteIfThere } from './lifecycle.ts'
import {
  flagMapOf,
  flagOf,
  numberOf,
  objectOf,
  objectsOf,
  requiredText,
  textListOf,
  textMapOf,
  textOf,
} from './properties.ts'

type Properties = ResourceRequest['properties']

const INTEGRATION = [
  'Type',
  'IntegrationHttpMethod',
  'Uri',
  'RequestTemplates',
  'PassthroughBehavior',
  'TimeoutInMillis',
  'CacheNamespace',
  'IntegrationResponses',
  // Handed on to PutIntegration, which refuses them by name where they are set.
  'CacheKeyParameters',
  'ConnectionId',
  'ConnectionType',
  'ContentHandling',
  'Credentials',
  'RequestParameters',
]
const INTEGRATION_RESPONSE = [
  'StatusCode',
  'SelectionPattern',
  'ResponseParameters',
  'ResponseTemplates',
  'ContentHandling',
]
const METHOD_RESPONSE = ['StatusCode', 'ResponseParameters', 'ResponseModels']

const keyOf = (properties: Properties) => ({
  restApiId: requiredText(properties, 'RestApiId'),
  resourceId: requiredText(properties, 'ResourceId'),
  httpMethod: requiredText(properties, 'HttpMethod'),
})

/** Puts a method with its responses and its integration. */
const putMethod = (operations: ControlPlaneOperations, scope: Scope, properties: Properties): void => {
  const key = keyOf(properties)
  operations.PutMethod(
    {
      ...key,
      authorizationType: textOf(properties, 'AuthorizationType') ?? 'NONE',
      authorizerId: textOf(properties, 'AuthorizerId'),
      apiKeyRequired: flagOf(properties, 'ApiKeyRequired'),
      authorizationScopes: textListOf(properties, 'AuthorizationScopes'),
      operationName: textOf(properties, 'OperationName'),
      requestParameters: flagMapOf(properties, 'RequestParameters'),
      requestModels: textMapOf(properties, 'RequestModels'),
      requestValidatorId: textOf(properties, 'RequestValidatorId'),
    },
    { scope },
  )
  for (const response of objectsOf(properties, 'MethodResponses', METHOD_RESPONSE)) {
    operations.PutMethodResponse(
      {
        ...key,
        statusCode: requiredText(response, 'StatusCode'),
        responseParameters: flagMapOf(response, 'ResponseParameters'),
        responseModels: textMapOf(response, 'ResponseModels'),
      },
      { scope },
    )
  }
  const integration = objectOf(properties, 'Integration', INTEGRATION)
  if (integration) putIntegration(operations, scope, key, integration)
}

const putIntegration = (
  operations: ControlPlaneOperations,
  scope: Scope,
  key: ReturnType<typeof keyOf>,
  integration: Properties,
): void => {
  operations.PutIntegration(
    {
      ...key,
      type: requiredText(integration, 'Type') as IntegrationType,
      integrationHttpMethod: textOf(integration, 'IntegrationHttpMethod'),
      uri: textOf(integration, 'Uri'),
      requestTemplates: textMapOf(integration, 'RequestTemplates'),
      passthroughBehavior: textOf(integration, 'PassthroughBehavior'),
      timeoutInMillis: numberOf(integration, 'TimeoutInMillis'),
      cacheNamespace: textOf(integration, 'CacheNamespace'),
      cacheKeyParameters: textListOf(integration, 'CacheKeyParameters'),
      connectionId: textOf(integration, 'ConnectionId'),
      connectionType: textOf(integration, 'ConnectionType') as ConnectionType | undefined,
      contentHandling: textOf(integration, 'ContentHandling') as ContentHandlingStrategy | undefined,
      credentials: textOf(integration, 'Credentials'),
      requestParameters: textMapOf(integration, 'RequestParameters'),
    },
    { scope },
  )
  for (const response of objectsOf(integration, 'IntegrationResponses', INTEGRATION_RESPONSE)) {
    operations.PutIntegrationResponse(
      {
        ...key,
        statusCode: requiredText(response, 'StatusCode'),
        selectionPattern: textOf(response, 'SelectionPattern'),
        responseParameters: textMapOf(response, 'ResponseParameters'),
        responseTemplates: textMapOf(response, 'ResponseTemplates'),
        contentHandling: textOf(response, 'ContentHandling') as ContentHandlingStrategy | undefined,
      },
      { scope },
    )
  }
}

/** `AWS::ApiGateway::Method`. Its API, resource and verb require replacement. */
export const methodResource = (operations: ControlPlaneOperations, repository: Repository): ResourceType => {
  /** Changes the method as a whole or, where a part of it is refused, not at all. */
  const change = (scope: Scope, properties: Properties, task: () => void): void => {
    const { restApiId, resourceId } = keyOf(properties)
    const before = repository.resource(scope, restApiId, resourceId)
    try {
      task()
    } catch (error) {
      repository.resources.put(scope, resourceId, before)
      throw error
    }
  }

  return {
    required: ['RestApiId', 'ResourceId', 'HttpMethod'],
    properties: [
      'RestApiId',
      'ResourceId',
      'HttpMethod',
      'AuthorizationType',
      'ApiKeyRequired',
      'AuthorizerId',
      'AuthorizationScopes',
      'OperationName',
      'RequestParameters',
      'RequestModels',
      'RequestValidatorId',
      'MethodResponses',
      'Integration',
    ],

    create: ({ scope, properties, generateName }) => {
      change(scope, properties, () => putMethod(operations, scope, properties))
      return { physicalId: generateName(128), attributes: {} }
    },

    update: ({ scope, properties }, previous) => {
      if (changesAny(previous.properties, properties, ['RestApiId', 'ResourceId', 'HttpMethod'])) {
        return 'replace'
      }
      change(scope, properties, () => {
        deleteIfThere(() => operations.DeleteMethod(keyOf(properties), { scope }))
        putMethod(operations, scope, properties)
      })
      return { physicalId: previous.physicalId, attributes: {} }
    },

    delete: (scope, _state, properties) => {
      deleteIfThere(() => operations.DeleteMethod(keyOf(properties), { scope }))
    },
  }
}
