import { arn } from '../../../kernel/arn.ts'
import { partitionOf, type Scope, urlSuffixOf } from '../../../kernel/scope.ts'
import { compileAccessLogFormat, logGroupOf } from '../access-log-format.ts'
import { compileResponseTemplate, parseHeaderSource, responseHeaderOf } from '../gateway-response-template.ts'
import { type GatewayResponseName, isGatewayResponseName } from '../gateway-response-types.ts'
import { ACCOUNT_BURST_LIMIT, ACCOUNT_RATE_LIMIT } from '../limits.ts'
import type {
  ApiSnapshot,
  GatewayResponseRecord,
  MethodRecord,
  MethodSettingRecord,
  ResourceRecord,
} from '../records.ts'
import { methodSettingKey } from '../stage-patch.ts'
import type { Throttle } from '../usage-plans/token-bucket.ts'
import { compileIntegration } from './compile-integration.ts'
import { compileValidation } from './compile-validation.ts'
import type { CompiledAccessLog, CompiledGatewayResponse, CompiledMethod, CompiledStage } from './compiled.ts'
import { compileMediaTypes } from './media-types.ts'
import { type Route, Router } from './router.ts'

/** What {@link compileStage} needs of a stage: stored ones have it, and TestInvokeMethod makes one up. */
export interface StageSource {
  readonly scope: Scope
  readonly apiId: string
  readonly apiName: string
  readonly stageName: string
  readonly deploymentId: string
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly tracingEnabled: boolean
  readonly methodSettings: Readonly<Record<string, MethodSettingRecord>>
  readonly accessLogSettings?: { readonly destinationArn?: string; readonly format?: string } | undefined
  /** Whether the account has a role by which API Gateway may write logs. */
  readonly mayLog: boolean
  readonly snapshot: ApiSnapshot
}

/** Prepares a stage for its requests. */
export const compileStage = (source: StageSource): CompiledStage => {
  const { scope, apiId, apiName, stageName, deploymentId, snapshot } = source
  const domainName = `${apiId}.execute-api.${scope.region}.${urlSuffixOf(scope.region)}`
  const variables = Object.keys(source.variables ?? {}).length > 0 ? source.variables : undefined
  const name = metricName(apiName, apiId)
  return {
    scope,
    apiId,
    apiName,
    stageName,
    deploymentId,
    domainName,
    variables,
    tracingEnabled: source.tracingEnabled,
    arn: `arn:${partitionOf(scope.region)}:apigateway:${scope.region}::/restapis/${apiId}/stages/${stageName}`,
    disabled: snapshot.disableExecuteApiEndpoint,
    router: new Router(routesOf(source)),
    isBinary: compileMediaTypes(snapshot.binaryMediaTypes),
    gatewayResponses: new Map(snapshot.gatewayResponses.flatMap(compileGatewayResponse)),
    accessLog: source.mayLog ? compileAccessLog(source.accessLogSettings) : undefined,
    executeArn: arn(scope, 'execute-api', `${apiId}/${stageName}/`),
    stageVariablesJson: `"stageVariables":${variables ? JSON.stringify(variables) : 'null'},`,
    contextMiddle: `"accountId":"${scope.account}","stage":"${stageName}","domainPrefix":"${apiId}",`,
    contextEnd: `"domainName":"${domainName}","deploymentId":"${deploymentId}","apiId":"${apiId}"}`,
    dimensions: [{ ApiName: name }, { ApiName: name, Stage: stageName }],
  }
}

/** Metrics carry the API's name without what is not ASCII; its id where nothing is left. */
export const metricName = (apiName: string, apiId: string): string =>
  apiName.replace(/[^\x20-\x7e]/g, '').trim() || apiId

const routesOf = (source: StageSource): Array<Route<CompiledMethod>> =>
  source.snapshot.resources.flatMap(resource =>
    Object.values(resource.methods).flatMap(method => {
      const target = compileMethod(source, resource, method)
      return target ? [{ path: resource.path, verb: method.httpMethod, target }] : []
    }),
  )

const compileMethod = (
  source: StageSource,
  resource: ResourceRecord,
  method: MethodRecord,
): CompiledMethod | undefined => {
  const { methodIntegration } = method
  if (!methodIntegration) return undefined
  const all = source.methodSettings['*/*']
  const own = source.methodSettings[methodSettingKey(resource.path, method.httpMethod)]
  const settings = { ...all, ...own }
  return {
    resourceId: resource.id,
    resourcePath: resource.path,
    verb: method.httpMethod,
    integration: compileIntegration(methodIntegration, source.variables),
    validation: compileValidation(method, source.snapshot),
    apiKeyRequired: method.apiKeyRequired,
    throttle: compileThrottle(settings),
    loggingLevel: source.mayLog ? (settings.loggingLevel ?? 'OFF') : 'OFF',
    dataTrace: settings.dataTraceEnabled ?? false,
    detailedMetrics: settings.metricsEnabled ?? false,
    eventStart: `{"resource":${JSON.stringify(resource.path)},"path":`,
    contextStart: `"requestContext":{"resourceId":"${resource.id}","resourcePath":${JSON.stringify(resource.path)},`,
  }
}

/** Where only one of the two is set, the other is the account's; a negative one sets no limit. */
const compileThrottle = (settings: MethodSettingRecord): Throttle | undefined => {
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = settings
  const rateLimit = rate === undefined || rate < 0 ? ACCOUNT_RATE_LIMIT : rate
  const burstLimit = burst === undefined || burst < 0 ? ACCOUNT_BURST_LIMIT : burst
  const isAccounts = rateLimit >= ACCOUNT_RATE_LIMIT && burstLimit >= ACCOUNT_BURST_LIMIT
  return isAccounts ? undefined : { rateLimit, burstLimit }
}

const compileGatewayResponse = (
  record: GatewayResponseRecord,
): Array<[GatewayResponseName, CompiledGatewayResponse]> => {
  if (!isGatewayResponseName(record.responseType)) return []
  return [
    [
      record.responseType,
      {
        status: record.statusCode === undefined ? undefined : Number(record.statusCode),
        headers: Object.entries(record.responseParameters).map(([parameter, source]) => [
          responseHeaderOf(parameter),
          parseHeaderSource(source),
        ]),
        templates: Object.entries(record.responseTemplates).map(([contentType, template]) => [
          contentType,
          compileResponseTemplate(template),
        ]),
      },
    ],
  ]
}

const compileAccessLog = (settings: StageSource['accessLogSettings']): CompiledAccessLog | undefined => {
  if (!settings?.destinationArn || !settings.format) return undefined
  return { ...logGroupOf(settings.destinationArn), format: compileAccessLogFormat(settings.format) }
}
