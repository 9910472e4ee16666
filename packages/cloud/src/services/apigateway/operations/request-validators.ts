import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, invalidValidator } from '../errors.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, isTrue, listingErrors, type PatchRule } from '../patch.ts'
import type { RequestValidatorRecord } from '../records.ts'

const toValidator = ({ apiId: _, ...record }: RequestValidatorRecord): Sdk.RequestValidator => record

const RULES: ReadonlyArray<PatchRule<RequestValidatorRecord>> = [
  {
    path: '/name',
    replace: (validator, value) => {
      if (!value) throw badRequest('Request Validator name cannot be blank')
      return { ...validator, name: value }
    },
  },
  {
    path: '/validateRequestParameters',
    replace: (validator, value) => ({ ...validator, validateRequestParameters: isTrue(value) }),
  },
  {
    path: '/validateRequestBody',
    replace: (validator, value) => ({ ...validator, validateRequestBody: isTrue(value) }),
  },
]

export const createRequestValidatorOperations = ({ repository }: ControlPlane) => {
  const validatorOf = (scope: Scope, apiId: string | undefined, id: string | undefined) => {
    const validator = repository.requestValidators.get(scope, apiId, id)
    if (!validator) throw invalidValidator()
    return validator
  }

  return {
    CreateRequestValidator: (input, { scope }) => {
      const { restApiId = '', name } = input
      if (repository.scopeOf(restApiId) === undefined) {
        throw badRequest('Invalid REST API identifier specified')
      }
      const api = repository.api(scope, restApiId)
      const record: RequestValidatorRecord = {
        apiId: api.id,
        id: lowerAlphanumeric(6),
        ...(name && { name }),
        validateRequestBody: input.validateRequestBody ?? false,
        validateRequestParameters: input.validateRequestParameters ?? false,
      }
      repository.requestValidators.put(scope, record.id, record)
      return toValidator(record)
    },

    GetRequestValidator: ({ restApiId, requestValidatorId }, { scope }) =>
      toValidator(validatorOf(scope, restApiId, requestValidatorId)),

    GetRequestValidators: ({ restApiId, ...page }, { scope }) => {
      const api = repository.api(scope, restApiId)
      const { items, position } = paginate(repository.requestValidators.list(scope, api.id), page)
      return { items: items.map(toValidator), position }
    },

    UpdateRequestValidator: ({ restApiId, requestValidatorId, patchOperations }, { scope }) => {
      const record = validatorOf(scope, restApiId, requestValidatorId)
      const updated = applyPatch(record, patchOperations, RULES, listingErrors, 'updateRequestValidatorInput')
      repository.requestValidators.put(scope, record.id, updated)
      return toValidator(updated)
    },

    DeleteRequestValidator: ({ restApiId = '', requestValidatorId }, { scope }) => {
      const record = validatorOf(scope, restApiId, requestValidatorId)
      for (const resource of repository.resources.list(scope, restApiId)) {
        for (const method of Object.values(resource.methods)) {
          if (method.requestValidatorId !== record.id) continue
          throw conflict(
            `Cannot delete request validator '${record.id}', is referenced in method request: ${resource.path}/${method.httpMethod}`,
          )
        }
      }
      repository.requestValidators.delete(scope, restApiId, record.id)
      return {}
    },
  } satisfies Operations<typeof Sdk, ScopeContext>
}
