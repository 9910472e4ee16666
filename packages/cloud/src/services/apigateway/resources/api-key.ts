import { arn } from '../../../kernel/arn.ts'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { changesAny, deleteIfThere, type Patch, replace } from './lifecycle.ts'
import { flagOf, objectsOf, requiredText, tagsOf, textOf } from './properties.ts'

type Properties = ResourceRequest['properties']

const stageKeysOf = (properties: Properties) =>
  objectsOf(properties, 'StageKeys', ['RestApiId', 'StageName']).map(key => ({
    restApiId: requiredText(key, 'RestApiId'),
    stageName: requiredText(key, 'StageName'),
  }))

const stagePatches = (op: 'add' | 'remove', properties: Properties): Patch[] =>
  stageKeysOf(properties).map(({ restApiId, stageName }) => ({
    op,
    path: '/stages',
    value: `${restApiId}/${stageName}`,
  }))

const stateOf = (id: string): ResourceState => ({ physicalId: id, attributes: { APIKeyId: id } })

/** `AWS::ApiGateway::ApiKey`. Its name and value require replacement. */
export const apiKeyResource = (operations: ControlPlaneOperations): ResourceType => ({
  properties: [
    'CustomerId',
    'Description',
    'Enabled',
    'GenerateDistinctId',
    'Name',
    'StageKeys',
    'Tags',
    'Value',
  ],

  create: ({ scope, properties, generateName }) => {
    const { id = '' } = operations.CreateApiKey(
      {
        name: textOf(properties, 'Name') ?? generateName(128),
        value: textOf(properties, 'Value'),
        customerId: textOf(properties, 'CustomerId'),
        description: textOf(properties, 'Description'),
        enabled: flagOf(properties, 'Enabled'),
        generateDistinctId: flagOf(properties, 'GenerateDistinctId'),
        stageKeys: stageKeysOf(properties),
        tags: tagsOf(properties),
      },
      { scope },
    )
    return stateOf(id)
  },

  update: ({ scope, properties }, previous) => {
    if (changesAny(previous.properties, properties, ['GenerateDistinctId', 'Name', 'Value'])) return 'replace'
    const apiKey = previous.physicalId
    operations.UpdateApiKey(
      {
        apiKey,
        patchOperations: [
          replace('/customerId', textOf(properties, 'CustomerId')),
          replace('/description', textOf(properties, 'Description')),
          replace('/enabled', flagOf(properties, 'Enabled') ?? false),
          ...stagePatches('remove', previous.properties),
          ...stagePatches('add', properties),
        ],
      },
      { scope },
    )
    const resourceArn = arn({ ...scope, account: '' }, 'apigateway', `/apikeys/${apiKey}`)
    operations.UntagResource({ resourceArn, tagKeys: Object.keys(tagsOf(previous.properties)) }, { scope })
    operations.TagResource({ resourceArn, tags: tagsOf(properties) }, { scope })
    return stateOf(apiKey)
  },

  delete: (scope, { physicalId }) =>
    deleteIfThere(() => operations.DeleteApiKey({ apiKey: physicalId }, { scope })),
})
