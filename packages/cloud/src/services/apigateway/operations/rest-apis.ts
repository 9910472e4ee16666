import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, limitExceeded, requireEnum } from '../errors.ts'
import { MAX_REGIONAL_APIS } from '../limits.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, isTrue, type PatchRule, plainErrors, withMember } from '../patch.ts'
import type { RestApiRecord } from '../records.ts'
import { refuseOthers, unsupported } from '../support.ts'
import { requireTags } from './tags.ts'

const SUPPORTED = [
  'name',
  'description',
  'version',
  'binaryMediaTypes',
  'apiKeySource',
  'endpointConfiguration',
  'tags',
  'disableExecuteApiEndpoint',
]

export const toRestApi = (record: RestApiRecord): Sdk.RestApi => ({
  id: record.id,
  name: record.name,
  description: record.description,
  version: record.version,
  createdDate: new Date(record.createdDate),
  ...(record.binaryMediaTypes.length > 0 && { binaryMediaTypes: [...record.binaryMediaTypes] }),
  apiKeySource: 'HEADER',
  endpointConfiguration: { types: [record.endpointType], ipAddressType: record.ipAddressType },
  disableExecuteApiEndpoint: record.disableExecuteApiEndpoint,
  rootResourceId: record.rootResourceId,
  ...(record.tags && { tags: { ...record.tags } }),
})

const endpointTypeOf = (operation: string, types: readonly string[] | undefined): 'EDGE' | 'REGIONAL' => {
  const type = types?.[0] ?? 'EDGE'
  requireEnum('createRestApiInput.endpointConfiguration.types', type, ['REGIONAL', 'EDGE', 'PRIVATE'])
  if (types && types.length > 1) throw badRequest('Only one endpoint type can be specified')
  if (type === 'PRIVATE') throw unsupported(operation, 'endpointConfiguration.types PRIVATE')
  return type as 'EDGE' | 'REGIONAL'
}

const requireHeaderKeySource = (operation: string, source: string | undefined): void => {
  requireEnum('createRestApiInput.apiKeySource', source, ['HEADER', 'AUTHORIZER'])
  if (source === 'AUTHORIZER') throw unsupported(operation, 'apiKeySource AUTHORIZER')
}

const without = (values: readonly string[], value: string | undefined): string[] =>
  values.filter(each => each !== value)

const RULES: ReadonlyArray<PatchRule<RestApiRecord>> = [
  {
    path: '/name',
    replace: (api, value) => {
      if (!value) throw badRequest('API name must be specified')
      return { ...api, name: value }
    },
  },
  { path: '/description', replace: (api, value) => withMember(api, 'description', value || undefined) },
  { path: '/version', replace: (api, value) => withMember(api, 'version', value || undefined) },
  {
    path: '/disableExecuteApiEndpoint',
    replace: (api, value) => ({ ...api, disableExecuteApiEndpoint: isTrue(value) }),
  },
  {
    path: '/apiKeySource',
    replace: (api, value) => {
      requireHeaderKeySource('UpdateRestApi', value)
      return api
    },
  },
  {
    path: '/binaryMediaTypes/{type}',
    add: (api, _value, [type = '']) => ({
      ...api,
      binaryMediaTypes: [...without(api.binaryMediaTypes, type), type],
    }),
    replace: (api, value, [type]) => ({
      ...api,
      binaryMediaTypes: [...without(api.binaryMediaTypes, type), value ?? ''],
    }),
    remove: (api, _value, [type]) => ({ ...api, binaryMediaTypes: without(api.binaryMediaTypes, type) }),
  },
  {
    path: '/endpointConfiguration/types/{type}',
    replace: (api, value) => ({
      ...api,
      endpointType: endpointTypeOf('UpdateRestApi', value === undefined ? undefined : [value]),
    }),
  },
  {
    path: '/endpointConfiguration/ipAddressType',
    replace: (api, value) => {
      requireEnum('updateRestApiInput.endpointConfiguration.ipAddressType', value, ['ipv4', 'dualstack'])
      return { ...api, ipAddressType: value === 'dualstack' ? 'dualstack' : 'ipv4' }
    },
  },
]

export const createRestApiListing = ({ repository }: ControlPlane) => ({
  GetRestApis: (input: Sdk.GetRestApisCommandInput, { scope }: ScopeContext): Sdk.RestApis => {
    const page = paginate(repository.apis(scope), input)
    return { ...page, items: page.items.map(toRestApi) }
  },
})

export const createRestApiOperations = ({ repository, subscriptions, clock }: ControlPlane) =>
  ({
    CreateRestApi: (input, { scope }) => {
      refuseOthers('CreateRestApi', input, SUPPORTED)
      if (!input.name) throw badRequest('API name must be specified')
      if (input.description === '') throw badRequest('Description cannot be an empty string')
      requireHeaderKeySource('CreateRestApi', input.apiKeySource)
      const endpoint = input.endpointConfiguration
      refuseOthers('CreateRestApi endpointConfiguration', endpoint ?? {}, ['types', 'ipAddressType'])
      requireTags(input.tags)
      if (repository.apis(scope).length >= MAX_REGIONAL_APIS) {
        throw limitExceeded('Maximum number of Rest APIs for this account has been reached')
      }
      const record: RestApiRecord = {
        id: lowerAlphanumeric(10),
        name: input.name,
        ...(input.description !== undefined && { description: input.description }),
        ...(input.version !== undefined && { version: input.version }),
        createdDate: clock.now(),
        binaryMediaTypes: input.binaryMediaTypes ?? [],
        endpointType: endpointTypeOf('CreateRestApi', endpoint?.types),
        ipAddressType: endpoint?.ipAddressType ?? 'ipv4',
        disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
        rootResourceId: lowerAlphanumeric(10),
        ...(input.tags && Object.keys(input.tags).length > 0 && { tags: input.tags }),
      }
      repository.resources.put(scope, record.rootResourceId, {
        apiId: record.id,
        id: record.rootResourceId,
        path: '/',
        methods: {},
      })
      putDefaultModels(repository, scope, record.id)
      repository.putApi(scope, record)
      return toRestApi(record)
    },

    GetRestApi: ({ restApiId }, { scope }) => toRestApi(repository.api(scope, restApiId)),

    UpdateRestApi: ({ restApiId, patchOperations }, { scope }) => {
      const record = repository.api(scope, restApiId)
      const updated = applyPatch(record, patchOperations, RULES, plainErrors, 'updateRestApiInput')
      repository.putApi(scope, updated)
      return { ...toRestApi(updated), tags: { ...updated.tags } }
    },

    DeleteRestApi: ({ restApiId = '' }, { scope }) => {
      repository.api(scope, restApiId)
      repository.deleteApi(scope, restApiId)
      subscriptions.forgetStage(scope, restApiId, undefined)
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>

/** AWS gives every API two models to start with. */
const putDefaultModels = (
  repository: ControlPlane['repository'],
  scope: ScopeContext['scope'],
  apiId: string,
): void => {
  for (const [name, description, title, rest] of [
    ['Empty', 'This is a default empty schema model', 'Empty Schema', {}],
    [
      'Error',
      'This is a default error schema model',
      'Error Schema',
      { properties: { message: { type: 'string' } } },
    ],
  ] as const) {
    repository.models.put(scope, name, {
      apiId,
      id: lowerAlphanumeric(6),
      name,
      description,
      contentType: 'application/json',
      schema: JSON.stringify(
        { $schema: 'http://json-schema.org/draft-04/schema#', title, type: 'object', ...rest },
        null,
        2,
      ),
    })
  }
}
