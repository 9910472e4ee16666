import type * as Sdk from '@aws-sdk/client-api-gateway'
import { notImplemented, type Operations } from '@sonde/wire'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, invalidIntegration, invalidStatusCode, requireStatusCode } from '../errors.ts'
import { applyPatch, type PatchRule, plainErrors, withEntry, withMember } from '../patch.ts'
import type { IntegrationRecord, IntegrationResponseRecord, MethodRecord } from '../records.ts'
import { usesVelocity } from '../substitution.ts'
import { refuseOthers } from '../support.ts'
import { integrationOf, toIntegrationResponse } from './integrations.ts'

const SUPPORTED = [
  'restApiId',
  'resourceId',
  'httpMethod',
  'statusCode',
  'selectionPattern',
  'responseParameters',
  'responseTemplates',
]

const LITERAL = /^'[^']*'$/

const invalidMapping = (detail: string) =>
  badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${detail}]`)

/**
 * Checks an integration response against its method and against what we serve: plain texts as templates and
 * parameters.
 */
const requireValid = (
  method: MethodRecord,
  response: IntegrationResponseRecord,
): IntegrationResponseRecord => {
  const methodResponse = method.methodResponses?.[response.statusCode]
  if (!methodResponse) throw invalidStatusCode()
  for (const [target, source] of Object.entries(response.responseParameters ?? {})) {
    if (methodResponse.responseParameters?.[target] === undefined) {
      throw invalidMapping(`Invalid mapping expression parameter specified: ${target}`)
    }
    if (LITERAL.test(source)) continue
    if (/^(integration\.response\.(header|body)|context|stageVariables)\b/.test(source)) {
      throw notImplemented(`The response parameter ${target} mapped from ${source}`)
    }
    throw invalidMapping(`Invalid mapping expression specified: ${source}`)
  }
  for (const [contentType, template] of Object.entries(response.responseTemplates ?? {})) {
    if (usesVelocity(template)) {
      throw notImplemented(`Velocity in the ${contentType} response template of an integration`)
    }
  }
  if (response.selectionPattern) requirePattern(response.selectionPattern)
  return response
}

const requirePattern = (pattern: string): void => {
  try {
    new RegExp(pattern)
  } catch {
    throw badRequest(`Invalid selection pattern specified: ${pattern}`)
  }
}

const RULES: ReadonlyArray<PatchRule<IntegrationResponseRecord>> = [
  {
    path: '/selectionPattern',
    replace: (response, value) => withMember(response, 'selectionPattern', value),
  },
  {
    path: '/responseParameters/{name}',
    add: (response, value, [name = '']) => setParameter(response, name, value ?? ''),
    replace: (response, value, [name = '']) => setParameter(response, name, value ?? ''),
    remove: (response, _value, [name = '']) => setParameter(response, name, undefined),
  },
  {
    path: '/responseTemplates/{contentType}',
    add: (response, value, [type = '']) => setTemplate(response, type, value ?? ''),
    replace: (response, value, [type = '']) => setTemplate(response, type, value ?? ''),
    remove: (response, _value, [type = '']) => setTemplate(response, type, undefined),
  },
]

const setParameter = (response: IntegrationResponseRecord, name: string, value: string | undefined) =>
  withMember(response, 'responseParameters', withEntry(response.responseParameters, name, value))

const setTemplate = (response: IntegrationResponseRecord, type: string, value: string | undefined) =>
  withMember(response, 'responseTemplates', withEntry(response.responseTemplates, type, value))

const responseOf = (
  integration: IntegrationRecord,
  statusCode: string | undefined,
): IntegrationResponseRecord => {
  const response = integration.integrationResponses?.[requireStatusCode(statusCode)]
  if (!response) throw invalidStatusCode()
  return response
}

const withResponse = (
  method: MethodRecord,
  statusCode: string,
  response: IntegrationResponseRecord | undefined,
): MethodRecord => {
  const integration = integrationOf(method)
  const responses = withEntry(integration.integrationResponses, statusCode, response)
  const all = Object.keys(responses).length > 0 ? responses : undefined
  return { ...method, methodIntegration: withMember(integration, 'integrationResponses', all) }
}

export const createIntegrationResponseOperations = ({ repository }: ControlPlane) =>
  ({
    PutIntegrationResponse: (input, { scope }) => {
      const statusCode = requireStatusCode(input.statusCode)
      const { resource, method } = repository.method(
        scope,
        input.restApiId,
        input.resourceId,
        input.httpMethod,
      )
      integrationOf(method)
      refuseOthers('PutIntegrationResponse', input, SUPPORTED)
      const response = requireValid(method, {
        statusCode,
        ...(input.selectionPattern !== undefined && { selectionPattern: input.selectionPattern }),
        ...(input.responseParameters && { responseParameters: input.responseParameters }),
        ...(input.responseTemplates && { responseTemplates: input.responseTemplates }),
      })
      repository.putMethod(scope, resource, withResponse(method, statusCode, response))
      return toIntegrationResponse(response)
    },

    GetIntegrationResponse: ({ restApiId, resourceId, httpMethod, statusCode }, { scope }) => {
      requireStatusCode(statusCode)
      const { method } = repository.method(scope, restApiId, resourceId, httpMethod)
      return toIntegrationResponse(responseOf(integrationOf(method), statusCode))
    },

    UpdateIntegrationResponse: (input, { scope }) => {
      const { resource, method } = repository.method(
        scope,
        input.restApiId,
        input.resourceId,
        input.httpMethod,
      )
      const response = responseOf(integrationOf(method), input.statusCode)
      const updated = requireValid(
        method,
        applyPatch(response, input.patchOperations, RULES, plainErrors, 'updateIntegrationResponseInput'),
      )
      repository.putMethod(scope, resource, withResponse(method, response.statusCode, updated))
      return toIntegrationResponse(updated)
    },

    DeleteIntegrationResponse: ({ restApiId, resourceId, httpMethod, statusCode }, { scope }) => {
      const resource = repository.resource(scope, restApiId, resourceId)
      const method = resource.methods[httpMethod ?? '']
      // AWS names the integration here even where the method is missing.
      if (!method) throw invalidIntegration()
      const response = responseOf(integrationOf(method), statusCode)
      repository.putMethod(scope, resource, withResponse(method, response.statusCode, undefined))
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
