import type * as Sdk from '@aws-sdk/client-sagemaker'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import type { EndpointConfigs } from '../endpoint-configs.ts'
import { listPage } from '../listing.ts'
import { endpointConfigArn } from '../names.ts'

export const endpointConfigOperations = (configs: EndpointConfigs) =>
  ({
    CreateEndpointConfig: (input, { scope }) => ({
      EndpointConfigArn: endpointConfigArn(scope, configs.create(scope, input).name),
    }),

    DescribeEndpointConfig: (input, { scope }) => {
      const { name, variants, executionRoleArn, creationTime } = configs.get(
        scope,
        input.EndpointConfigName ?? '',
      )
      return {
        EndpointConfigName: name,
        EndpointConfigArn: endpointConfigArn(scope, name),
        ProductionVariants: variants.map(variant => ({ InitialVariantWeight: 1, ...variant })),
        ExecutionRoleArn: executionRoleArn,
        CreationTime: new Date(creationTime),
        EnableNetworkIsolation: false,
      }
    },

    DeleteEndpointConfig: (input, { scope }) => {
      configs.delete(scope, input.EndpointConfigName ?? '')
      return {}
    },

    ListEndpointConfigs: (input, { scope }) => {
      const { items, nextToken } = listPage(configs.list(scope), input)
      return {
        EndpointConfigs: items.map(({ name, creationTime }) => ({
          EndpointConfigName: name,
          EndpointConfigArn: endpointConfigArn(scope, name),
          CreationTime: new Date(creationTime),
        })),
        NextToken: nextToken,
      }
    },
  }) satisfies Operations<typeof Sdk, RequestContext>
