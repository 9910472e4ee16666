import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { changesAny, deleteIfThere, replace } from './lifecycle.ts'
import { requiredText, textOf } from './properties.ts'

/** Templates give a schema as an object or as its text. */
const schemaOf = (schema: unknown): string | undefined =>
  typeof schema === 'string' || schema === undefined ? schema : JSON.stringify(schema)

/** `AWS::ApiGateway::Model`. Its API, name and content type require replacement. */
export const modelResource = (operations: ControlPlaneOperations): ResourceType => ({
  required: ['RestApiId'],
  properties: ['RestApiId', 'Name', 'ContentType', 'Description', 'Schema'],

  create: ({ scope, properties, generateName }) => {
    // Names of models are letters and digits alone.
    const name = textOf(properties, 'Name') ?? generateName(128).replace(/[^A-Za-z0-9]/g, '')
    operations.CreateModel(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        name,
        contentType: textOf(properties, 'ContentType') ?? 'application/json',
        description: textOf(properties, 'Description'),
        schema: schemaOf(properties.Schema),
      },
      { scope },
    )
    return { physicalId: name, attributes: {} }
  },

  update: ({ scope, properties }, previous) => {
    if (changesAny(previous.properties, properties, ['RestApiId', 'Name', 'ContentType'])) return 'replace'
    operations.UpdateModel(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        modelName: previous.physicalId,
        patchOperations: [
          replace('/description', textOf(properties, 'Description')),
          replace('/schema', schemaOf(properties.Schema)),
        ],
      },
      { scope },
    )
    return { physicalId: previous.physicalId, attributes: {} }
  },

  delete: (scope, { physicalId }, properties) => {
    deleteIfThere(() =>
      operations.DeleteModel(
        { restApiId: textOf(properties, 'RestApiId'), modelName: physicalId },
        { scope },
      ),
    )
  },
})
