import { arn } from '../../kernel/arn.ts'
import { uuid } from '../../kernel/ids.ts'
import type { ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import { urlSuffixOf } from '../../kernel/scope.ts'

/** The CDK's usage report to AWS: CloudFormation itself does nothing with it. */
const cdkMetadata: ResourceType = {
  properties: ['Analytics'],
  create: ({ generateName }) => ({ physicalId: generateName(128), attributes: {} }),
  update: (_request, { physicalId, attributes }) => ({ physicalId, attributes }),
  delete: () => {},
}

/**
 * A handle nobody waits on: templates use it as a placeholder. `AWS::CloudFormation::WaitCondition`, which would need
 * signals to its URL, is not provided and so refused by name.
 */
const waitConditionHandle: ResourceType = {
  properties: [],
  create: ({ scope, stackName, logicalId }) => {
    const bucket = `cloudformation-waitcondition-${scope.region}`
    const key = encodeURIComponent(arn(scope, 'cloudformation', `stack/${stackName}/${uuid()}/${logicalId}`))
    return {
      physicalId: `https://${bucket}.s3.${scope.region}.${urlSuffixOf(scope.region)}/${key}`,
      attributes: {},
    }
  },
  update: (_request, { physicalId, attributes }) => ({ physicalId, attributes }),
  delete: () => {},
}

/** The types that CloudFormation itself provides. */
export const cloudFormationResources: ResourceTypes = {
  'AWS::CDK::Metadata': cdkMetadata,
  'AWS::CloudFormation::WaitConditionHandle': waitConditionHandle,
}
