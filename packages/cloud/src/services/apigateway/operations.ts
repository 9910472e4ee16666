import type { ControlPlane } from './context.ts'
import { createAccountOperations } from './operations/account.ts'
import { createApiKeyOperations } from './operations/api-keys.ts'
import { createDeploymentOperations } from './operations/deployments.ts'
import { createGatewayResponseOperations } from './operations/gateway-responses.ts'
import { createIntegrationResponseOperations } from './operations/integration-responses.ts'
import { createIntegrationOperations } from './operations/integrations.ts'
import { createMethodResponseOperations } from './operations/method-responses.ts'
import { createMethodOperations } from './operations/methods.ts'
import { createModelOperations } from './operations/models.ts'
import { createRequestValidatorOperations } from './operations/request-validators.ts'
import { createResourceOperations } from './operations/resources.ts'
import { createRestApiListing, createRestApiOperations } from './operations/rest-apis.ts'
import { createStageOperations } from './operations/stages.ts'
import { createTagOperations } from './operations/tags.ts'
import { createUsageOperations } from './operations/usage.ts'
import { createUsagePlanKeyOperations } from './operations/usage-plan-keys.ts'
import { createUsagePlanOperations } from './operations/usage-plans.ts'

/**
 * The control plane. What has no handler answers 501: authorizers, custom domains, VPC links, client certificates,
 * documentation, SDK generation, import and export of APIs.
 */
export const createControlPlaneOperations = (control: ControlPlane) => ({
  ...createRestApiListing(control),
  ...createRestApiOperations(control),
  ...createResourceOperations(control),
  ...createMethodOperations(control),
  ...createMethodResponseOperations(control),
  ...createIntegrationOperations(control),
  ...createIntegrationResponseOperations(control),
  ...createDeploymentOperations(control),
  ...createStageOperations(control),
  ...createAccountOperations(control),
  ...createGatewayResponseOperations(control),
  ...createModelOperations(control),
  ...createRequestValidatorOperations(control),
  ...createTagOperations(control),
  ...createApiKeyOperations(control),
  ...createUsagePlanOperations(control),
  ...createUsagePlanKeyOperations(control),
  ...createUsageOperations(control),
})

export type ControlPlaneOperations = ReturnType<typeof createControlPlaneOperations>
