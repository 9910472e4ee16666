import {
  PutIntegrationResponseCommand,
  PutMethodResponseCommand,
  TestInvokeMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { FUNCTION_ARN, NOW, result, SCOPE, startGateway, type TestGateway } from '../testing/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
  await gateway.client.send(
    new UpdateAccountCommand({
      patchOperations: [
        { op: 'replace', path: '/cloudwatchRoleArn', value: 'arn:aws:iam::111122223333:role/logs' },
      ],
    }),
  )
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.onInvoke(() => ({ statusCode: 200, body: 'hello' }))
  gateway.logs.length = 0
  gateway.metrics.length = 0
  gateway.exchanges.length = 0
})

const deployed = async (settings: Record<string, string>, api: Parameters<typeof createApi>[1] = {}) => {
  const created = await createApi(gateway, { verb: 'GET', ...api })
  await deploy(gateway, created.restApiId)
  await gateway.client.send(
    new UpdateStageCommand({
      restApiId: created.restApiId,
      stageName: 'prod',
      patchOperations: Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value })),
    }),
  )
  return created
}

/** Calls and waits until what the request has to say has been written. */
const callAndReport = async (restApiId: string, path: string) => {
  const before = gateway.exchanges.length
  const answer = await gateway.call(restApiId, path, { headers: ['User-Agent', 'curl/8'] })
  await vi.waitUntil(() => gateway.exchanges.length > before)
  return answer
}

const values = (filter: Record<string, string>) =>
  Object.fromEntries(
    gateway.metrics
      .filter(({ dimensions }) => JSON.stringify(dimensions) === JSON.stringify(filter))
      .map(({ name, value }) => [name, value]),
  )

describe('metrics', () => {
  it('are one value a request, by API and by stage', async () => {
    const { restApiId } = await deployed({ '/description': 'x' }, { api: { name: 'Flüge' } })
    await callAndReport(restApiId, '/predict')
    for (const dimensions of [{ ApiName: 'Flge' }, { ApiName: 'Flge', Stage: 'prod' }]) {
      expect(values(dimensions)).toEqual({
        Count: 1,
        '4XXError': 0,
        '5XXError': 0,
        Latency: expect.any(Number),
        IntegrationLatency: expect.any(Number),
      })
    }
    expect(gateway.metrics).toHaveLength(10)
    expect(gateway.metrics[0]).toMatchObject({
      namespace: 'AWS/ApiGateway',
      unit: 'Count',
      timestamp: NOW,
    })
  })

  it('count errors, and know no integration where none was called', async () => {
    const { restApiId } = await deployed({ '/description': 'x' }, { api: { name: 'errors' } })
    await callAndReport(restApiId, '/nope')
    expect(values({ ApiName: 'errors' })).toEqual({
      Count: 1,
      '4XXError': 1,
      '5XXError': 0,
      Latency: expect.any(Number),
    })
    gateway.metrics.length = 0
    gateway.onInvoke(() => 'malformed')
    await callAndReport(restApiId, '/predict')
    expect(values({ ApiName: 'errors' })).toMatchObject({ '4XXError': 0, '5XXError': 1 })
  })

  it('have a set for method and resource where the stage asks for it', async () => {
    const { restApiId } = await deployed(
      { '/~1predict/GET/metrics/enabled': 'true' },
      { api: { name: 'detailed' } },
    )
    await callAndReport(restApiId, '/predict')
    expect(values({ ApiName: 'detailed', Method: 'GET', Resource: '/predict', Stage: 'prod' })).toMatchObject(
      { Count: 1 },
    )
  })

  it('are named by the id where the name has nothing of ASCII', async () => {
    const { restApiId } = await deployed({ '/description': 'x' }, { api: { name: '予測' } })
    await callAndReport(restApiId, '/predict')
    expect(values({ ApiName: restApiId })).toMatchObject({ Count: 1 })
  })
})

describe('the access log', () => {
  it('has a line a request in the format of the stage', async () => {
    const { restApiId } = await deployed({
      '/accessLogSettings/destinationArn': `arn:aws:logs:eu-west-1:${SCOPE.account}:log-group:access`,
      '/accessLogSettings/format':
        '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.integration.integrationStatus $context.integration.status',
    })
    const answer = await callAndReport(restApiId, '/predict')
    await callAndReport(restApiId, '/nope')
    expect(gateway.logs[0]).toEqual({
      account: SCOPE.account,
      group: 'access',
      stream: expect.stringMatching(/^[0-9a-f]{32}$/),
      events: [
        {
          timestamp: NOW,
          message: `127.0.0.1 - - [10/Mar/2020:00:03:59 +0000] "GET /predict HTTP/1.1" 200 5 ${answer.headers['x-amzn-requestid']} 200 200`,
        },
      ],
    })
    expect(gateway.logs[1]?.events[0]?.message).toContain('"GET - HTTP/1.1" 403 42 ')
  })
})

