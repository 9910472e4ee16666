import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { changesAny, deleteIfThere, replace } from './lifecycle.ts'
import { requiredText, textOf } from './properties.ts'

/** `AWS::ApiGateway::Deployment`: a snapshot of the API at the time it is created. */
export const deploymentResource = (operations: ControlPlaneOperations): ResourceType => ({
  required: ['RestApiId'],
  properties: ['RestApiId', 'Description', 'StageName'],

  create: ({ scope, properties }) => {
    const { id = '' } = operations.CreateDeployment(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        description: textOf(properties, 'Description'),
        stageName: textOf(properties, 'StageName'),
      },
      { scope },
    )
    return { physicalId: id, attributes: { DeploymentId: id } }
  },

  update: ({ scope, properties }, previous) => {
    if (changesAny(previous.properties, properties, ['RestApiId', 'StageName'])) return 'replace'
    operations.UpdateDeployment(
      {
        restApiId: requiredText(properties, 'RestApiId'),
        deploymentId: previous.physicalId,
        patchOperations: [replace('/description', textOf(properties, 'Description'))],
      },
      { scope },
    )
    return { physicalId: previous.physicalId, attributes: { DeploymentId: previous.physicalId } }
  },

  delete: (scope, { physicalId }, properties) => {
    const restApiId = textOf(properties, 'RestApiId')
    const stageName = textOf(properties, 'StageName')
    deleteIfThere(() => {
      // The stage that came with the deployment goes with it, unless a later one has taken it over.
      const stages = operations.GetStages({ restApiId, deploymentId: physicalId }, { scope }).item
      if (stages.some(stage => stage.stageName === stageName)) {
        operations.DeleteStage({ restApiId, stageName }, { scope })
      }
      operations.DeleteDeployment({ restApiId, deploymentId: physicalId }, { scope })
    })
  },
})
