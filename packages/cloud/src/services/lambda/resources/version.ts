import { ServiceError } from '@sonde/wire'
import type { ResourceType } from '../../../kernel/resource-type.ts'
import { parseFunctionName } from '../names.ts'
import { TemplateProperties } from '../template-properties.ts'
import { contextOf, ignoreGone, type ResourceParts } from './parts.ts'
import { provision, readProvisionedConcurrency } from './provisioned-concurrency-config.ts'

const IMMUTABLE = ['CodeSha256', 'Description', 'FunctionName']

/** AWS::Lambda::Version */
export const versionType = (parts: ResourceParts): ResourceType => {
  const { catalogue, operations } = parts
  return {
    required: ['FunctionName'],
    properties: [...IMMUTABLE, 'ProvisionedConcurrencyConfig'],
    create: async request => {
      const { scope } = request
      const properties = new TemplateProperties(request.properties)
      const amount = readProvisionedConcurrency(properties)
      const reference = parseFunctionName(scope, properties.text('FunctionName') ?? '')
      const { nextVersion } = catalogue.require(reference)
      const { Version: version, FunctionArn: arn = '' } = operations.PublishVersion(
        {
          FunctionName: reference.name,
          CodeSha256: properties.text('CodeSha256'),
          Description: properties.text('Description'),
        },
        contextOf(reference.scope),
      )
      if (Number(version) !== nextVersion) {
        throw new ServiceError(
          'AlreadyExists',
          `A version for this Lambda function exists ( ${version} ). Modify the function to create a new version.`,
        )
      }
      try {
        await provision(parts, request, arn, amount)
      } catch (error) {
        await ignoreGone(() => operations.DeleteFunction({ FunctionName: arn }, contextOf(scope)))
        throw error
      }
      return { physicalId: arn, attributes: { Version: version, FunctionArn: arn } }
    },
    update: async (request, previous) => {
      if (IMMUTABLE.some(name => request.properties[name] !== previous.properties[name])) return 'replace'
      const amount = readProvisionedConcurrency(new TemplateProperties(request.properties))
      await provision(parts, request, previous.physicalId, amount)
      return { physicalId: previous.physicalId, attributes: previous.attributes }
    },
    delete: (scope, { physicalId }) =>
      ignoreGone(() => operations.DeleteFunction({ FunctionName: physicalId }, contextOf(scope))),
  }
}
