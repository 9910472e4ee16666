import { parseArn } from '../kernel/arn.ts'
import { urlSuffixOf } from '../kernel/scope.ts'
import {
  type Exchange,
  STAGE_ORIGIN,
  type StageTrace,
  stageServiceName,
} from '../services/apigateway/index.ts'
import type { ToEpoch } from './real-time.ts'
import { statusFlags } from './status-flags.ts'

type Document = Readonly<Record<string, unknown>>

const MAXIMUM_NAME = 200
/** What a segment's name cannot have; an API's can. */
const NOT_OF_NAMES = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu

/** What API Gateway writes about a request; `undefined` where it is not traced. The host is the API's own on AWS. */
export const stageSegment = (exchange: Exchange, toEpoch: ToEpoch): Document | undefined => {
  const { stage, trace, stageTrace, status, requestId, extendedRequestId } = exchange
  if (!stageTrace?.sampled) return undefined
  const userAgent = exchange.header('user-agent')
  const { ruleName } = stageTrace
  const call = lambdaSubsegment(exchange, stageTrace, toEpoch)
  return {
    id: stageTrace.segmentId,
    name: stageServiceName(exchange).replace(NOT_OF_NAMES, '').slice(0, MAXIMUM_NAME),
    trace_id: trace.root,
    ...(trace.parent !== undefined && { parent_id: trace.parent }),
    start_time: toEpoch(exchange.started),
    end_time: toEpoch(exchange.ended),
    http: {
      request: {
        url: `https://${stage.domainName}${exchange.contextPath}`,
        method: exchange.httpMethod,
        ...(userAgent !== undefined && { user_agent: userAgent }),
        client_ip: exchange.sourceIp,
        x_forwarded_for: true,
      },
      response: { status, content_length: exchange.responseLength },
    },
    aws: {
      api_gateway: {
        account_id: stage.scope.account,
        rest_api_id: stage.apiId,
        stage: stage.stageName,
        request_id: requestId,
      },
      ...(ruleName !== undefined && { xray: { sampling_rule_name: ruleName } }),
    },
    annotations: { 'aws:api_id': stage.apiId, 'aws:api_stage': stage.stageName },
    metadata: { default: { extended_request_id: extendedRequestId, request_id: requestId } },
    origin: STAGE_ORIGIN,
    resource_arn: stage.arn,
    ...statusFlags(status),
    ...(call && { subsegments: [call] }),
  }
}

/** The call of the function. It succeeds where Lambda answers 200, and is a fault where the function has failed. */
const lambdaSubsegment = (
  exchange: Exchange,
  { integrationId }: StageTrace,
  toEpoch: ToEpoch,
): Document | undefined => {
  const { integrationStarted, integrationEnded, invokeStatus, integrationError, method } = exchange
  if (integrationStarted === undefined || integrationEnded === undefined) return undefined
  if (method?.integration.type !== 'AWS_PROXY') return undefined
  const { functionArn } = method.integration
  const { region = exchange.stage.scope.region, resource = '' } = parseArn(functionArn) ?? {}
  const functionName = resource.split(':')[1] ?? resource
  const flags = statusFlags(invokeStatus)
  const isFault = integrationError !== undefined && Object.keys(flags).length === 0
  return {
    id: integrationId,
    name: 'Lambda',
    start_time: toEpoch(integrationStarted),
    end_time: toEpoch(integrationEnded),
    namespace: 'aws',
    http: {
      request: {
        url: `https://lambda.${region}.${urlSuffixOf(region)}/2015-03-31/functions/${functionArn}/invocations`,
        method: 'POST',
      },
      ...(invokeStatus !== undefined && { response: { status: invokeStatus } }),
    },
    aws: { function_name: functionName, region, operation: 'Invoke', resource_names: [functionName] },
    ...flags,
    ...(isFault && { fault: true }),
  }
}
