import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, limitExceeded } from '../errors.ts'
import { ACCOUNT_BURST_LIMIT, ACCOUNT_RATE_LIMIT, MAX_STAGES } from '../limits.ts'
import { applyPatch } from '../patch.ts'
import type { MethodSettingRecord, StageRecord } from '../records.ts'
import type { Repository } from '../repository.ts'
import { STAGE_PATCH_RULES, stagePatchErrors } from '../stage-patch.ts'
import { requireStageVariables } from '../stage-variables.ts'
import { refuseOthers } from '../support.ts'
import { requireTags } from './tags.ts'

const SUPPORTED = [
  'restApiId',
  'stageName',
  'deploymentId',
  'description',
  'variables',
  'tracingEnabled',
  'tags',
]

/** A setting in full: what was not set shows AWS's defaults. */
const toMethodSetting = (setting: MethodSettingRecord): Sdk.MethodSetting => ({
  metricsEnabled: setting.metricsEnabled ?? false,
  ...(setting.loggingLevel !== undefined && { loggingLevel: setting.loggingLevel }),
  dataTraceEnabled: setting.dataTraceEnabled ?? false,
  throttlingBurstLimit: setting.throttlingBurstLimit ?? ACCOUNT_BURST_LIMIT,
  throttlingRateLimit: setting.throttlingRateLimit ?? ACCOUNT_RATE_LIMIT,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
})

const toStage = (record: StageRecord): Sdk.Stage => ({
  stageName: record.stageName,
  deploymentId: record.deploymentId,
  description: record.description,
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: Object.fromEntries(
    Object.entries(record.methodSettings).map(([key, setting]) => [key, toMethodSetting(setting)]),
  ),
  ...(record.variables && Object.keys(record.variables).length > 0 && { variables: { ...record.variables } }),
  ...(record.accessLogSettings &&
    Object.keys(record.accessLogSettings).length > 0 && {
      accessLogSettings: { ...record.accessLogSettings },
    }),
  tracingEnabled: record.tracingEnabled,
  ...(record.tags && { tags: { ...record.tags } }),
  createdDate: new Date(record.createdDate),
  lastUpdatedDate: new Date(record.lastUpdatedDate),
})

interface StageInput {
  readonly stageName: string
  readonly stageDescription?: string | undefined
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly tracingEnabled?: boolean | undefined
}

const requireStageName = (stageName: string): void => {
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(stageName)) return
  throw badRequest('Stage name only allows a-zA-Z0-9_-')
}

/** Points the stage of a CreateDeployment at it; makes the stage where it does not exist. */
export const putStage = (
  { repository, clock }: ControlPlane,
  scope: Scope,
  apiId: string,
  deploymentId: string,
  input: StageInput,
): void => {
  requireStageName(input.stageName)
  requireStageVariables(input.variables)
  const existing = repository.stages.get(scope, apiId, input.stageName)
  if (!existing) requireRoom(repository, scope, apiId)
  const now = clock.now()
  repository.stages.put(scope, input.stageName, {
    apiId,
    stageName: input.stageName,
    methodSettings: {},
    tracingEnabled: false,
    createdDate: now,
    ...existing,
    deploymentId,
    lastUpdatedDate: now,
    ...(input.stageDescription && { description: input.stageDescription }),
    ...(input.variables && { variables: { ...existing?.variables, ...input.variables } }),
    ...(input.tracingEnabled !== undefined && { tracingEnabled: input.tracingEnabled }),
  })
}

const requireRoom = (repository: Repository, scope: Scope, apiId: string): void => {
  if (repository.stages.list(scope, apiId).length >= MAX_STAGES) {
    throw limitExceeded('Maximum number of stages for this API has been reached')
  }
}

/** Logs need a role in the account's settings that lets API Gateway write them. */
const requireLogRole = (repository: Repository, scope: Scope, stage: StageRecord): void => {
  const logs =
    stage.accessLogSettings?.destinationArn !== undefined ||
    Object.values(stage.methodSettings).some(({ loggingLevel = 'OFF' }) => loggingLevel !== 'OFF')
  if (logs && !repository.account(scope).cloudwatchRoleArn) {
    throw badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging')
  }
}

export const createStageOperations = ({ repository, subscriptions, clock }: ControlPlane) =>
  ({
    CreateStage: (input, { scope }) => {
      const { restApiId, stageName = '', deploymentId = '' } = input
      const api = repository.api(scope, restApiId)
      refuseOthers('CreateStage', input, SUPPORTED)
      requireStageName(stageName)
      requireStageVariables(input.variables)
      requireTags(input.tags)
      if (!repository.deployments.get(scope, api.id, deploymentId)) {
        throw badRequest('Deployment id does not exist')
      }
      if (repository.stages.get(scope, api.id, stageName)) throw conflict('Stage already exists')
      requireRoom(repository, scope, api.id)
      const now = clock.now()
      const record: StageRecord = {
        apiId: api.id,
        stageName,
        deploymentId,
        ...(input.description && { description: input.description }),
        ...(input.variables && { variables: input.variables }),
        methodSettings: {},
        tracingEnabled: input.tracingEnabled ?? false,
        ...(input.tags && { tags: input.tags }),
        createdDate: now,
        lastUpdatedDate: now,
      }
      repository.stages.put(scope, stageName, record)
      return toStage(record)
    },

    GetStage: ({ restApiId, stageName }, { scope }) => toStage(repository.stage(scope, restApiId, stageName)),

    GetStages: ({ restApiId = '', deploymentId }, { scope }) => {
      repository.api(scope, restApiId)
      const stages = repository.stages.list(scope, restApiId)
      return {
        item: stages
          .filter(stage => deploymentId === undefined || stage.deploymentId === deploymentId)
          .map(toStage),
      }
    },

    UpdateStage: ({ restApiId, stageName, patchOperations }, { scope }) => {
      const record = repository.stage(scope, restApiId, stageName)
      const updated = applyPatch(
        record,
        patchOperations,
        STAGE_PATCH_RULES,
        stagePatchErrors,
        'updateStageInput',
      )
      if (!repository.deployments.get(scope, record.apiId, updated.deploymentId)) {
        throw badRequest('Deployment id does not exist')
      }
      requireLogRole(repository, scope, updated)
      const saved = { ...updated, lastUpdatedDate: clock.now() }
      repository.stages.put(scope, record.stageName, saved)
      return toStage(saved)
    },

    DeleteStage: ({ restApiId = '', stageName }, { scope }) => {
      const record = repository.stage(scope, restApiId, stageName)
      repository.stages.delete(scope, restApiId, record.stageName)
      subscriptions.forgetStage(scope, restApiId, record.stageName)
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
