import type { Exchange } from './data-plane/exchange.ts'

type Value = string | number | undefined

const none = (): Value => undefined

/** What no request of ours has: authorizers, IAM callers, Cognito, WAF and custom domains. */
const ABSENT = [
  'authenticate.error',
  'authenticate.latency',
  'authenticate.status',
  'authorize.error',
  'authorize.latency',
  'authorize.status',
  'authorizer.error',
  'authorizer.integrationLatency',
  'authorizer.integrationStatus',
  'authorizer.latency',
  'authorizer.principalId',
  'authorizer.requestId',
  'authorizer.status',
  'customDomain.basePathMatched',
  'identity.accountId',
  'identity.caller',
  'identity.clientCert.clientCertPem',
  'identity.clientCert.issuerDN',
  'identity.clientCert.serialNumber',
  'identity.clientCert.subjectDN',
  'identity.clientCert.validity.notAfter',
  'identity.clientCert.validity.notBefore',
  'identity.cognitoAuthenticationProvider',
  'identity.cognitoAuthenticationType',
  'identity.cognitoIdentityId',
  'identity.cognitoIdentityPoolId',
  'identity.principalOrgId',
  'identity.user',
  'identity.userArn',
  'identity.vpcId',
  'identity.vpceId',
  'isCanaryRequest',
  'waf.error',
  'waf.latency',
  'waf.status',
  'wafResponseCode',
  'webaclArn',
]

/** `$context` variables of REST APIs by name (developer guide, "Variables for access logging"). */
const VARIABLES: ReadonlyMap<string, (exchange: Exchange) => Value> = new Map<
  string,
  (exchange: Exchange) => Value
>([
  ...ABSENT.map(name => [name, none] as const),
  ['accountId', e => e.stage.scope.account],
  ['apiId', e => e.stage.apiId],
  ['awsEndpointRequestId', none],
  ['deploymentId', e => e.stage.deploymentId],
  ['domainName', e => e.stage.domainName],
  ['domainPrefix', e => e.stage.apiId],
  ['error.message', e => e.error?.message],
  ['error.messageString', e => (e.error ? JSON.stringify(e.error.message) : undefined)],
  ['error.responseType', e => e.error?.type],
  ['error.validationErrorString', e => e.error?.validationErrorString],
  ['extendedRequestId', e => e.extendedRequestId],
  ['httpMethod', e => e.httpMethod],
  ['identity.apiKey', e => e.apiKey || undefined],
  ['identity.apiKeyId', e => e.apiKeyId],
  ['identity.sourceIp', e => e.sourceIp],
  ['identity.userAgent', e => e.header('user-agent')],
  ['integration.error', e => e.integrationError],
  ['integration.integrationStatus', e => e.invokeStatus],
  ['integration.latency', e => e.integrationLatency],
  ['integration.requestId', none],
  ['integration.status', e => e.integrationStatus],
  ['integrationErrorMessage', e => e.integrationError],
  ['integrationLatency', e => e.integrationLatency],
  ['integrationStatus', e => e.invokeStatus],
  ['path', e => e.contextPath],
  ['protocol', e => e.protocol],
  ['requestId', e => e.requestId],
  ['requestTime', e => e.requestTime],
  ['requestTimeEpoch', e => e.time],
  ['resourceId', e => e.method?.resourceId],
  ['resourcePath', e => e.method?.resourcePath],
  ['responseLatency', e => e.latency],
  ['responseLength', e => e.responseLength],
  ['stage', e => e.stage.stageName],
  ['status', e => e.status],
  ['xrayTraceId', e => (e.stage.tracingEnabled ? e.trace.root : undefined)],
])

/** What an authorizer would put into the context under a name of its choice. */
const isAuthorizerValue = (name: string): boolean => name.startsWith('authorizer.')

/** Reads one variable; `undefined` where the request has none. */
export type ContextReader = (exchange: Exchange) => Value

/** @param name without the leading `$context.`; `undefined` for a name that API Gateway does not have */
export const contextReader = (name: string): ContextReader | undefined =>
  VARIABLES.get(name) ?? (isAuthorizerValue(name) ? none : undefined)
