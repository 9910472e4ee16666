import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, invalidStatusCode, notFound, requireStatusCode } from '../errors.ts'
import { applyPatch, isTrue, type PatchRule, plainErrors, withEntry, withMember } from '../patch.ts'
import type { MethodRecord, MethodResponseRecord } from '../records.ts'
import { toMethodResponse } from './methods.ts'

const requireHeaders = (parameters: Readonly<Record<string, boolean>> | undefined): void => {
  for (const name of Object.keys(parameters ?? {})) {
    if (!/^method\.response\.header\.[^\s.]+$/.test(name)) {
      throw badRequest(
        `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${name}]`,
      )
    }
  }
}

const setParameter = (response: MethodResponseRecord, name: string, value: boolean | undefined) =>
  withMember(response, 'responseParameters', withEntry(response.responseParameters, name, value))

const setModel = (response: MethodResponseRecord, type: string, model: string | undefined) =>
  withMember(response, 'responseModels', withEntry(response.responseModels, type, model))

const RULES: ReadonlyArray<PatchRule<MethodResponseRecord>> = [
  {
    path: '/responseParameters/{name}',
    add: (response, value, [name = '']) => setParameter(response, name, isTrue(value)),
    replace: (response, value, [name = '']) => {
      if (response.responseParameters?.[name] === undefined) {
        throw notFound('Invalid parameter name specified')
      }
      return setParameter(response, name, isTrue(value))
    },
    remove: (response, _value, [name = '']) => {
      if (response.responseParameters?.[name] === undefined) {
        throw notFound('Invalid parameter name specified')
      }
      return setParameter(response, name, undefined)
    },
  },
  {
    path: '/responseModels/{contentType}',
    add: (response, value, [type = '']) => setModel(response, type, value),
    replace: (response, value, [type = '']) => {
      if (response.responseModels?.[type] === undefined) {
        throw notFound('Content-Type specified was not found')
      }
      return setModel(response, type, value)
    },
    remove: (response, _value, [type = '']) => {
      if (response.responseModels?.[type] === undefined) {
        throw notFound('Content-Type specified was not found')
      }
      return setModel(response, type, undefined)
    },
  },
]

const responseOf = (method: MethodRecord, statusCode: string | undefined): MethodResponseRecord => {
  const response = method.methodResponses?.[requireStatusCode(statusCode)]
  if (!response) throw invalidStatusCode()
  return response
}

const withResponse = (
  method: MethodRecord,
  statusCode: string,
  response: MethodResponseRecord | undefined,
): MethodRecord =>
  withMember(method, 'methodResponses', withEntry(method.methodResponses, statusCode, response))

export const createMethodResponseOperations = ({ repository }: ControlPlane) =>
  ({
    PutMethodResponse: (input, { scope }) => {
      const statusCode = requireStatusCode(input.statusCode)
      const { resource, method } = repository.method(
        scope,
        input.restApiId,
        input.resourceId,
        input.httpMethod,
      )
      if (method.methodResponses?.[statusCode]) throw conflict('Response already exists for this resource')
      requireHeaders(input.responseParameters)
      for (const model of Object.values(input.responseModels ?? {})) {
        if (!repository.models.get(scope, input.restApiId, model)) {
          throw badRequest(`Invalid model identifier specified: ${model}`)
        }
      }
      const response: MethodResponseRecord = {
        statusCode,
        ...(input.responseParameters && { responseParameters: input.responseParameters }),
        ...(input.responseModels && { responseModels: input.responseModels }),
      }
      repository.putMethod(scope, resource, withResponse(method, statusCode, response))
      return toMethodResponse(response)
    },

    GetMethodResponse: ({ restApiId, resourceId, httpMethod, statusCode }, { scope }) =>
      toMethodResponse(
        responseOf(repository.method(scope, restApiId, resourceId, httpMethod).method, statusCode),
      ),

    UpdateMethodResponse: (input, { scope }) => {
      const { resource, method } = repository.method(
        scope,
        input.restApiId,
        input.resourceId,
        input.httpMethod,
      )
      const response = responseOf(method, input.statusCode)
      const updated = applyPatch(
        response,
        input.patchOperations,
        RULES,
        plainErrors,
        'updateMethodResponseInput',
      )
      requireHeaders(updated.responseParameters)
      repository.putMethod(scope, resource, withResponse(method, response.statusCode, updated))
      return toMethodResponse(updated)
    },

    DeleteMethodResponse: ({ restApiId, resourceId, httpMethod, statusCode }, { scope }) => {
      const { resource, method } = repository.method(scope, restApiId, resourceId, httpMethod)
      const response = responseOf(method, statusCode)
      repository.putMethod(scope, resource, withResponse(method, response.statusCode, undefined))
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
