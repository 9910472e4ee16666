import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { changesAny, deleteIfThere, replace } from './lifecycle.ts'
import { flagOf, requiredText, textOf } from './properties.ts'

/** `AWS::ApiGateway::RequestValidator`. Its API and name require replacement. */
export const requestValidatorResource = (operations: ControlPlaneOperations): ResourceType => ({
  required: ['RestApiId'],
  properties: ['RestApiId', 'Name', 'ValidateRequestBody', 'ValidateRequestParameters'],

  create: ({ scope, properties }) => {
    const { id = '' } = operations.CreateRequestValidator(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        name: textOf(properties, 'Name'),
        validateRequestBody: flagOf(properties, 'ValidateRequestBody'),
        validateRequestParameters: flagOf(properties, 'ValidateRequestParameters'),
      },
      { scope },
    )
    return { physicalId: id, attributes: { RequestValidatorId: id } }
  },

  update: ({ scope, properties }, previous) => {
    if (changesAny(previous.properties, properties, ['RestApiId', 'Name'])) return 'replace'
    operations.UpdateRequestValidator(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        requestValidatorId: previous.physicalId,
        patchOperations: [
          replace('/validateRequestBody', flagOf(properties, 'ValidateRequestBody') ?? false),
          replace('/validateRequestParameters', flagOf(properties, 'ValidateRequestParameters') ?? false),
        ],
      },
      { scope },
    )
    return { physicalId: previous.physicalId, attributes: previous.attributes }
  },

  delete: (scope, { physicalId }, properties) => {
    deleteIfThere(() =>
      operations.DeleteRequestValidator(
        { restApiId: textOf(properties, 'RestApiId'), requestValidatorId: physicalId },
        { scope },
      ),
    )
  },
})
