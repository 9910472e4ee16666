import type * as Sdk from '@aws-sdk/client-api-gateway'
import { notImplemented, type Operations } from '@sonde/wire'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, invalidIntegration, requireEnum } from '../errors.ts'
import { functionArnOf } from '../integration-uri.ts'
import { MAX_INTEGRATION_TIMEOUT, MIN_INTEGRATION_TIMEOUT } from '../limits.ts'
import { applyPatch, type PatchRule, plainErrors, withEntry, withMember } from '../patch.ts'
import type {
  IntegrationRecord,
  IntegrationResponseRecord,
  MethodRecord,
  PassthroughBehavior,
} from '../records.ts'
import { usesVelocity } from '../substitution.ts'
import { refuseOthers, unsupported } from '../support.ts'

const TYPES = ['HTTP', 'MOCK', 'AWS_PROXY', 'HTTP_PROXY', 'AWS']
const VERBS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']
const PASSTHROUGH = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']
const SUPPORTED = [
  'restApiId',
  'resourceId',
  'httpMethod',
  'type',
  'integrationHttpMethod',
  'uri',
  'requestTemplates',
  'passthroughBehavior',
  'timeoutInMillis',
  'cacheNamespace',
]

export const toIntegrationResponse = (record: IntegrationResponseRecord): Sdk.IntegrationResponse => ({
  statusCode: record.statusCode,
  selectionPattern: record.selectionPattern,
  ...(record.responseParameters && { responseParameters: { ...record.responseParameters } }),
  ...(record.responseTemplates && { responseTemplates: { ...record.responseTemplates } }),
})

export const toIntegration = (record: IntegrationRecord): Sdk.Integration => ({
  type: record.type,
  httpMethod: record.httpMethod,
  uri: record.uri,
  ...(record.requestTemplates && { requestTemplates: { ...record.requestTemplates } }),
  passthroughBehavior: record.passthroughBehavior,
  timeoutInMillis: record.timeoutInMillis,
  cacheNamespace: record.cacheNamespace,
  cacheKeyParameters: [],
  ...(record.integrationResponses && {
    integrationResponses: Object.fromEntries(
      Object.entries(record.integrationResponses).map(([status, response]) => [
        status,
        toIntegrationResponse(response),
      ]),
    ),
  }),
})

const requireType = (type: string | undefined): IntegrationRecord['type'] => {
  requireEnum('putIntegrationInput.type', type, TYPES)
  if (type === 'AWS_PROXY' || type === 'MOCK') return type
  throw unsupported('PutIntegration', `type ${type}`)
}

const requireTimeout = (timeout: number | undefined): number => {
  const milliseconds = timeout ?? MAX_INTEGRATION_TIMEOUT
  if (
    Number.isInteger(milliseconds) &&
    milliseconds >= MIN_INTEGRATION_TIMEOUT &&
    milliseconds <= MAX_INTEGRATION_TIMEOUT
  ) {
    return milliseconds
  }
  throw badRequest(
    `Timeout should be between ${MIN_INTEGRATION_TIMEOUT} ms and ${MAX_INTEGRATION_TIMEOUT} ms`,
  )
}

const requirePassthrough = (behavior: string | undefined): PassthroughBehavior => {
  const value = behavior ?? 'WHEN_NO_MATCH'
  if (PASSTHROUGH.includes(value)) return value as PassthroughBehavior
  throw badRequest(`Invalid passthrough behavior specified. Must be one of: [${PASSTHROUGH.join(', ')}]`)
}

/** Templates of a MOCK are its answer; AWS_PROXY has no use for them, in AWS too. */
const requirePlainTemplates = (
  type: IntegrationRecord['type'],
  templates: Readonly<Record<string, string>> | undefined,
): void => {
  for (const [contentType, template] of Object.entries(templates ?? {})) {
    if (type === 'MOCK' && usesVelocity(template)) {
      throw notImplemented(`Velocity in the ${contentType} request template of a MOCK integration`)
    }
  }
}

