import type * as Sdk from '@aws-sdk/client-sagemaker'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import {
  createEndpoint,
  type Hosting,
  updateEndpoint,
  updateWeightsAndCapacities,
} from '../endpoint-requests.ts'
import { listPage } from '../listing.ts'
import { endpointArn } from '../names.ts'
import type { EndpointVariant } from '../records.ts'

const summaryOf = (variant: EndpointVariant): Sdk.ProductionVariantSummary => {
  const image = variant.launch.container.Image
  return {
    VariantName: variant.name,
    ...(image !== undefined && {
      DeployedImages: [
        { SpecifiedImage: image, ResolvedImage: image, ResolutionTime: new Date(variant.resolutionTime) },
      ],
    }),
    CurrentWeight: variant.currentWeight,
    DesiredWeight: variant.desiredWeight,
    CurrentInstanceCount: variant.currentInstanceCount,
    DesiredInstanceCount: variant.desiredInstanceCount,
  }
}

/** While it is being created, and when that failed, an endpoint has no variants. */
const WITHOUT_VARIANTS: ReadonlySet<string> = new Set(['Creating', 'Failed'])

export const endpointOperations = (hosting: Hosting) =>
  ({
    CreateEndpoint: (input, { scope }) => ({ EndpointArn: createEndpoint(hosting, scope, input) }),

    UpdateEndpoint: (input, { scope }) => ({ EndpointArn: updateEndpoint(hosting, scope, input) }),

    UpdateEndpointWeightsAndCapacities: (input, { scope }) => ({
      EndpointArn: updateWeightsAndCapacities(hosting, scope, input),
    }),

    DescribeEndpoint: (input, { scope }) => {
      const record = hosting.endpoints.get(scope, input.EndpointName ?? '')
      return {
        EndpointName: record.name,
        EndpointArn: endpointArn(scope, record.name),
        EndpointConfigName: record.configName,
        ...(!WITHOUT_VARIANTS.has(record.status) && { ProductionVariants: record.variants.map(summaryOf) }),
        EndpointStatus: record.status,
        FailureReason: record.failureReason,
        CreationTime: new Date(record.creationTime),
        LastModifiedTime: new Date(record.lastModifiedTime),
      }
    },

    DeleteEndpoint: (input, { scope }) => {
      hosting.endpoints.delete(scope, input.EndpointName ?? '')
      return {}
    },

    ListEndpoints: (input, { scope }) => {
      const { items, nextToken } = listPage(hosting.endpoints.list(scope), input)
      return {
        Endpoints: items.map(({ name, creationTime, lastModifiedTime, status }) => ({
          EndpointName: name,
          EndpointArn: endpointArn(scope, name),
          CreationTime: new Date(creationTime),
          LastModifiedTime: new Date(lastModifiedTime),
          EndpointStatus: status,
        })),
        NextToken: nextToken,
      }
    },
  }) satisfies Operations<typeof Sdk, RequestContext>
