import type { ResourceTypes } from '../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from './operations.ts'
import type { Repository } from './repository.ts'
import { accountResource } from './resources/account.ts'
import { apiKeyResource } from './resources/api-key.ts'
import { deploymentResource } from './resources/deployment.ts'
import { gatewayResponseResource } from './resources/gateway-response.ts'
import { methodResource } from './resources/method.ts'
import { modelResource } from './resources/model.ts'
import { requestValidatorResource } from './resources/request-validator.ts'
import { resourceResource } from './resources/resource.ts'
import { restApiResource } from './resources/rest-api.ts'
import { stageResource } from './resources/stage.ts'
import { usagePlanResource } from './resources/usage-plan.ts'
import { usagePlanKeyResource } from './resources/usage-plan-key.ts'

/** The CloudFormation resource types of REST APIs: thin shells around the operations, whose checks and texts they share. */
export const createResourceTypes = (
  operations: ControlPlaneOperations,
  repository: Repository,
): ResourceTypes => ({
  'AWS::ApiGateway::Account': accountResource(operations),
  'AWS::ApiGateway::ApiKey': apiKeyResource(operations),
  'AWS::ApiGateway::Deployment': deploymentResource(operations),
  'AWS::ApiGateway::GatewayResponse': gatewayResponseResource(operations),
  'AWS::ApiGateway::Method': methodResource(operations, repository),
  'AWS::ApiGateway::Model': modelResource(operations),
  'AWS::ApiGateway::RequestValidator': requestValidatorResource(operations),
  'AWS::ApiGateway::Resource': resourceResource(operations),
  'AWS::ApiGateway::RestApi': restApiResource(operations),
  'AWS::ApiGateway::Stage': stageResource(operations),
  'AWS::ApiGateway::UsagePlan': usagePlanResource(operations),
  'AWS::ApiGateway::UsagePlanKey': usagePlanKeyResource(operations),
})
