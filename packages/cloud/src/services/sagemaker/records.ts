import type {
  ContainerDefinition,
  EndpointStatus,
  ProductionVariant,
  RoutingStrategy,
  Tag,
} from '@aws-sdk/client-sagemaker'
import type { Collection, Store } from '../../kernel/store.ts'
import type { LocalContainer } from './local-container.ts'

export interface ModelRecord {
  readonly name: string
  /** ms since the epoch, as all times in records. */
  readonly creationTime: number
  readonly executionRoleArn: string | undefined
  readonly container: ContainerDefinition
  /** Whether the request gave it as `Containers` of one, which Describe repeats. */
  readonly givenAsList: boolean
  /** How to run it on this machine. A model without is stored, but no endpoint can serve it. */
  readonly local: LocalContainer | undefined
  readonly tags: readonly Tag[]
}

export interface EndpointConfigRecord {
  readonly name: string
  readonly creationTime: number
  readonly executionRoleArn: string | undefined
  readonly variants: readonly ProductionVariant[]
  readonly tags: readonly Tag[]
}

/**
 * All that is needed to start an instance of a variant: a copy, because an endpoint outlives the model and the
 * endpoint configuration that it was made from.
 */
export interface VariantLaunch {
  readonly modelName: string
  readonly container: ContainerDefinition
  readonly local: LocalContainer | undefined
  readonly startupTimeoutInSeconds: number
  /** Absent in records of before. */
  readonly instanceType?: string
  readonly routing: RoutingStrategy
}

export interface EndpointVariant {
  readonly name: string
  readonly currentWeight: number
  readonly desiredWeight: number
  readonly currentInstanceCount: number
  readonly desiredInstanceCount: number
  /** When the image was resolved. */
  readonly resolutionTime: number
  readonly launch: VariantLaunch
}

export interface EndpointRecord {
  /** Tells an endpoint from an earlier one of the same name: what was begun for that one must not write to this. */
  readonly id: string
  readonly name: string
  readonly configName: string
  readonly status: EndpointStatus
  readonly failureReason: string | undefined
  readonly creationTime: number
  readonly lastModifiedTime: number
  readonly variants: readonly EndpointVariant[]
  readonly tags: readonly Tag[]
}

/** The service's state, keyed by {@link nameKey}. */
export interface HostingState {
  readonly models: Collection<ModelRecord>
  readonly configs: Collection<EndpointConfigRecord>
  readonly endpoints: Collection<EndpointRecord>
}

export const hostingState = (store: Store): HostingState => ({
  models: store.collection('sagemaker.models'),
  configs: store.collection('sagemaker.endpoint-configs'),
  endpoints: store.collection('sagemaker.endpoints'),
})
