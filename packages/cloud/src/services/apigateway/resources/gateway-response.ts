import type { GatewayResponseType } from '@aws-sdk/client-api-gateway'
import type { ResourceRequest, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { changesAny, deleteIfThere } from './lifecycle.ts'
import { requiredText, textMapOf, textOf } from './properties.ts'

type Properties = ResourceRequest['properties']

/** `AWS::ApiGateway::GatewayResponse`. Its API and type require replacement. */
export const gatewayResponseResource = (operations: ControlPlaneOperations): ResourceType => {
  const keyOf = (properties: Properties) => ({
    restApiId: requiredText(properties, 'RestApiId'),
    responseType: requiredText(properties, 'ResponseType') as GatewayResponseType,
  })
  const put = (scope: Scope, properties: Properties): void => {
    operations.PutGatewayResponse(
      {
        ...keyOf(properties),
        statusCode: textOf(properties, 'StatusCode'),
        responseParameters: textMapOf(properties, 'ResponseParameters'),
        responseTemplates: textMapOf(properties, 'ResponseTemplates'),
      },
      { scope },
    )
  }

  return {
    required: ['RestApiId', 'ResponseType'],
    properties: ['RestApiId', 'ResponseType', 'StatusCode', 'ResponseParameters', 'ResponseTemplates'],

    create: ({ scope, properties, generateName }) => {
      put(scope, properties)
      const id = generateName(128)
      return { physicalId: id, attributes: { Id: id } }
    },

    update: ({ scope, properties }, previous) => {
      if (changesAny(previous.properties, properties, ['RestApiId', 'ResponseType'])) return 'replace'
      put(scope, properties)
      return { physicalId: previous.physicalId, attributes: previous.attributes }
    },

    delete: (scope, _state, properties) => {
      deleteIfThere(() => operations.DeleteGatewayResponse(keyOf(properties), { scope }))
    },
  }
}
