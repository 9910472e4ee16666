import type { CreateEndpointConfigInput } from '@aws-sdk/client-sagemaker'
import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { EndpointConfigs } from '../endpoint-configs.ts'
import { endpointConfigArn } from '../names.ts'
import { checkTags } from '../tags.ts'
import { coerce } from './coerce.ts'
import { sameBut } from './same.ts'

const NAME_LENGTH = 63

/** `AWS::SageMaker::EndpointConfig`: all but its tags replaces it. */
export const endpointConfigResource = (configs: EndpointConfigs): ResourceType => ({
  required: ['ProductionVariants'],
  properties: [
    'EndpointConfigName',
    'ProductionVariants',
    'ExecutionRoleArn',
    'Tags',
    'DataCaptureConfig',
    'AsyncInferenceConfig',
    'ExplainerConfig',
    'ShadowProductionVariants',
    'KmsKeyId',
    'VpcConfig',
    'EnableNetworkIsolation',
  ],
  create: ({ scope, properties, generateName }) => {
    const name = properties.EndpointConfigName ?? generateName(NAME_LENGTH)
    const input = coerce({ ...properties, EndpointConfigName: name }) as CreateEndpointConfigInput
    const record = configs.create(scope, input)
    return {
      physicalId: endpointConfigArn(scope, record.name),
      attributes: { EndpointConfigName: record.name, Id: endpointConfigArn(scope, record.name) },
    }
  },
  update: ({ scope, properties }, previous) => {
    if (!sameBut('Tags', properties, previous.properties)) return 'replace'
    const tags = checkTags(coerce(properties.Tags ?? [], 'Tags') as CreateEndpointConfigInput['Tags'])
    configs.setTags(scope, String(previous.attributes.EndpointConfigName), tags)
    return { physicalId: previous.physicalId, attributes: previous.attributes }
  },
  delete: (scope, { attributes }) => {
    const name = String(attributes.EndpointConfigName)
    if (configs.has(scope, name)) configs.delete(scope, name)
  },
})
