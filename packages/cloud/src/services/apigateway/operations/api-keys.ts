import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { alphanumeric, lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { apiStageNotFound, badRequest, conflict, limitExceeded } from '../errors.ts'
import { MAX_API_KEY, MAX_API_KEYS, MIN_API_KEY } from '../limits.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, isTrue, listingErrors, type PatchRule, withMember } from '../patch.ts'
import type { ApiKeyRecord } from '../records.ts'
import { requireTags } from './tags.ts'

/** Characters of a value that API Gateway makes. */
const GENERATED_LENGTH = 40

const toApiKey = (record: ApiKeyRecord, includeValue: boolean | undefined): Sdk.ApiKey => ({
  id: record.id,
  ...(includeValue && { value: record.value }),
  name: record.name,
  customerId: record.customerId,
  description: record.description,
  enabled: record.enabled,
  createdDate: new Date(record.createdDate),
  lastUpdatedDate: new Date(record.lastUpdatedDate),
  stageKeys: [...record.stageKeys],
  ...(record.tags && { tags: { ...record.tags } }),
})

const requireValue = (value: string): string => {
  if (value.length < MIN_API_KEY)
    throw badRequest(`API Key value should be at least ${MIN_API_KEY} characters`)
  if (value.length > MAX_API_KEY)
    throw badRequest(`API Key value should be at most ${MAX_API_KEY} characters`)
  // What no header could carry would be a key that nobody can use.
  if (!/^[\x21-\x7e]+$/.test(value))
    throw badRequest('API Key value should have printable ASCII characters only')
  return value
}

/** A patch of `/stages` names a stage as `apiId/stage`. */
const withoutStage = (key: ApiKeyRecord, stage: string | undefined): string[] =>
  key.stageKeys.filter(each => each !== stage)

const RULES: ReadonlyArray<PatchRule<ApiKeyRecord>> = [
  { path: '/name', replace: (key, value) => withMember(key, 'name', value || undefined) },
  { path: '/description', replace: (key, value) => withMember(key, 'description', value || undefined) },
  { path: '/customerId', replace: (key, value) => withMember(key, 'customerId', value || undefined) },
  { path: '/enabled', replace: (key, value) => ({ ...key, enabled: isTrue(value) }) },
  {
    path: '/stages',
    add: (key, value = '') => ({ ...key, stageKeys: [...withoutStage(key, value), value] }),
    remove: (key, value) => ({ ...key, stageKeys: withoutStage(key, value) }),
  },
]

/** Stage keys have no effect since there are usage plans; a stage that is not there is refused all the same. */
const requireStages = ({ repository }: ControlPlane, scope: Scope, stageKeys: readonly string[]): void => {
  for (const stageKey of stageKeys) {
    const [apiId, stageName] = stageKey.split('/')
    if (!repository.stages.get(scope, apiId, stageName)) throw apiStageNotFound(apiId, stageName)
  }
}

/** What a key is made of; ImportApiKeys makes them by this too. */
export interface ApiKeyInput extends Omit<Sdk.CreateApiKeyRequest, 'generateDistinctId'> {}

/** @throws ServiceError `BadRequestException`, `NotFoundException`, `ConflictException`, `LimitExceededException` */
export const createApiKey = (control: ControlPlane, scope: Scope, input: ApiKeyInput): ApiKeyRecord => {
  const { subscriptions, clock } = control
  const stageKeys = (input.stageKeys ?? []).map(({ restApiId, stageName }) => `${restApiId}/${stageName}`)
  requireStages(control, scope, stageKeys)
  const value = input.value ? requireValue(input.value) : alphanumeric(GENERATED_LENGTH)
  requireTags(input.tags)
  if (subscriptions.keyOfValue(scope, value)) throw conflict('API Key already exists')
  if (subscriptions.keys(scope).length >= MAX_API_KEYS) {
    throw limitExceeded('Maximum number of API Keys for this account has been reached')
  }
  const now = clock.now()
  const record: ApiKeyRecord = {
    id: lowerAlphanumeric(10),
    value,
    ...(input.name && { name: input.name }),
    ...(input.customerId && { customerId: input.customerId }),
    ...(input.description && { description: input.description }),
    enabled: input.enabled ?? false,
    createdDate: now,
    lastUpdatedDate: now,
    stageKeys,
    ...(input.tags && { tags: input.tags }),
  }
  subscriptions.putKey(scope, record)
  return record
}

export const createApiKeyOperations = (control: ControlPlane) => {
  const { subscriptions, clock } = control
  return {
    /** The id is always distinct from the value, whatever the deprecated `generateDistinctId` asks for. */
    CreateApiKey: (input, { scope }) => toApiKey(createApiKey(control, scope, input), true),

    GetApiKey: ({ apiKey, includeValue }, { scope }) =>
      toApiKey(subscriptions.key(scope, apiKey), includeValue),

    GetApiKeys: ({ nameQuery, customerId, includeValues, ...page }, { scope }) => {
      const keys = subscriptions
        .keys(scope)
        .filter(key => nameQuery === undefined || (key.name ?? '').startsWith(nameQuery))
        .filter(key => customerId === undefined || key.customerId === customerId)
      const { items, position } = paginate(keys, page)
      return { items: items.map(key => toApiKey(key, includeValues)), position }
    },

    UpdateApiKey: ({ apiKey, patchOperations }, { scope }) => {
      const record = subscriptions.key(scope, apiKey)
      const patched = applyPatch(record, patchOperations, RULES, listingErrors, 'updateApiKeyInput')
      requireStages(
        control,
        scope,
        patched.stageKeys.filter(stage => !record.stageKeys.includes(stage)),
      )
      const updated = { ...patched, lastUpdatedDate: clock.now() }
      subscriptions.putKey(scope, updated)
      return toApiKey(updated, false)
    },

    DeleteApiKey: ({ apiKey }, { scope }) => {
      subscriptions.deleteKey(scope, subscriptions.key(scope, apiKey))
      return {}
    },
  } satisfies Operations<typeof Sdk, ScopeContext>
}
