import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, invalidMethod, notFound } from '../errors.ts'
import { applyPatch, isTrue, type PatchRule, plainErrors, withEntry, withMember } from '../patch.ts'
import type { MethodRecord, MethodResponseRecord } from '../records.ts'
import type { Repository } from '../repository.ts'
import { refuseOthers, unsupported } from '../support.ts'
import { toIntegration } from './integrations.ts'

const VERBS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']
const SUPPORTED = [
  'restApiId',
  'resourceId',
  'httpMethod',
  'authorizationType',
  'apiKeyRequired',
  'operationName',
  'requestParameters',
  'requestModels',
  'requestValidatorId',
]
const PARAMETER = /^method\.request\.(path|querystring|header)\.([^\s]+)$/

export const toMethodResponse = (record: MethodResponseRecord): Sdk.MethodResponse => ({
  statusCode: record.statusCode,
  ...(record.responseParameters && { responseParameters: { ...record.responseParameters } }),
  ...(record.responseModels && { responseModels: { ...record.responseModels } }),
})

export const toMethod = (record: MethodRecord): Sdk.Method => ({
  httpMethod: record.httpMethod,
  authorizationType: record.authorizationType,
  apiKeyRequired: record.apiKeyRequired,
  operationName: record.operationName,
  requestValidatorId: record.requestValidatorId,
  ...(record.requestParameters && { requestParameters: { ...record.requestParameters } }),
  ...(record.requestModels && { requestModels: { ...record.requestModels } }),
  ...(record.methodResponses && {
    methodResponses: Object.fromEntries(
      Object.entries(record.methodResponses).map(([status, response]) => [
        status,
        toMethodResponse(response),
      ]),
    ),
  }),
  ...(record.methodIntegration && { methodIntegration: toIntegration(record.methodIntegration) }),
})

/** Refuses all authorization but none: who is asked for must not be let in unasked. */
const requireNoAuthorization = (operation: string, type: string | undefined): void => {
  if (type === 'NONE') return
  if (type === 'AWS_IAM' || type === 'CUSTOM' || type === 'COGNITO_USER_POOLS') {
    throw unsupported(operation, `authorizationType ${type}`)
  }
  throw badRequest(
    'Invalid authorization type specified. Must be one of: [NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS]',
  )
}

const requireParameters = (parameters: Readonly<Record<string, boolean>> | undefined): void => {
  const names = new Set<string>()
  for (const parameter of Object.keys(parameters ?? {})) {
    const name = PARAMETER.exec(parameter)?.[2]
    if (name === undefined) {
      throw badRequest(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${parameter}]`,
      )
    }
    if (names.has(name)) {
      throw badRequest('Parameter names must be unique across querystring, header and path')
    }
    names.add(name)
  }
}

const requireModels = (
  repository: Repository,
  scope: Scope,
  apiId: string,
  models: Readonly<Record<string, string>> | undefined,
): void => {
  for (const name of Object.values(models ?? {})) {
    if (!repository.models.get(scope, apiId, name)) {
      throw badRequest(`Invalid model identifier specified: ${name}`)
    }
  }
}

const requireValidator = (
  repository: Repository,
  scope: Scope,
  apiId: string,
  id: string | undefined,
): void => {
  if (id && !repository.requestValidators.get(scope, apiId, id)) {
    throw badRequest('Invalid Request Validator identifier specified')
  }
}

const RULES: ReadonlyArray<PatchRule<MethodRecord>> = [
  {
    path: '/authorizationType',
    replace: (method, value) => {
      requireNoAuthorization('UpdateMethod', value)
      return method
    },
  },
  {
    path: '/apiKeyRequired',
    replace: (method, value) => ({ ...method, apiKeyRequired: isTrue(value) }),
  },
  {
    path: '/operationName',
    replace: (method, value) => withMember(method, 'operationName', value || undefined),
  },
  {
    path: '/requestValidatorId',
    replace: (method, value) => withMember(method, 'requestValidatorId', value || undefined),
  },
  {
    path: '/requestParameters/{name}',
    add: (method, value, [name = '']) => setParameter(method, name, isTrue(value)),
    replace: (method, value, [name = '']) => setParameter(method, name, isTrue(value)),
    remove: (method, _value, [name = '']) => {
      if (method.requestParameters?.[name] === undefined) throw notFound('Invalid parameter name specified')
      return setParameter(method, name, undefined)
    },
  },
  {
    path: '/requestModels/{contentType}',
    add: (method, value, [type = '']) => setModel(method, type, value),
    replace: (method, value, [type = '']) => setModel(method, type, value),
    remove: (method, _value, [type = '']) => {
      if (!method.requestModels?.[type]) throw notFound('Content-Type specified was not found')
      return setModel(method, type, undefined)
    },
  },
]

const setParameter = (method: MethodRecord, name: string, required: boolean | undefined): MethodRecord =>
  withMember(method, 'requestParameters', emptyToNone(withEntry(method.requestParameters, name, required)))

const setModel = (method: MethodRecord, contentType: string, model: string | undefined): MethodRecord =>
  withMember(method, 'requestModels', emptyToNone(withEntry(method.requestModels, contentType, model)))

const emptyToNone = <T extends object>(map: T): T | undefined =>
  Object.keys(map).length > 0 ? map : undefined

export const createMethodOperations = ({ repository }: ControlPlane) =>
  ({
    PutMethod: (input, { scope }) => {
      const { restApiId = '', httpMethod = '', requestParameters, requestModels, requestValidatorId } = input
      const resource = repository.resource(scope, restApiId, input.resourceId)
      refuseOthers('PutMethod', input, SUPPORTED)
      if (!VERBS.includes(httpMethod)) {
        throw badRequest(`Invalid HttpMethod specified. Valid options are ${VERBS.join(',')}`)
      }
      requireNoAuthorization('PutMethod', input.authorizationType)
      if (resource.methods[httpMethod]) throw conflict('Method already exists for this resource')
      requireParameters(requestParameters)
      requireModels(repository, scope, restApiId, requestModels)
      requireValidator(repository, scope, restApiId, requestValidatorId)
      const method: MethodRecord = {
        httpMethod,
        authorizationType: 'NONE',
        apiKeyRequired: input.apiKeyRequired ?? false,
        ...(input.operationName && { operationName: input.operationName }),
        ...(requestParameters && { requestParameters }),
        ...(requestModels && { requestModels }),
        ...(requestValidatorId && { requestValidatorId }),
      }
      repository.putMethod(scope, resource, method)
      return toMethod(method)
    },

    GetMethod: ({ restApiId, resourceId, httpMethod }, { scope }) =>
      toMethod(repository.method(scope, restApiId, resourceId, httpMethod).method),

    UpdateMethod: ({ restApiId = '', resourceId, httpMethod, patchOperations }, { scope }) => {
      const { resource, method } = repository.method(scope, restApiId, resourceId, httpMethod)
      const updated = applyPatch(method, patchOperations, RULES, plainErrors, 'updateMethodInput')
      requireParameters(updated.requestParameters)
      requireModels(repository, scope, restApiId, updated.requestModels)
      requireValidator(repository, scope, restApiId, updated.requestValidatorId)
      repository.putMethod(scope, resource, updated)
      return toMethod(updated)
    },

    DeleteMethod: ({ restApiId, resourceId, httpMethod = '' }, { scope }) => {
      const resource = repository.resource(scope, restApiId, resourceId)
      if (!resource.methods[httpMethod]) throw invalidMethod()
      repository.resources.put(scope, resource.id, {
        ...resource,
        methods: withEntry(resource.methods, httpMethod, undefined),
      })
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
