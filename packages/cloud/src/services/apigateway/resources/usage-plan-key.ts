import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { deleteIfThere } from './lifecycle.ts'
import { requiredText } from './properties.ts'

/** `AWS::ApiGateway::UsagePlanKey`: that a key is in a plan. Each of its properties requires replacement. */
export const usagePlanKeyResource = (operations: ControlPlaneOperations): ResourceType => ({
  required: ['KeyId', 'KeyType', 'UsagePlanId'],
  properties: ['KeyId', 'KeyType', 'UsagePlanId'],

  create: ({ scope, properties }) => {
    const keyId = requiredText(properties, 'KeyId')
    const usagePlanId = requiredText(properties, 'UsagePlanId')
    const keyType = requiredText(properties, 'KeyType')
    operations.CreateUsagePlanKey({ keyId, usagePlanId, keyType }, { scope })
    const id = `${keyId}:${usagePlanId}`
    return { physicalId: id, attributes: { Id: id } }
  },

  delete: (scope, { physicalId }) => {
    const [keyId, usagePlanId] = physicalId.split(':')
    deleteIfThere(() => operations.DeleteUsagePlanKey({ keyId, usagePlanId }, { scope }))
  },
})
