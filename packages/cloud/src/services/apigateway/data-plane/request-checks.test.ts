import {
  CreateModelCommand,
  CreateRequestValidatorCommand,
  PutGatewayResponseCommand,
  TestInvokeMethodCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { startGateway, type TestGateway } from '../testing/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.onInvoke(() => ({ statusCode: 200 }))
  gateway.invocations.length = 0
})

describe('request validation', () => {
  it('answers what is missing and what does not match, and lets the rest pass', async () => {
    const { client } = gateway
    const api = await createApi(gateway, { path: '/x/{id}', verb: 'PUT' })
    const { restApiId } = api
    const { id: requestValidatorId } = await client.send(
      new CreateRequestValidatorCommand({
        restApiId,
        name: 'all',
        validateRequestBody: true,
        validateRequestParameters: true,
      }),
    )
    await client.send(
      new CreateModelCommand({
        restApiId,
        name: 'Body',
        contentType: 'application/json',
        schema: '{"type":"object","required":["a"]}',
      }),
    )
    await client.send(
      new UpdateMethodCommand({
        ...api.key,
        patchOperations: [
          { op: 'replace', path: '/requestValidatorId', value: requestValidatorId },
          { op: 'add', path: '/requestParameters/method.request.header.x-header-param', value: 'true' },
          { op: 'add', path: '/requestParameters/method.request.querystring.qs1', value: 'true' },
          { op: 'add', path: '/requestParameters/method.request.path.issuer', value: 'true' },
          { op: 'add', path: '/requestModels/application~1json', value: 'Body' },
        ],
      }),
    )
    await deploy(gateway, restApiId)
    const put = (query: string, headers: string[], body: string) =>
      gateway.call(restApiId, `/x/1${query}`, { method: 'PUT', headers, body })

    expect((await put('', [], '{"a":1}')).body).toBe(
      '{"message":"Missing required request parameters: [x-header-param, issuer, qs1]"}',
    )
    await client.send(
      new UpdateMethodCommand({
        ...api.key,
        patchOperations: [{ op: 'remove', path: '/requestParameters/method.request.path.issuer' }],
      }),
    )
    await deploy(gateway, restApiId)
    const header = ['x-header-param', 'v']
    expect((await put('?qs1=', header, '{"a":1}')).body).toContain('[qs1]')
    const invalid = await put('?qs1=1', header, '{"b":1}')
    expect(invalid).toMatchObject({ status: 400, body: '{"message":"Invalid request body"}' })
    expect(invalid.headers['x-amzn-errortype']).toBe('BadRequestException')
    expect(gateway.exchanges.at(-1)?.error?.validationErrorString).toBe(
      '[object has missing required properties (["a"])]',
    )
    expect((await put('?qs1=1', header, 'not json')).status).toBe(400)
    expect((await put('?qs1=1', [...header, 'Content-Type', 'text/csv'], 'a,b')).status).toBe(200)
    expect((await put('?qs1=1', header, '{"a":1}')).status).toBe(200)
  })

  it("tells in the log by which content type's model a body was refused", async () => {
    const { client } = gateway
    const { restApiId, key } = await createApi(gateway)
    const { id: requestValidatorId = '' } = await client.send(
      new CreateRequestValidatorCommand({ restApiId, validateRequestBody: true }),
    )
    const contentType = 'application/vnd.flight+json'
    const schema = '{"type":"object","required":["a"]}'
    await client.send(new CreateModelCommand({ restApiId, name: 'Flight', contentType, schema }))
    await client.send(
      new UpdateMethodCommand({
        ...key,
        patchOperations: [
          { op: 'replace', path: '/requestValidatorId', value: requestValidatorId },
          { op: 'add', path: '/requestModels/application~1vnd.flight+json', value: 'Flight' },
        ],
      }),
    )
    const headers = { 'Content-Type': `${contentType}; charset=utf-8` }
    const { log } = await client.send(new TestInvokeMethodCommand({ ...key, body: '{}', headers }))
    expect(log).toContain(
      `Request body does not match model schema for content type ${contentType}: [object has missing required properties (["a"])]`,
    )
  })

  it('refuses a body that is nested deeper than it can follow', async () => {
    const { client } = gateway
    const { restApiId, key } = await createApi(gateway)
    const { id: requestValidatorId = '' } = await client.send(
      new CreateRequestValidatorCommand({ restApiId, validateRequestBody: true }),
    )
    await client.send(
      new CreateModelCommand({
        restApiId,
        name: 'Tree',
        contentType: 'application/json',
        schema: '{"type":"object","properties":{"a":{"$ref":"#"}}}',
      }),
    )
    await client.send(
      new UpdateMethodCommand({
        ...key,
        patchOperations: [
          { op: 'replace', path: '/requestValidatorId', value: requestValidatorId },
          { op: 'add', path: '/requestModels/application~1json', value: 'Tree' },
        ],
      }),
    )
    await deploy(gateway, restApiId)
    const post = (depth: number) =>
      gateway.call(restApiId, '/predict', {
        method: 'POST',
        body: `${'{"a":'.repeat(depth)}{}${'}'.repeat(depth)}`,
      })
    expect((await post(100)).status).toBe(200)
    expect((await post(200_000)).status).toBe(400)
  })
})

describe('gateway responses', () => {
  it('are customised by type, else by the default of their class', async () => {
    const { client } = gateway
    const { restApiId } = await createApi(gateway, { verb: 'GET' })
    await client.send(
      new PutGatewayResponseCommand({
        restApiId,
        responseType: 'MISSING_AUTHENTICATION_TOKEN',
        statusCode: '404',
        responseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': "'a.b.c'",
          'gatewayresponse.header.x-request-header': 'method.request.header.Accept',
          'gatewayresponse.header.x-request-query': 'method.request.querystring.q',
        },
        responseTemplates: {
          'application/json':
            '{"message":$context.error.messageString,"type":"$context.error.responseType","stage":"$context.stage","path":"$context.resourcePath","v":"$stageVariables.a"}',
        },
      }),
    )
    await client.send(
      new PutGatewayResponseCommand({
        restApiId,
        responseType: 'DEFAULT_5XX',
        responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
      }),
    )
    await deploy(gateway, restApiId)

    const missing = await gateway.call(restApiId, '/nope?q=42', { headers: ['Accept', 'application/json'] })
    expect(missing.status).toBe(404)
    expect(JSON.parse(missing.body)).toEqual({
      message: 'Missing Authentication Token',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      stage: 'prod',
      path: '',
      v: '',
    })
    expect(missing.headers).toMatchObject({
      'access-control-allow-origin': 'a.b.c',
      'x-request-header': 'application/json',
      'x-request-query': '42',
    })

    gateway.onInvoke(() => 'malformed')
    const failed = await gateway.call(restApiId, '/predict')
    expect(failed).toMatchObject({ status: 502, body: '{"message":"Internal server error"}' })
    expect(failed.headers['access-control-allow-origin']).toBe('*')
  })
})
