import type * as Sdk from '@aws-sdk/client-api-gateway'
import { notImplemented, type Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { compileStage } from '../data-plane/compile.ts'
import { Exchange } from '../data-plane/exchange.ts'
import { execute, route } from '../data-plane/execute.ts'
import { createExecutionLog } from '../data-plane/execution-log.ts'
import type { Backends } from '../data-plane/lambda-integration.ts'
import { badRequest } from '../errors.ts'

/** The stage that a test invocation acts as: function permissions name it. */
const TEST_STAGE = 'test-invoke-stage'

/** `Thu Mar 09 12:00:00 UTC 2023` */
const javaDate = (time: number): string => {
  // Thu, 09 Mar 2023 12:00:00 GMT
  const utc = new Date(time).toUTCString()
  return `${utc.slice(0, 3)} ${utc.slice(8, 11)} ${utc.slice(5, 7)} ${utc.slice(17, 25)} UTC ${utc.slice(12, 16)}`
}

const rawHeaders = (
  headers: Readonly<Record<string, string>> | undefined,
  multiValueHeaders: Readonly<Record<string, readonly string[]>> | undefined,
): string[] => {
  const multi = Object.entries(multiValueHeaders ?? {})
  const taken = new Set(multi.map(([name]) => name.toLowerCase()))
  return [
    ...Object.entries(headers ?? {})
      .filter(([name]) => !taken.has(name.toLowerCase()))
      .flat(),
    ...multi.flatMap(([name, values]) => values.flatMap(value => [name, value])),
  ]
}

const responseHeaders = (raw: readonly string[]): Record<string, string[]> => {
  const headers: Record<string, string[]> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    headers[name] = [...(headers[name] ?? []), raw[index + 1] ?? '']
  }
  return headers
}

const logText = (exchange: Exchange): string => {
  const lines = (exchange.log?.lines ?? []).map(
    ({ at, text }) => `${javaDate(exchange.time + (at - exchange.started))} : ${text}\n`,
  )
  return `Execution log for request ${exchange.requestId}\n${lines.join('')}`
}

export const createTestInvokeOperations = ({ repository, clock }: ControlPlane, backends: Backends) =>
  ({
    TestInvokeMethod: async (input, { scope }) => {
      const { restApiId, resourceId, httpMethod } = input
      const { resource, method } = repository.method(scope, restApiId, resourceId, httpMethod)
      if (input.clientCertificateId)
        throw notImplemented('API Gateway TestInvokeMethod with clientCertificateId')
      if (!method.methodIntegration) throw badRequest('No integration defined for method')
      const api = repository.api(scope, restApiId)
      const stage = compileStage({
        scope,
        apiId: api.id,
        apiName: api.name,
        stageName: TEST_STAGE,
        deploymentId: lowerAlphanumeric(6),
        variables: input.stageVariables,
        tracingEnabled: false,
        methodSettings: { '*/*': { loggingLevel: 'INFO', dataTraceEnabled: true } },
        mayLog: true,
        snapshot: {
          ...repository.snapshot(scope, api),
          // This method alone, whatever else would match the path better.
          resources: [{ ...resource, methods: { [method.httpMethod]: method } }],
        },
      })
      const [path = '', ...query] = (input.pathWithQueryString || resource.path).split('?')
      const exchange = new Exchange(
        stage,
        {
          httpMethod: method.httpMethod === 'ANY' ? 'GET' : method.httpMethod,
          path: path.startsWith('/') ? path : `/${path}`,
          queryString: query.join('?'),
          rawHeaders: rawHeaders(input.headers, input.multiValueHeaders),
          sourceIp: 'test-invoke-source-ip',
          protocol: 'HTTP/1.1',
          forwardedProto: 'https',
          forwardedPort: '443',
        },
        clock.now(),
      )
      if (method.apiKeyRequired) {
        // No key is asked for, and no limit holds; functions are told so.
        exchange.apiKey = 'test-invoke-api-key'
        exchange.apiKeyId = 'test-invoke-api-key-id'
      }
      exchange.body = Buffer.from(input.body ?? '')
      exchange.log = createExecutionLog('INFO', true)
      if (!route(exchange)) throw badRequest('Invalid path specified: it does not match the resource')
      await execute(exchange, backends)
      const headers = responseHeaders(exchange.responseHeaders)
      return {
        status: exchange.status,
        body: exchange.responseBody.toString(),
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, values]) => [name, values.join(', ')]),
        ),
        multiValueHeaders: headers,
        log: logText(exchange),
        latency: Math.round(performance.now() - exchange.started),
      }
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
