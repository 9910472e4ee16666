import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { deleteIfThere } from './lifecycle.ts'
import { requiredText, textOf } from './properties.ts'

/** `AWS::ApiGateway::Resource`. Every property requires replacement. */
export const resourceResource = (operations: ControlPlaneOperations): ResourceType => ({
  required: ['RestApiId', 'ParentId', 'PathPart'],
  properties: ['RestApiId', 'ParentId', 'PathPart'],

  create: ({ scope, properties }) => {
    const { id = '' } = operations.CreateResource(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        parentId: requiredText(properties, 'ParentId'),
        pathPart: requiredText(properties, 'PathPart'),
      },
      { scope },
    )
    return { physicalId: id, attributes: { ResourceId: id } }
  },

  delete: (scope, { physicalId }, properties) => {
    deleteIfThere(() =>
      operations.DeleteResource(
        { restApiId: textOf(properties, 'RestApiId'), resourceId: physicalId },
        { scope },
      ),
    )
  },
})
