import type { CreateEndpointConfigInput, ProductionVariant, Tag } from '@aws-sdk/client-sagemaker'
import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import { Constraints, refuseUnsupported } from './constraints.ts'
import { alreadyExists, couldNotFind, resourceLimitExceeded, validationException } from './errors.ts'
import type { Models } from './models.ts'
import { endpointConfigArn, nameKey } from './names.ts'
import type { EndpointConfigRecord, HostingState } from './records.ts'
import { checkTags } from './tags.ts'

const CONFIG_MEMBERS = ['EndpointConfigName', 'ProductionVariants', 'ExecutionRoleArn', 'Tags']
/** The hardware's members (`InstanceType`, `VolumeSizeInGB`, `InferenceAmiVersion`) are recorded. */
const VARIANT_MEMBERS = [
  'VariantName',
  'ModelName',
  'InitialInstanceCount',
  'InitialVariantWeight',
  'InstanceType',
  'VolumeSizeInGB',
  'InferenceAmiVersion',
  'ModelDataDownloadTimeoutInSeconds',
  'ContainerStartupHealthCheckTimeoutInSeconds',
  'RoutingConfig',
]

const MAX_VARIANTS = 10
/** AWS's default quota of most instance types; here a process each. */
export const MAX_INSTANCES = 20

const checkVariant = (variant: ProductionVariant, path: string, constraints: Constraints): void => {
  refuseUnsupported('CreateEndpointConfig with ProductionVariants.', variant, VARIANT_MEMBERS)
  constraints.name(`${path}.variantName`, variant.VariantName)
  constraints.name(`${path}.modelName`, variant.ModelName)
  constraints.range(`${path}.initialInstanceCount`, variant.InitialInstanceCount, 1)
  constraints.range(`${path}.initialVariantWeight`, variant.InitialVariantWeight, 0)
  constraints.range(`${path}.volumeSizeInGB`, variant.VolumeSizeInGB, 1, 512)
  constraints.range(
    `${path}.modelDataDownloadTimeoutInSeconds`,
    variant.ModelDataDownloadTimeoutInSeconds,
    60,
    3600,
  )
  constraints.range(
    `${path}.containerStartupHealthCheckTimeoutInSeconds`,
    variant.ContainerStartupHealthCheckTimeoutInSeconds,
    60,
    3600,
  )
  const routing = variant.RoutingConfig
  if (routing?.PrefixAwareRoutingConfig)
    throw notImplemented('CreateEndpointConfig with RoutingConfig.PrefixAwareRoutingConfig')
  constraints.oneOf(`${path}.routingConfig.routingStrategy`, routing?.RoutingStrategy, [
    'LEAST_OUTSTANDING_REQUESTS',
    'RANDOM',
  ])
}

const checkVariants = (variants: readonly ProductionVariant[]): void => {
  const constraints = new Constraints()
  constraints.length('productionVariants', variants.length, 1, MAX_VARIANTS)
  variants.forEach((variant, index) => {
    checkVariant(variant, `productionVariants.${index + 1}.member`, constraints)
  })
  constraints.check()
  const names = variants.map(({ VariantName }) => VariantName)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw validationException(`Duplicate variant name "${twice}" in ProductionVariants.`)
  for (const variant of variants) {
    const name = variant.VariantName
    if (!variant.ModelName)
      throw validationException(`ModelName is required for the production variant "${name}".`)
    if (variant.InitialInstanceCount === undefined || variant.InstanceType === undefined) {
      throw validationException(
        `InstanceType and InitialInstanceCount are required for the production variant "${name}".`,
      )
    }
  }
  const instances = variants.reduce((sum, { InitialInstanceCount }) => sum + (InitialInstanceCount ?? 0), 0)
  if (instances > MAX_INSTANCES) {
    throw resourceLimitExceeded(variants[0]?.InstanceType ?? '', MAX_INSTANCES, instances)
  }
}

export interface EndpointConfigsDependencies {
  readonly state: HostingState
  readonly clock: Clock
  readonly models: Models
}

/** The endpoint configurations of all scopes. */
export class EndpointConfigs {
  readonly #dependencies: EndpointConfigsDependencies

  constructor(dependencies: EndpointConfigsDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws ServiceError `Could not find endpoint configuration "…".` */
  get(scope: Scope, name: string): EndpointConfigRecord {
    const record = this.#records.get(scope, nameKey(name))
    if (!record) throw couldNotFind('endpoint configuration', endpointConfigArn(scope, name))
    return record
  }

  has(scope: Scope, name: string): boolean {
    return this.#records.get(scope, nameKey(name)) !== undefined
  }

  list(scope: Scope): EndpointConfigRecord[] {
    return this.#records.list(scope)
  }

  /** @throws ServiceError `ValidationException`, `ResourceLimitExceeded`, 501 `NotImplemented` */
  create(scope: Scope, input: CreateEndpointConfigInput): EndpointConfigRecord {
    refuseUnsupported('CreateEndpointConfig with ', input, CONFIG_MEMBERS)
    const constraints = new Constraints()
    constraints.name('endpointConfigName', input.EndpointConfigName)
    constraints.check()
    const variants = input.ProductionVariants ?? []
    checkVariants(variants)
    const tags = checkTags(input.Tags)
    const name = input.EndpointConfigName ?? ''
    if (this.#records.get(scope, nameKey(name))) {
      throw alreadyExists('endpoint configuration', endpointConfigArn(scope, name))
    }
    for (const variant of variants) this.#dependencies.models.get(scope, variant.ModelName ?? '')
    const record: EndpointConfigRecord = {
      name,
      creationTime: this.#dependencies.clock.now(),
      executionRoleArn: input.ExecutionRoleArn,
      variants,
      tags,
    }
    this.#records.put(scope, nameKey(name), record)
    return record
  }

  delete(scope: Scope, name: string): void {
    this.get(scope, name)
    this.#records.delete(scope, nameKey(name))
  }

  setTags(scope: Scope, name: string, tags: readonly Tag[]): void {
    this.#records.put(scope, nameKey(name), { ...this.get(scope, name), tags })
  }

  get #records() {
    return this.#dependencies.state.configs
  }
}
