import type { Scope } from '../../../kernel/scope.ts'
import type { LogGroupTarget } from '../access-log-format.ts'
import type { HeaderSource } from '../gateway-response-template.ts'
import type { GatewayResponseName } from '../gateway-response-types.ts'
import type { PassthroughBehavior } from '../records.ts'
import type { Substitution } from '../substitution.ts'
import type { Throttle } from '../usage-plans/token-bucket.ts'
import type { SchemaValidator } from '../validation/validate.ts'
import type { MediaTypeMatcher } from './media-types.ts'
import type { Router } from './router.ts'

/** A stage and its deployment, with all that can be known before a request arrives. */

export interface CompiledLambda {
  readonly type: 'AWS_PROXY'
  readonly functionArn: string
  /** Anything but POST fails, in AWS too. */
  readonly httpMethod: string
  /** Milliseconds. */
  readonly timeout: number
}

export interface CompiledMockResponse {
  readonly status: number
  /** `undefined` on the default one. */
  readonly pattern: RegExp | undefined
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** By content type. */
  readonly templates: Readonly<Record<string, string>>
}

export interface CompiledMock {
  readonly type: 'MOCK'
  /** By content type. */
  readonly requestTemplates: Readonly<Record<string, string>>
  readonly passthroughBehavior: PassthroughBehavior
  readonly responses: readonly CompiledMockResponse[]
}

export interface RequiredParameter {
  readonly location: 'header' | 'querystring' | 'path'
  readonly name: string
}

export interface CompiledValidation {
  readonly parameters: readonly RequiredParameter[]
  /** By content type in lower case; `undefined` where bodies are not checked. */
  readonly bodies: ReadonlyMap<string, SchemaValidator> | undefined
}

export interface CompiledMethod {
  readonly resourceId: string
  readonly resourcePath: string
  /** A verb or `ANY`. */
  readonly verb: string
  readonly integration: CompiledLambda | CompiledMock
  readonly validation: CompiledValidation | undefined
  readonly apiKeyRequired: boolean
  /** By the stage's settings; `undefined` where the account's limits alone hold. */
  readonly throttle: Throttle | undefined
  readonly loggingLevel: 'OFF' | 'ERROR' | 'INFO'
  readonly dataTrace: boolean
  readonly detailedMetrics: boolean
  /** `{"resource":"/predict","path":`: how each event of this method begins. */
  readonly eventStart: string
  /** `"requestContext":{"resourceId":"…","resourcePath":"…",`: how each request context begins. */
  readonly contextStart: string
}

export interface CompiledGatewayResponse {
  readonly status: number | undefined
  readonly headers: ReadonlyArray<readonly [name: string, source: HeaderSource]>
  /** By content type. */
  readonly templates: ReadonlyArray<readonly [contentType: string, body: Substitution]>
}

export interface CompiledAccessLog extends LogGroupTarget {
  readonly format: Substitution
}

export interface CompiledStage {
  readonly scope: Scope
  readonly apiId: string
  readonly apiName: string
  readonly stageName: string
  readonly deploymentId: string
  readonly domainName: string
  readonly variables: Readonly<Record<string, string>> | undefined
  readonly tracingEnabled: boolean
  /** `arn:aws:apigateway:{region}::/restapis/{id}/stages/{stage}` */
  readonly arn: string
  /** `disableExecuteApiEndpoint`: every request is refused. */
  readonly disabled: boolean
  readonly router: Router<CompiledMethod>
  readonly isBinary: MediaTypeMatcher
  /** What the API customises, and nothing else. */
  readonly gatewayResponses: ReadonlyMap<GatewayResponseName, CompiledGatewayResponse>
  readonly accessLog: CompiledAccessLog | undefined
  /** Without the region's `arn:…:execute-api:…` ARN's method and path: `arn:aws:execute-api:{r}:{a}:{id}/{stage}/`. */
  readonly executeArn: string
  /** `"stageVariables":…,` of each event. */
  readonly stageVariablesJson: string
  /** The request context's members from `accountId` to `domainPrefix`, less what the request says. */
  readonly contextMiddle: string
  /** The request context's last members. */
  readonly contextEnd: string
  /** `ApiName`, and `ApiName` with `Stage`. */
  readonly dimensions: ReadonlyArray<Readonly<Record<string, string>>>
}
