import { isDeepStrictEqual } from 'node:util'
import type { CreateModelInput } from '@aws-sdk/client-sagemaker'
import type { ResourceRequest, ResourceType } from '../../../kernel/resource-type.ts'
import { CONTAINER_KEY, type LocalContainer, parseLocalContainer } from '../local-container.ts'
import type { Models } from '../models.ts'
import { modelArn } from '../names.ts'
import { checkTags } from '../tags.ts'
import { coerce } from './coerce.ts'
import { sameBut } from './same.ts'

const NAME_LENGTH = 63

const localContainer = ({ metadata }: ResourceRequest): LocalContainer | undefined => {
  const given = metadata[CONTAINER_KEY]
  return given === undefined ? undefined : parseLocalContainer(given)
}

/** `AWS::SageMaker::Model`: all but its tags replaces it. Its `Metadata` may say how to run it here: {@link CONTAINER_KEY}. */
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
  create: request => {
    const { scope, properties, generateName } = request
    const name = properties.ModelName ?? generateName(NAME_LENGTH)
    const input = coerce({ ...properties, ModelName: name }) as CreateModelInput
    const record = models.create(scope, input, localContainer(request))
    return {
      physicalId: modelArn(scope, record.name),
      attributes: { ModelName: record.name, Id: modelArn(scope, record.name) },
    }
  },
  update: (request, previous) => {
    const { scope, properties } = request
    if (!sameBut('Tags', properties, previous.properties)) return 'replace'
    const tags = checkTags(coerce(properties.Tags ?? [], 'Tags') as CreateModelInput['Tags'])
    const record = models.get(scope, String(previous.attributes.ModelName))
    // Another command is another container: what runs the model must be made anew, as for another image.
    if (
      !tags.some(({ Key }) => Key === CONTAINER_KEY) &&
      !isDeepStrictEqual(localContainer(request), record.local)
    ) {
      return 'replace'
    }
    models.setTags(scope, record.name, tags)
    return { physicalId: previous.physicalId, attributes: previous.attributes }
  },
  delete: (scope, { attributes }) => {
    const name = String(attributes.ModelName)
    if (models.has(scope, name)) models.delete(scope, name)
  },
})
