/** What the service stores: plain JSON, never mutated. Times are milliseconds since the epoch. */

import type { Quota } from './usage-plans/quota.ts'
import type { Throttle } from './usage-plans/token-bucket.ts'

export interface RestApiRecord {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly version?: string
  readonly createdDate: number
  readonly binaryMediaTypes: readonly string[]
  readonly endpointType: 'EDGE' | 'REGIONAL'
  readonly ipAddressType: 'ipv4' | 'dualstack'
  readonly disableExecuteApiEndpoint: boolean
  readonly rootResourceId: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface IntegrationResponseRecord {
  readonly statusCode: string
  readonly selectionPattern?: string
  readonly responseParameters?: Readonly<Record<string, string>>
  readonly responseTemplates?: Readonly<Record<string, string>>
}

export type PassthroughBehavior = 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER'

export interface IntegrationRecord {
  readonly type: 'AWS_PROXY' | 'MOCK'
  /** The verb that the integration is called with; AWS's SDKs call it `integrationHttpMethod` on the way in. */
  readonly httpMethod?: string
  readonly uri?: string
  readonly requestTemplates?: Readonly<Record<string, string>>
  readonly passthroughBehavior: PassthroughBehavior
  readonly timeoutInMillis: number
  readonly cacheNamespace: string
  readonly integrationResponses?: Readonly<Record<string, IntegrationResponseRecord>>
}

export interface MethodResponseRecord {
  readonly statusCode: string
  readonly responseParameters?: Readonly<Record<string, boolean>>
  readonly responseModels?: Readonly<Record<string, string>>
}

export interface MethodRecord {
  /** A verb or `ANY`. */
  readonly httpMethod: string
  readonly authorizationType: 'NONE'
  readonly apiKeyRequired: boolean
  readonly operationName?: string
  readonly requestParameters?: Readonly<Record<string, boolean>>
  readonly requestModels?: Readonly<Record<string, string>>
  readonly requestValidatorId?: string
  readonly methodResponses?: Readonly<Record<string, MethodResponseRecord>>
  readonly methodIntegration?: IntegrationRecord
}

export interface ResourceRecord {
  readonly apiId: string
  readonly id: string
  /** Absent on the root. */
  readonly parentId?: string
  readonly pathPart?: string
  readonly path: string
  /** By verb. */
  readonly methods: Readonly<Record<string, MethodRecord>>
}

export interface ModelRecord {
  readonly apiId: string
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly contentType: string
  /** JSON Schema, draft 04, as text. */
  readonly schema: string
}

export interface RequestValidatorRecord {
  readonly apiId: string
  readonly id: string
  readonly name?: string
  readonly validateRequestBody: boolean
  readonly validateRequestParameters: boolean
}

export interface GatewayResponseRecord {
  readonly apiId: string
  readonly responseType: string
  readonly statusCode?: string
  readonly responseParameters: Readonly<Record<string, string>>
  readonly responseTemplates: Readonly<Record<string, string>>
}

/** What a deployment serves: everything of the API that only a new deployment changes. */
export interface ApiSnapshot {
  readonly binaryMediaTypes: readonly string[]
  readonly disableExecuteApiEndpoint: boolean
  readonly resources: readonly ResourceRecord[]
  readonly models: readonly ModelRecord[]
  readonly requestValidators: readonly RequestValidatorRecord[]
  readonly gatewayResponses: readonly GatewayResponseRecord[]
}

export interface DeploymentRecord {
  readonly apiId: string
  readonly id: string
  readonly description?: string
  readonly createdDate: number
  readonly snapshot: ApiSnapshot
}

export interface MethodSettingRecord {
  readonly metricsEnabled?: boolean
  readonly loggingLevel?: 'OFF' | 'ERROR' | 'INFO'
  readonly dataTraceEnabled?: boolean
  /** Requests a second; below 0 there is no limit but the account's. */
  readonly throttlingRateLimit?: number
  readonly throttlingBurstLimit?: number
}

export interface AccessLogSettingsRecord {
  readonly destinationArn?: string
  readonly format?: string
}

export interface StageRecord {
  readonly apiId: string
  readonly stageName: string
  readonly deploymentId: string
  readonly description?: string
  readonly variables?: Readonly<Record<string, string>>
  /** By `path/VERB`, the path without its leading slash; both are stars in the setting for all methods. */
  readonly methodSettings: Readonly<Record<string, MethodSettingRecord>>
  readonly accessLogSettings?: AccessLogSettingsRecord
  readonly tracingEnabled: boolean
  readonly tags?: Readonly<Record<string, string>>
  readonly createdDate: number
  readonly lastUpdatedDate: number
}

export interface AccountRecord {
  readonly cloudwatchRoleArn?: string
}

export interface ApiKeyRecord {
  readonly id: string
  readonly value: string
  readonly name?: string
  readonly customerId?: string
  readonly description?: string
  readonly enabled: boolean
  readonly createdDate: number
  readonly lastUpdatedDate: number
  /** `apiId/stage`. Of the time before usage plans: kept and shown, without effect. */
  readonly stageKeys: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
}

export interface ApiStageRecord {
  readonly apiId: string
  readonly stage: string
  /** By `/path/VERB`. */
  readonly throttle?: Readonly<Record<string, Throttle>>
}

export interface UsagePlanRecord {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly productCode?: string
  readonly apiStages: readonly ApiStageRecord[]
  readonly throttle?: Throttle
  readonly quota?: Quota
  readonly tags?: Readonly<Record<string, string>>
  /** AWS does not tell; the quota's first period is the one that this is in. */
  readonly createdDate: number
}

/** That a key is one of a plan. */
export interface UsagePlanKeyRecord {
  readonly usagePlanId: string
  readonly keyId: string
}
