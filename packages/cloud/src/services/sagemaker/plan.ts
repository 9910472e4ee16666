import type { ProductionVariant } from '@aws-sdk/client-sagemaker'
import type { EndpointConfigRecord, EndpointVariant, ModelRecord } from './records.ts'

/** Without ContainerStartupHealthCheckTimeoutInSeconds: 4 minutes (developer guide, "your own inference code"). */
const DEFAULT_STARTUP_TIMEOUT = 240
const DEFAULT_WEIGHT = 1

/** What UpdateEndpoint with RetainAllVariantProperties keeps of a variant. */
export interface RetainedProperties {
  readonly weights: boolean
  readonly instanceCounts: boolean
}

const planVariant = (
  variant: ProductionVariant,
  model: ModelRecord,
  previous: EndpointVariant | undefined,
  retained: RetainedProperties,
  now: number,
): EndpointVariant => {
  const kept = previous?.desiredWeight
  const weight = (retained.weights ? kept : undefined) ?? variant.InitialVariantWeight ?? DEFAULT_WEIGHT
  const keptCount = retained.instanceCounts ? previous?.desiredInstanceCount : undefined
  const count = keptCount ?? variant.InitialInstanceCount ?? 1
  return {
    name: variant.VariantName ?? '',
    currentWeight: weight,
    desiredWeight: weight,
    currentInstanceCount: count,
    desiredInstanceCount: count,
    resolutionTime: now,
    launch: {
      modelName: model.name,
      container: model.container,
      local: model.local,
      startupTimeoutInSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds ?? DEFAULT_STARTUP_TIMEOUT,
      ...(variant.InstanceType !== undefined && { instanceType: variant.InstanceType }),
      // AWS's default is RANDOM; on one machine it would only let requests queue behind each other.
      routing: variant.RoutingConfig?.RoutingStrategy ?? 'LEAST_OUTSTANDING_REQUESTS',
    },
  }
}

/**
 * What an endpoint with this configuration runs.
 *
 * @param modelOf throws where the model does not exist
 */
export const planVariants = (
  config: EndpointConfigRecord,
  modelOf: (name: string) => ModelRecord,
  now: number,
  previous: readonly EndpointVariant[] = [],
  retained: RetainedProperties = { weights: false, instanceCounts: false },
): EndpointVariant[] =>
  config.variants.map(variant =>
    planVariant(
      variant,
      modelOf(variant.ModelName ?? ''),
      previous.find(({ name }) => name === variant.VariantName),
      retained,
      now,
    ),
  )
