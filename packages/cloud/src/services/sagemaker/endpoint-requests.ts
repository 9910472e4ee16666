import type {
  CreateEndpointInput,
  DesiredWeightAndCapacity,
  UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesInput,
} from '@aws-sdk/client-sagemaker'
import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import { Constraints, refuseUnsupported } from './constraints.ts'
import { type EndpointConfigs, MAX_INSTANCES } from './endpoint-configs.ts'
import type { Endpoints } from './endpoints.ts'
import { resourceLimitExceeded, validationException } from './errors.ts'
import type { Models } from './models.ts'
import { endpointArn } from './names.ts'
import { planVariants, type RetainedProperties } from './plan.ts'
import type { EndpointVariant } from './records.ts'
import { checkTags } from './tags.ts'

const CREATE_MEMBERS = ['EndpointName', 'EndpointConfigName', 'Tags']
const UPDATE_MEMBERS = [
  'EndpointName',
  'EndpointConfigName',
  'RetainAllVariantProperties',
  'ExcludeRetainedVariantProperties',
  'RetainDeploymentConfig',
]
const WEIGHT_MEMBERS = ['VariantName', 'DesiredWeight', 'DesiredInstanceCount']
/** `DataCaptureConfig` is always among what is excluded: there is none. */
const RETAINABLE = ['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig']

/** The parts of the hosting service that a request about endpoints needs. */
export interface Hosting {
  readonly models: Models
  readonly configs: EndpointConfigs
  readonly endpoints: Endpoints
  readonly clock: Clock
}

const checkNames = (input: {
  EndpointName?: string | undefined
  EndpointConfigName?: string | undefined
}): void => {
  const constraints = new Constraints()
  constraints.name('endpointName', input.EndpointName)
  constraints.name('endpointConfigName', input.EndpointConfigName)
  constraints.check()
}

/** @returns the endpoint's ARN; it is `Creating` */
export const createEndpoint = (hosting: Hosting, scope: Scope, input: CreateEndpointInput): string => {
  refuseUnsupported('CreateEndpoint with ', input, CREATE_MEMBERS)
  checkNames(input)
  const tags = checkTags(input.Tags)
  const config = hosting.configs.get(scope, input.EndpointConfigName ?? '')
  const modelOf = (name: string) => hosting.models.get(scope, name)
  const variants = planVariants(config, modelOf, hosting.clock.now())
  hosting.endpoints.create(scope, { name: input.EndpointName ?? '', configName: config.name, variants, tags })
  return endpointArn(scope, input.EndpointName ?? '')
}

const retainedOf = (input: UpdateEndpointInput): RetainedProperties => {
  const excluded = (input.ExcludeRetainedVariantProperties ?? []).map(
    property => property.VariantPropertyType,
  )
  const constraints = new Constraints()
  excluded.forEach((type, index) => {
    constraints.oneOf(
      `excludeRetainedVariantProperties.${index + 1}.member.variantPropertyType`,
      type,
      RETAINABLE,
    )
  })
  constraints.check()
  const retain = input.RetainAllVariantProperties === true
  return {
    weights: retain && !excluded.includes('DesiredWeight'),
    instanceCounts: retain && !excluded.includes('DesiredInstanceCount'),
  }
}

/** @returns the endpoint's ARN; it is `Updating`, and its present instances serve until the new ones are healthy */
export const updateEndpoint = (hosting: Hosting, scope: Scope, input: UpdateEndpointInput): string => {
  refuseUnsupported('UpdateEndpoint with ', input, UPDATE_MEMBERS)
  if (input.RetainDeploymentConfig) throw notImplemented('UpdateEndpoint with RetainDeploymentConfig')
  checkNames(input)
  const record = hosting.endpoints.get(scope, input.EndpointName ?? '')
  const config = hosting.configs.get(scope, input.EndpointConfigName ?? '')
  const retained = retainedOf(input)
  const modelOf = (name: string) => hosting.models.get(scope, name)
  const variants = planVariants(config, modelOf, hosting.clock.now(), record.variants, retained)
  hosting.endpoints.update(scope, record.name, config.name, variants)
  return endpointArn(scope, record.name)
}

const changed = (variant: EndpointVariant, wish: DesiredWeightAndCapacity | undefined): EndpointVariant => ({
  ...variant,
  desiredWeight: wish?.DesiredWeight ?? variant.desiredWeight,
  desiredInstanceCount: wish?.DesiredInstanceCount ?? variant.desiredInstanceCount,
})

/** @returns the endpoint's ARN; it is `Updating` */
export const updateWeightsAndCapacities = (
  hosting: Hosting,
  scope: Scope,
  input: UpdateEndpointWeightsAndCapacitiesInput,
): string => {
  checkNames(input)
  const wishes = input.DesiredWeightsAndCapacities ?? []
  const constraints = new Constraints()
  constraints.length('desiredWeightsAndCapacities', wishes.length, 1, Number.POSITIVE_INFINITY)
  wishes.forEach((wish, index) => {
    refuseUnsupported('UpdateEndpointWeightsAndCapacities with ', wish, WEIGHT_MEMBERS)
    const path = `desiredWeightsAndCapacities.${index + 1}.member`
    constraints.range(`${path}.desiredWeight`, wish.DesiredWeight, 0)
    constraints.range(`${path}.desiredInstanceCount`, wish.DesiredInstanceCount, 1)
  })
  constraints.check()
  const record = hosting.endpoints.get(scope, input.EndpointName ?? '')
  const known = new Set(record.variants.map(({ name }) => name))
  const unknown = wishes.map(({ VariantName }) => VariantName ?? '').filter(name => !known.has(name))
  if (unknown.length > 0) {
    throw validationException(
      `The variant name(s) "${unknown.join(', ')}" is/are not present within endpoint configuration ` +
        `"${record.configName}".`,
    )
  }
  const variants = record.variants.map(variant =>
    changed(
      variant,
      wishes.find(({ VariantName }) => VariantName === variant.name),
    ),
  )
  const instances = variants.reduce((sum, { desiredInstanceCount }) => sum + desiredInstanceCount, 0)
  if (instances > MAX_INSTANCES) throw resourceLimitExceeded('ml', MAX_INSTANCES, instances)
  hosting.endpoints.updateVariants(scope, record.name, variants)
  return endpointArn(scope, record.name)
}
