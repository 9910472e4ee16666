import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest } from '../errors.ts'
import { paginate } from '../pagination.ts'
import { applyPatch, listingErrors, type PatchRule, withMember } from '../patch.ts'
import type { ApiSnapshot, DeploymentRecord } from '../records.ts'
import { refuseOthers } from '../support.ts'
import { putStage } from './stages.ts'

const SUPPORTED = ['restApiId', 'stageName', 'stageDescription', 'description', 'variables', 'tracingEnabled']

const RULES: ReadonlyArray<PatchRule<DeploymentRecord>> = [
  {
    path: '/description',
    replace: (deployment, value) => withMember(deployment, 'description', value || undefined),
  },
]

const summaryOf = (snapshot: ApiSnapshot): NonNullable<Sdk.Deployment['apiSummary']> =>
  Object.fromEntries(
    snapshot.resources
      .filter(({ methods }) => Object.keys(methods).length > 0)
      .map(({ path, methods }) => [
        path,
        Object.fromEntries(
          Object.values(methods).map(({ httpMethod, authorizationType, apiKeyRequired }) => [
            httpMethod,
            { authorizationType, apiKeyRequired },
          ]),
        ),
      ]),
  )

const toDeployment = (record: DeploymentRecord, embed?: readonly string[]): Sdk.Deployment => ({
  id: record.id,
  description: record.description,
  createdDate: new Date(record.createdDate),
  ...(embed?.includes('apisummary') && { apiSummary: summaryOf(record.snapshot) }),
})

const requireDeployable = (snapshot: ApiSnapshot): void => {
  const methods = snapshot.resources.flatMap(({ methods }) => Object.values(methods))
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods")
  if (methods.some(({ methodIntegration }) => !methodIntegration)) {
    throw badRequest('No integration defined for method')
  }
}

export const createDeploymentOperations = (control: ControlPlane) => {
  const { repository, clock } = control
  return {
    CreateDeployment: (input, { scope }) => {
      const { restApiId, stageName, description } = input
      const api = repository.api(scope, restApiId)
      refuseOthers('CreateDeployment', input, SUPPORTED)
      const snapshot = repository.snapshot(scope, api)
      requireDeployable(snapshot)
      const record: DeploymentRecord = {
        apiId: api.id,
        id: lowerAlphanumeric(6),
        ...(description && { description }),
        createdDate: clock.now(),
        snapshot,
      }
      repository.deployments.put(scope, record.id, record)
      if (stageName) {
        try {
          putStage(control, scope, api.id, record.id, { ...input, stageName })
        } catch (error) {
          repository.deployments.delete(scope, api.id, record.id)
          throw error
        }
      }
      return toDeployment(record)
    },

    GetDeployment: ({ restApiId, deploymentId, embed }, { scope }) =>
      toDeployment(repository.deployment(scope, restApiId, deploymentId), embed),

    GetDeployments: ({ restApiId = '', ...page }, { scope }) => {
      repository.api(scope, restApiId)
      const { items, position } = paginate(repository.deployments.list(scope, restApiId), page)
      return { items: items.map(item => toDeployment(item)), position }
    },

    UpdateDeployment: ({ restApiId, deploymentId, patchOperations }, { scope }) => {
      const record = repository.deployment(scope, restApiId, deploymentId)
      const updated = applyPatch(record, patchOperations, RULES, listingErrors, 'updateDeploymentInput')
      repository.deployments.put(scope, record.id, updated)
      return toDeployment(updated)
    },

    DeleteDeployment: ({ restApiId = '', deploymentId }, { scope }) => {
      const record = repository.deployment(scope, restApiId, deploymentId)
      if (repository.stages.list(scope, restApiId).some(stage => stage.deploymentId === record.id)) {
        throw badRequest('Active stages pointing to this deployment must be moved or deleted')
      }
      repository.deployments.delete(scope, restApiId, record.id)
      return {}
    },
  } satisfies Operations<typeof Sdk, ScopeContext>
}