/** Checks what both PutIntegration and UpdateIntegration may set. */
const requireValid = (integration: IntegrationRecord): IntegrationRecord => {
  if (integration.type === 'AWS_PROXY') {
    if (!integration.httpMethod) throw badRequest('Enumeration value for HttpMethod must be non-empty')
    functionArnOf(integration.uri)
  }
  if (integration.httpMethod && !VERBS.includes(integration.httpMethod)) {
    throw badRequest(`Invalid HttpMethod specified. Valid options are ${VERBS.join(',')}`)
  }
  requirePlainTemplates(integration.type, integration.requestTemplates)
  return integration
}

const RULES: ReadonlyArray<PatchRule<IntegrationRecord>> = [
  { path: '/uri', replace: (integration, value) => withMember(integration, 'uri', value) },
  { path: '/httpMethod', replace: (integration, value) => withMember(integration, 'httpMethod', value) },
  {
    path: '/timeoutInMillis',
    replace: (integration, value) => ({ ...integration, timeoutInMillis: requireTimeout(Number(value)) }),
  },
  {
    path: '/passthroughBehavior',
    replace: (integration, value) => ({ ...integration, passthroughBehavior: requirePassthrough(value) }),
  },
  {
    path: '/cacheNamespace',
    replace: (integration, value) => ({ ...integration, cacheNamespace: value ?? '' }),
  },
  {
    path: '/requestTemplates/{contentType}',
    add: (integration, value, [type = '']) => setTemplate(integration, type, value ?? ''),
    replace: (integration, value, [type = '']) => setTemplate(integration, type, value ?? ''),
    remove: (integration, _value, [type = '']) => setTemplate(integration, type, undefined),
  },
]

const setTemplate = (integration: IntegrationRecord, type: string, template: string | undefined) =>
  withMember(integration, 'requestTemplates', withEntry(integration.requestTemplates, type, template))

/** @throws ServiceError `NotFoundException` where the method has no integration */
export const integrationOf = (method: MethodRecord): IntegrationRecord => {
  if (!method.methodIntegration) throw invalidIntegration()
  return method.methodIntegration
}

export const createIntegrationOperations = ({ repository }: ControlPlane) =>
  ({
    PutIntegration: (input, { scope }) => {
      const type = requireType(input.type)
      const { resource, method } = repository.method(
        scope,
        input.restApiId,
        input.resourceId,
        input.httpMethod,
      )
      if (input.connectionType === 'VPC_LINK') throw unsupported('PutIntegration', 'connectionType VPC_LINK')
      if (input.responseTransferMode === 'STREAM') {
        throw unsupported('PutIntegration', 'responseTransferMode STREAM')
      }
      refuseOthers('PutIntegration', input, [...SUPPORTED, 'connectionType', 'responseTransferMode'])
      const integration = requireValid({
        type,
        ...(input.integrationHttpMethod && { httpMethod: input.integrationHttpMethod }),
        ...(input.uri && { uri: input.uri }),
        ...(input.requestTemplates && { requestTemplates: input.requestTemplates }),
        passthroughBehavior: requirePassthrough(input.passthroughBehavior),
        timeoutInMillis: requireTimeout(input.timeoutInMillis),
        cacheNamespace: input.cacheNamespace ?? resource.id,
      })
      repository.putMethod(scope, resource, { ...method, methodIntegration: integration })
      return toIntegration(integration)
    },

    GetIntegration: ({ restApiId, resourceId, httpMethod }, { scope }) =>
      toIntegration(integrationOf(repository.method(scope, restApiId, resourceId, httpMethod).method)),

    UpdateIntegration: (input, { scope }) => {
      const { resource, method } = repository.method(
        scope,
        input.restApiId,
        input.resourceId,
        input.httpMethod,
      )
      const updated = requireValid(
        applyPatch(
          integrationOf(method),
          input.patchOperations,
          RULES,
          plainErrors,
          'updateIntegrationInput',
        ),
      )
      repository.putMethod(scope, resource, { ...method, methodIntegration: updated })
      return toIntegration(updated)
    },

    DeleteIntegration: ({ restApiId, resourceId, httpMethod }, { scope }) => {
      const { resource, method } = repository.method(scope, restApiId, resourceId, httpMethod)
      integrationOf(method)
      repository.putMethod(scope, resource, withMember(method, 'methodIntegration', undefined))
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