describe('the execution log', () => {
  it('tells of each step at level INFO, without data', async () => {
    const { restApiId } = await deployed({ '/*/*/logging/loglevel': 'INFO' })
    const answer = await callAndReport(restApiId, '/predict')
    const id = answer.headers['x-amzn-requestid']
    expect(gateway.logs).toHaveLength(1)
    expect(gateway.logs[0]?.group).toBe(`API-Gateway-Execution-Logs_${restApiId}/prod`)
    expect(gateway.logs[0]?.events.map(({ message }) => message)).toEqual([
      `(${id}) Starting execution for request: ${id}`,
      `(${id}) HTTP Method: GET, Resource Path: /predict`,
      `(${id}) Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
      expect.stringMatching(/Received response\. Status: 200, Integration latency: \d+ ms$/),
      `(${id}) Successfully completed execution`,
      `(${id}) Method completed with status: 200`,
    ])
  })

  it('has failures alone at level ERROR', async () => {
    const { restApiId } = await deployed({ '/*/*/logging/loglevel': 'ERROR' })
    await callAndReport(restApiId, '/predict')
    expect(gateway.logs).toHaveLength(0)
    gateway.onInvoke(() => result({ errorMessage: 'boom' }, 'Unhandled'))
    const answer = await callAndReport(restApiId, '/predict')
    expect(gateway.logs[0]?.events.map(({ message }) => message)).toEqual([
      `(${answer.headers['x-amzn-requestid']}) Lambda execution failed with status 200 due to customer function error: boom`,
    ])
  })

  it('has bodies with data tracing, cut to 1,024 bytes', async () => {
    const { restApiId } = await deployed({
      '/*/*/logging/loglevel': 'INFO',
      '/*/*/logging/dataTrace': 'true',
    })
    gateway.onInvoke(() => ({ statusCode: 200, body: 'é'.repeat(2000) }))
    await callAndReport(restApiId, '/predict?q=1')
    const messages = gateway.logs[0]?.events.map(({ message }) => message) ?? []
    expect(messages.some(message => message.endsWith('Method request query string: {q=1}'))).toBe(true)
    const body = messages.find(message => message.includes('Method response body after'))
    expect(Buffer.byteLength(body ?? '')).toBeLessThanOrEqual(1024)
    expect(body?.endsWith('é [TRUNCATED]')).toBe(true)
  })
})

describe('TestInvokeMethod', () => {
  it('calls the method as it is now and tells how', async () => {
    const { key, restApiId } = await createApi(gateway, { path: '/pets/{petId}' })
    gateway.onInvoke(event => ({
      statusCode: 200,
      body: JSON.stringify({ body: event.body, path: event.pathParameters }),
    }))
    const answer = await gateway.client.send(
      new TestInvokeMethodCommand({
        ...key,
        pathWithQueryString: '/pets/1?queryTest=value',
        body: '{"test": "val123"}',
        headers: { 'content-type': 'application/json' },
      }),
    )
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body ?? '')).toEqual({ body: '{"test": "val123"}', path: { petId: '1' } })
    expect(answer.headers?.['Content-Type']).toBe('application/json')
    expect(answer.multiValueHeaders?.['Content-Type']).toEqual(['application/json'])
    const lines = answer.log?.split('\n') ?? []
    expect(lines[0]).toMatch(/^Execution log for request [0-9a-f-]{36}$/)
    const said = lines.slice(1).map(line => line.replace(/^Tue Mar 10 00:0\d:\d\d UTC 2020 : /, ''))
    expect(said).toEqual([
      expect.stringMatching(/^Starting execution for request: /),
      'HTTP Method: POST, Resource Path: /pets/{petId}',
      'Method request path: {petId=1}',
      'Method request query string: {queryTest=value}',
      'Method request headers: {content-type=application/json}',
      'Method request body before transformations: {"test": "val123"}',
      `Endpoint request URI: https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
      expect.stringMatching(/^Endpoint request headers: \{/),
      expect.stringMatching(/^Endpoint request body after transformations: \{/),
      expect.stringMatching(/^Sending request to https:/),
      expect.stringMatching(/^Received response\. Status: 200, Integration latency: \d+ ms$/),
      expect.stringMatching(/^Endpoint response headers: \{/),
      expect.stringMatching(/^Endpoint response body before transformations: \{/),
      expect.stringMatching(/^Method response body after transformations: \{/),
      expect.stringMatching(/^Method response headers: \{/),
      'Successfully completed execution',
      'Method completed with status: 200',
      '',
    ])
    expect(gateway.invocations.at(-1)?.caller?.sourceArn).toBe(
      `arn:aws:execute-api:eu-west-1:${SCOPE.account}:${restApiId}/test-invoke-stage/POST/pets/{petId}`,
    )
  })
})

describe("CDK's CORS preflight", () => {
  it('is answered by its MOCK integration', async () => {
    const { client } = gateway
    const { key, restApiId } = await createApi(gateway, {
      verb: 'OPTIONS',
      integration: {
        type: 'MOCK',
        integrationHttpMethod: undefined,
        uri: undefined,
        requestTemplates: { 'application/json': '{ statusCode: 204 }' },
      },
    })
    const names = { 'Allow-Origin': "'*'", 'Allow-Methods': "'OPTIONS,POST'" }
    const parameter = (name: string) => `method.response.header.Access-Control-${name}`
    await client.send(
      new PutMethodResponseCommand({
        ...key,
        statusCode: '204',
        responseParameters: Object.fromEntries(Object.keys(names).map(name => [parameter(name), true])),
      }),
    )
    await client.send(
      new PutIntegrationResponseCommand({
        ...key,
        statusCode: '204',
        responseParameters: Object.fromEntries(
          Object.entries(names).map(([name, value]) => [parameter(name), value]),
        ),
      }),
    )
    await deploy(gateway, restApiId)
    const answer = await gateway.call(restApiId, '/predict', { method: 'OPTIONS' })
    expect(answer.status).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'OPTIONS,POST',
    })
    expect(answer.headers['x-amzn-trace-id']).toBeUndefined()
    const other = await gateway.call(restApiId, '/predict', {
      method: 'OPTIONS',
      headers: ['Content-Type', 'text/plain'],
    })
    expect(other).toMatchObject({ status: 500, body: '{"message":"Internal server error"}' })
  })
})
