import type { TraceSampler } from '../../../kernel/ports.ts'
import { newSegmentId } from '../../../kernel/trace-header.ts'
import type { Exchange } from './exchange.ts'

/** What a stage with active tracing adds to a request's trace. */
export interface StageTrace {
  /** Whether segments are recorded, here and further on. */
  readonly sampled: boolean
  /** The sampling rule that decided; `undefined` where the client had. */
  readonly ruleName: string | undefined
  /** Of the stage's segment. */
  readonly segmentId: string
  /** Of the subsegment for the integration's call: the parent of what the function's side records. */
  readonly integrationId: string
}

/** The origin of a stage's segment, and the service type of sampling rules. */
export const STAGE_ORIGIN = 'AWS::ApiGateway::Stage'

/** The name of a stage's segment, before characters that segments cannot have are taken out. */
export const stageServiceName = ({ stage }: Exchange): string => `${stage.apiName}/${stage.stageName}`

/**
 * Begins the trace of a request: the client's decision counts, else the account's sampling rules do. They see the
 * request as they would on AWS, so that a rule means the same there: the host is the API's own.
 */
export const beginTrace = (exchange: Exchange, sampler: TraceSampler | undefined): StageTrace => {
  const { sampled } = exchange.trace
  const decision = sampled === undefined && sampler ? decide(exchange, sampler) : undefined
  return {
    sampled: decision?.sampled ?? sampled === '1',
    ruleName: decision?.ruleName,
    segmentId: newSegmentId(),
    integrationId: newSegmentId(),
  }
}

const decide = (exchange: Exchange, sampler: TraceSampler) => {
  const { stage } = exchange
  return sampler.decide(stage.scope, {
    serviceName: stageServiceName(exchange),
    serviceType: STAGE_ORIGIN,
    host: stage.domainName,
    method: exchange.httpMethod,
    path: exchange.contextPath,
    resourceArn: stage.arn,
    // Most rules have none to compare.
    get attributes() {
      return headersOf(exchange)
    },
  })
}

const headersOf = ({ headerNames, headerValues }: Exchange): Record<string, string> =>
  Object.fromEntries(headerNames.map(({ lower }, index) => [lower, headerValues[index] ?? '']))

/** `X-Amzn-Trace-Id` of the integration's call: with active tracing our own, else the client's as it is. */
export const integrationTraceHeader = ({ trace, stageTrace }: Exchange): string =>
  stageTrace === undefined
    ? trace.header
    : `Root=${trace.root};Parent=${stageTrace.integrationId};Sampled=${stageTrace.sampled ? 1 : 0}${trace.rest}`

/** `X-Amzn-Trace-Id` of the response, by which a client that asked learns of the decision. */
export const responseTraceHeader = ({ trace, stageTrace }: Exchange): string => {
  if (stageTrace !== undefined) {
    return `Root=${trace.root};Parent=${stageTrace.segmentId};Sampled=${stageTrace.sampled ? 1 : 0}`
  }
  // Without active tracing, parent and decision are filled in where the client had none.
  const { parent, sampled } = trace
  return `Root=${trace.root};Parent=${parent ?? newSegmentId()};Sampled=${sampled ?? (parent ? '1' : '0')}`
}
