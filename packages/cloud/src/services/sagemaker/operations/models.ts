import type * as Sdk from '@aws-sdk/client-sagemaker'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { listPage } from '../listing.ts'
import type { Models } from '../models.ts'
import { modelArn } from '../names.ts'

export const modelOperations = (models: Models) =>
  ({
    CreateModel: (input, { scope }) => ({ ModelArn: modelArn(scope, models.create(scope, input).name) }),

    DescribeModel: (input, { scope }) => {
      const { name, container, givenAsList, executionRoleArn, creationTime } = models.get(
        scope,
        input.ModelName ?? '',
      )
      return {
        ModelName: name,
        ModelArn: modelArn(scope, name),
        ...(givenAsList ? { Containers: [container] } : { PrimaryContainer: container }),
        ExecutionRoleArn: executionRoleArn,
        CreationTime: new Date(creationTime),
        EnableNetworkIsolation: false,
      }
    },

    DeleteModel: (input, { scope }) => {
      models.delete(scope, input.ModelName ?? '')
      return {}
    },

    ListModels: (input, { scope }) => {
      const { items, nextToken } = listPage(models.list(scope), input)
      return {
        Models: items.map(({ name, creationTime }) => ({
          ModelName: name,
          ModelArn: modelArn(scope, name),
          CreationTime: new Date(creationTime),
        })),
        NextToken: nextToken,
      }
    },
  }) satisfies Operations<typeof Sdk, RequestContext>
