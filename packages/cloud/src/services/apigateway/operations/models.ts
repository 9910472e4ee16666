import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, invalidModel } from '../errors.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, listingErrors, type PatchRule, withMember } from '../patch.ts'
import type { ModelRecord } from '../records.ts'
import { unsupported } from '../support.ts'
import { checkSchema } from '../validation/check-schema.ts'

const toModel = ({ apiId: _, ...record }: ModelRecord): Sdk.Model => record

/** @throws ServiceError `BadRequestException` for what is no schema, 501 for keywords that we do not validate */
const requireSchema = (contentType: string, schema: string | undefined): string => {
  if (!schema || /^\s*(\{\s*\}|null)?\s*$/.test(schema)) {
    throw badRequest('Model schema must have at least 1 property or array items defined')
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(schema)
  } catch {
    throw badRequest(
      'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]',
    )
  }
  if (contentType === 'application/json') checkSchema(parsed)
  return schema
}

const RULES: ReadonlyArray<PatchRule<ModelRecord>> = [
  { path: '/description', replace: (model, value) => withMember(model, 'description', value || undefined) },
  {
    path: '/schema',
    replace: (model, value) => ({ ...model, schema: requireSchema(model.contentType, value) }),
  },
]

export const createModelOperations = ({ repository }: ControlPlane) => {
  const modelOf = (scope: Scope, apiId: string | undefined, name: string | undefined): ModelRecord => {
    const model = repository.models.get(scope, apiId, name)
    if (!model) throw invalidModel(name)
    return model
  }

  /** @throws ServiceError `ConflictException` while a method's requests are checked against the model */
  const requireUnused = (scope: Scope, { apiId, name }: ModelRecord): void => {
    for (const { path, methods } of repository.resources.list(scope, apiId)) {
      for (const { httpMethod, requestModels } of Object.values(methods)) {
        if (!Object.values(requestModels ?? {}).includes(name)) continue
        throw conflict(
          `Cannot delete model '${name}', is referenced in method request: ${path}/${httpMethod}`,
        )
      }
    }
  }

  return {
    CreateModel: ({ restApiId, name, description, contentType = '', schema }, { scope }) => {
      const api = repository.api(scope, restApiId)
      if (!name) throw badRequest('Model name must be non-empty')
      if (!/^[a-zA-Z0-9]+$/.test(name)) throw badRequest('Model name must be alphanumeric')
      if (repository.models.get(scope, api.id, name)) {
        throw conflict('Model name already exists for this REST API')
      }
      const record: ModelRecord = {
        apiId: api.id,
        id: lowerAlphanumeric(6),
        name,
        ...(description && { description }),
        contentType,
        schema: requireSchema(contentType, schema),
      }
      repository.models.put(scope, name, record)
      return toModel(record)
    },

    GetModel: ({ restApiId, modelName, flatten }, { scope }) => {
      if (flatten) throw unsupported('GetModel', 'flatten')
      return toModel(modelOf(scope, restApiId, modelName))
    },

    GetModels: ({ restApiId, ...page }, { scope }) => {
      const api = repository.api(scope, restApiId)
      const { items, position } = paginate(repository.models.list(scope, api.id), page)
      return { items: items.map(toModel), position }
    },

    UpdateModel: ({ restApiId, modelName, patchOperations }, { scope }) => {
      const record = modelOf(scope, restApiId, modelName)
      const updated = applyPatch(record, patchOperations, RULES, listingErrors, 'updateModelInput')
      repository.models.put(scope, record.name, updated)
      return toModel(updated)
    },

    DeleteModel: ({ restApiId, modelName }, { scope }) => {
      const record = modelOf(scope, restApiId, modelName)
      requireUnused(scope, record)
      repository.models.delete(scope, record.apiId, record.name)
      return {}
    },
  } satisfies Operations<typeof Sdk, ScopeContext>
}
