import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { replace } from './lifecycle.ts'
import { textOf } from './properties.ts'

/**
 * `AWS::ApiGateway::Account`: the settings of an account in a region, of which there is one. Deleting the resource
 * leaves them as they are, as in AWS.
 */
export const accountResource = (operations: ControlPlaneOperations): ResourceType => {
  const set = (scope: Scope, properties: Readonly<Record<string, unknown>>): void => {
    const patchOperations = [replace('/cloudwatchRoleArn', textOf(properties, 'CloudWatchRoleArn'))]
    operations.UpdateAccount({ patchOperations }, { scope })
  }
  return {
    properties: ['CloudWatchRoleArn'],
    create: ({ scope, properties, generateName }) => {
      set(scope, properties)
      const id = generateName(128)
      return { physicalId: id, attributes: { Id: id } }
    },
    update: ({ scope, properties }, { physicalId, attributes }) => {
      set(scope, properties)
      return { physicalId, attributes }
    },
    delete: () => {},
  }
}
