import type { CreateModelInput } from '@aws-sdk/client-sagemaker'
import type { ResourceType } from '../../../kernel/resource-type.ts'
import { CONTAINER_KEY, parseLocalContainer } from '../local-container.ts'
import type { Models } from '../models.ts'
import { modelArn } from '../names.ts'
import { coerce } from './coerce.ts'

const NAME_LENGTH = 63

/** `AWS::SageMaker::Model`. Its `Metadata` may say how to run it here: {@link CONTAINER_KEY}. */
export const modelResource = (models: Models): ResourceType => ({
  properties: [
    'ModelName',
    'PrimaryContainer',
    'Containers',
    'ExecutionRoleArn',
    'EnableNetworkIsolation',
    'Tags',
    'VpcConfig',
    'InferenceExecutionConfig',
  ],
  create: ({ scope, properties, metadata, generateName }) => {
    const given = metadata[CONTAINER_KEY]
    const local = given === undefined ? undefined : parseLocalContainer(given)
    const name = properties.ModelName ?? generateName(NAME_LENGTH)
    const input = coerce({ ...properties, ModelName: name }) as CreateModelInput
    const record = models.create(scope, input, local)
    return {
      physicalId: modelArn(scope, record.name),
      attributes: { ModelName: record.name, Id: modelArn(scope, record.name) },
    }
  },
  delete: (scope, { attributes }) => {
    const name = String(attributes.ModelName)
    if (models.has(scope, name)) models.delete(scope, name)
  },
})
