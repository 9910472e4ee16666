import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, notFound, requireEnum, requireStatusCode } from '../errors.ts'
import { compileResponseTemplate, parseHeaderSource, responseHeaderOf } from '../gateway-response-template.ts'
import {
  DEFAULT_RESPONSE_TEMPLATES,
  GATEWAY_RESPONSE_NAMES,
  type GatewayResponseName,
  gatewayResponseType,
  isGatewayResponseName,
} from '../gateway-response-types.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, type PatchRule, plainErrors, withEntry, withMember } from '../patch.ts'
import type { GatewayResponseRecord } from '../records.ts'

const statusOf = (name: GatewayResponseName): string | undefined =>
  gatewayResponseType(name).status?.toString()

const requireName = (name: string | undefined): GatewayResponseName => {
  requireEnum('responseType', name, GATEWAY_RESPONSE_NAMES)
  if (!isGatewayResponseName(name)) throw badRequest('Invalid gateway response type')
  return name
}

const builtIn = (apiId: string, name: GatewayResponseName): GatewayResponseRecord => {
  const statusCode = statusOf(name)
  return {
    apiId,
    responseType: name,
    ...(statusCode !== undefined && { statusCode }),
    responseParameters: {},
    responseTemplates: DEFAULT_RESPONSE_TEMPLATES,
  }
}

const toGatewayResponse = (
  record: GatewayResponseRecord,
  responseType: GatewayResponseName,
  defaultResponse: boolean,
): Sdk.GatewayResponse => ({
  responseType,
  statusCode: record.statusCode,
  responseParameters: { ...record.responseParameters },
  responseTemplates: { ...record.responseTemplates },
  defaultResponse,
})

const requireValid = (record: GatewayResponseRecord): GatewayResponseRecord => {
  if (record.statusCode !== undefined) requireStatusCode(record.statusCode)
  for (const [parameter, source] of Object.entries(record.responseParameters)) {
    responseHeaderOf(parameter)
    parseHeaderSource(source)
  }
  for (const template of Object.values(record.responseTemplates)) compileResponseTemplate(template)
  return record
}

const setParameter = (record: GatewayResponseRecord, name: string, value: string | undefined) => ({
  ...record,
  responseParameters: withEntry(record.responseParameters, name, value),
})

const setTemplate = (record: GatewayResponseRecord, type: string, value: string | undefined) => ({
  ...record,
  responseTemplates: withEntry(record.responseTemplates, type, value),
})

const requireValue = (value: string | undefined, member: string): string => {
  if (!value) throw badRequest(`Invalid null or empty value in ${member}`)
  return value
}

const RULES: ReadonlyArray<PatchRule<GatewayResponseRecord>> = [
  { path: '/statusCode', replace: (record, value) => withMember(record, 'statusCode', value || undefined) },
  {
    path: '/responseParameters/{name}',
    add: (record, value, [name = '']) =>
      setParameter(record, name, requireValue(value, 'responseParameters')),
    replace: (record, value, [name = '']) => {
      if (record.responseParameters[name] === undefined) throw notFound('Invalid parameter name specified')
      return setParameter(record, name, requireValue(value, 'responseParameters'))
    },
    remove: (record, _value, [name = '']) => setParameter(record, name, undefined),
  },
  {
    path: '/responseTemplates/{contentType}',
    add: (record, value, [type = '']) => setTemplate(record, type, requireValue(value, 'responseTemplates')),
    replace: (record, value, [type = '']) =>
      setTemplate(record, type, requireValue(value, 'responseTemplates')),
    remove: (record, _value, [type = '']) => setTemplate(record, type, undefined),
  },
]

export const createGatewayResponseOperations = ({ repository }: ControlPlane) => {
  const read = (scope: ScopeContext['scope'], apiId: string, name: GatewayResponseName) => {
    const own = repository.gatewayResponses.get(scope, apiId, name)
    if (own) return toGatewayResponse(own, name, false)
    const fallback = (statusOf(name) ?? '').startsWith('4') ? 'DEFAULT_4XX' : 'DEFAULT_5XX'
    const inherited =
      statusOf(name) === undefined ? undefined : repository.gatewayResponses.get(scope, apiId, fallback)
    const status = inherited?.statusCode ?? statusOf(name)
    const record = inherited ?? builtIn(apiId, name)
    return toGatewayResponse(withMember(record, 'statusCode', status), name, true)
  }

  return {
    PutGatewayResponse: ({ restApiId, ...input }, { scope }) => {
      const responseType = requireName(input.responseType)
      const api = repository.api(scope, restApiId)
      const statusCode = input.statusCode ?? statusOf(responseType)
      const record = requireValid({
        apiId: api.id,
        responseType,
        ...(statusCode !== undefined && { statusCode }),
        responseParameters: input.responseParameters ?? {},
        responseTemplates: input.responseTemplates ?? DEFAULT_RESPONSE_TEMPLATES,
      })
      repository.gatewayResponses.put(scope, responseType, record)
      return toGatewayResponse(record, responseType, false)
    },

    GetGatewayResponse: ({ restApiId, responseType }, { scope }) => {
      const name = requireName(responseType)
      return read(scope, repository.api(scope, restApiId).id, name)
    },

    GetGatewayResponses: ({ restApiId, ...page }, { scope }) => {
      const api = repository.api(scope, restApiId)
      const { items, position } = paginate(GATEWAY_RESPONSE_NAMES, page)
      return { items: items.map(name => read(scope, api.id, name)), position }
    },

    UpdateGatewayResponse: ({ restApiId, responseType, patchOperations }, { scope }) => {
      const name = requireName(responseType)
      const api = repository.api(scope, restApiId)
      const record = repository.gatewayResponses.get(scope, api.id, name) ?? builtIn(api.id, name)
      const updated = requireValid(
        applyPatch(record, patchOperations, RULES, gatewayResponseErrors, 'updateGatewayResponseInput'),
      )
      repository.gatewayResponses.put(scope, name, updated)
      return toGatewayResponse(updated, name, false)
    },

    DeleteGatewayResponse: ({ restApiId, responseType }, { scope }) => {
      const name = requireName(responseType)
      const api = repository.api(scope, restApiId)
      if (!repository.gatewayResponses.get(scope, api.id, name)) {
        throw notFound('Gateway response type not defined on api')
      }
      repository.gatewayResponses.delete(scope, api.id, name)
      return {}
    },
  } satisfies Operations<typeof Sdk, ScopeContext>
}

const gatewayResponseErrors = {
  ...plainErrors,
  unsupportedOp: (path: string) => badRequest(`Invalid patch path ${path}`),
}
