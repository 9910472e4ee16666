import type { CreateEndpointInput, UpdateEndpointInput } from '@aws-sdk/client-sagemaker'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { createEndpoint, type Hosting, updateEndpoint } from '../endpoint-requests.ts'
import { validationException } from '../errors.ts'
import { endpointArn } from '../names.ts'
import type { EndpointRecord } from '../records.ts'
import { checkTags } from '../tags.ts'
import { coerce } from './coerce.ts'

const NAME_LENGTH = 63
const RETENTION = ['RetainAllVariantProperties', 'ExcludeRetainedVariantProperties', 'RetainDeploymentConfig']

const stateOf = (scope: Scope, name: string): ResourceState => ({
  physicalId: endpointArn(scope, name),
  attributes: { EndpointName: name, Id: endpointArn(scope, name) },
})

const pick = (
  properties: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> =>
  Object.fromEntries(
    names.flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  )

const omit = (
  properties: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)))

/** `AWS::SageMaker::Endpoint`: created when its instances are healthy, updated in place by UpdateEndpoint. */
export const endpointResource = (hosting: Hosting): ResourceType => {
  const { endpoints } = hosting

  const inService = async (
    { scope, progress }: ResourceRequest,
    name: string,
    began: number,
  ): Promise<EndpointRecord> => {
    const record = await endpoints.settled(scope, name)
    if (record?.status !== 'InService' || record.failureReason !== undefined) {
      throw validationException(record?.failureReason ?? `Endpoint "${name}" is not in service.`)
    }
    const instances = record.variants.reduce((sum, variant) => sum + variant.currentInstanceCount, 0)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    progress(
      instances === 1 ? `instance healthy in ${seconds} s` : `${instances} instances healthy in ${seconds} s`,
    )
    return record
  }

  return {
    required: ['EndpointConfigName'],
    properties: ['EndpointName', 'EndpointConfigName', 'Tags', 'DeploymentConfig', ...RETENTION],
    create: async request => {
      const { scope, properties, generateName } = request
      const began = performance.now()
      const name = String(properties.EndpointName ?? generateName(NAME_LENGTH))
      // The retention properties speak of updates only.
      const input = coerce({ ...omit(properties, RETENTION), EndpointName: name }) as CreateEndpointInput
      createEndpoint(hosting, scope, input)
      try {
        await inService(request, name, began)
      } catch (error) {
        await remove(hosting, scope, name)
        throw error
      }
      return stateOf(scope, name)
    },
    update: async (request, previous) => {
      const { scope, properties } = request
      const name = String(previous.attributes.EndpointName)
      if (properties.EndpointName !== undefined && properties.EndpointName !== name) return 'replace'
      if (properties.EndpointName === undefined && previous.properties.EndpointName !== undefined)
        return 'replace'
      const began = performance.now()
      // After a restart of the cloud its instances may still be on their way.
      await endpoints.settled(scope, name)
      const tags = coerce(properties.Tags ?? [], 'Tags') as CreateEndpointInput['Tags']
      if (JSON.stringify(properties.Tags) !== JSON.stringify(previous.properties.Tags)) {
        endpoints.setTags(scope, name, checkTags(tags))
      }
      if (
        properties.DeploymentConfig === undefined &&
        properties.EndpointConfigName === previous.properties.EndpointConfigName
      ) {
        return stateOf(scope, name)
      }
      const wanted = pick(properties, ['EndpointConfigName', 'DeploymentConfig', ...RETENTION])
      updateEndpoint(hosting, scope, coerce({ ...wanted, EndpointName: name }) as UpdateEndpointInput)
      await inService(request, name, began)
      return stateOf(scope, name)
    },
    delete: (scope, { attributes }) => remove(hosting, scope, String(attributes.EndpointName)),
  }
}

const remove = async ({ endpoints }: Hosting, scope: Scope, name: string): Promise<void> => {
  const record = await endpoints.settled(scope, name)
  if (!record) return
  endpoints.delete(scope, name)
  await endpoints.settled(scope, name)
}
