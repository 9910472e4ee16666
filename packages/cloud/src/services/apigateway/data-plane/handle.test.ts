import {
  CreateModelCommand,
  CreateRequestValidatorCommand,
  PutGatewayResponseCommand,
  UpdateMethodCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import { ServiceError } from '@sonde/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { FUNCTION_ARN, NOW, result, SCOPE, startGateway, type TestGateway } from '../testing/gateway.ts'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.onInvoke(() => ({ statusCode: 200 }))
  gateway.invocations.length = 0
})

const deployed = async (options: Parameters<typeof createApi>[1] = {}) => {
  const api = await createApi(gateway, options)
  return { ...api, deploymentId: await deploy(gateway, api.restApiId) }
}

const INTERNAL = '{"message":"Internal server error"}'

describe('the proxy event', () => {
  it('is payload format 1.0 to the letter', async () => {
    const { restApiId, resourceId, deploymentId } = await deployed()
    await gateway.call(restApiId, '/predict?a=1&a=2&b=x', {
      method: 'POST',
      headers: [
        ...['Host', 'api.test', 'user-agent', 'curl/8', 'tEsT-HEADeR', 'aValUE', 'X-Multi', '1'],
        ...['x-multi', '2', 'Content-Type', 'application/json', 'X-Forwarded-For', '203.0.113.9'],
      ],
      body: '{"x":1}',
    })
    const event = gateway.lastEvent()
    const trace = event.headers['X-Amzn-Trace-Id']
    expect(trace).toMatch(/^Root=1-5e66d96f-[0-9a-f]{24}$/)
    const forwarded = { 'X-Forwarded-Port': String(gateway.port), 'X-Forwarded-Proto': 'http' }
    expect(event).toEqual({
      resource: '/predict',
      path: '/predict',
      httpMethod: 'POST',
      headers: {
        Host: 'api.test',
        'User-Agent': 'curl/8',
        'tEsT-HEADeR': 'aValUE',
        'X-Multi': '2',
        'Content-Type': 'application/json',
        'X-Amzn-Trace-Id': trace,
        'X-Forwarded-For': '203.0.113.9, 127.0.0.1',
        ...forwarded,
      },
      multiValueHeaders: {
        Host: ['api.test'],
        'User-Agent': ['curl/8'],
        'tEsT-HEADeR': ['aValUE'],
        'X-Multi': ['1', '2'],
        'Content-Type': ['application/json'],
        'X-Amzn-Trace-Id': [trace],
        'X-Forwarded-For': ['203.0.113.9, 127.0.0.1'],
        'X-Forwarded-Port': [forwarded['X-Forwarded-Port']],
        'X-Forwarded-Proto': ['http'],
      },
      queryStringParameters: { a: '2', b: 'x' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x'] },
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        resourceId,
        resourcePath: '/predict',
        httpMethod: 'POST',
        extendedRequestId: expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/),
        requestTime: '10/Mar/2020:00:03:59 +0000',
        path: '/prod/predict',
        accountId: SCOPE.account,
        protocol: 'HTTP/1.1',
        stage: 'prod',
        domainPrefix: restApiId,
        requestTimeEpoch: NOW,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        identity: {
          cognitoIdentityPoolId: null,
          cognitoIdentityId: null,
          principalOrgId: null,
          cognitoAuthenticationType: null,
          userArn: null,
          userAgent: 'curl/8',
          accountId: null,
          caller: null,
          sourceIp: '127.0.0.1',
          accessKey: null,
          cognitoAuthenticationProvider: null,
          user: null,
        },
        domainName: `${restApiId}.execute-api.eu-west-1.amazonaws.com`,
        deploymentId,
        apiId: restApiId,
      },
      body: '{"x":1}',
      isBase64Encoded: false,
    })
    expect(gateway.invocations[0]).toMatchObject({
      functionArn: FUNCTION_ARN,
      invocationType: 'RequestResponse',
      traceHeader: trace,
      caller: {
        service: 'apigateway.amazonaws.com',
        sourceArn: `arn:aws:execute-api:eu-west-1:${SCOPE.account}:${restApiId}/prod/POST/predict`,
      },
    })
  })

  it('has null for what is empty', async () => {
    const { restApiId } = await deployed({ verb: 'GET' })
    await gateway.call(restApiId, '/predict')
    expect(gateway.lastEvent()).toMatchObject({
      body: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
    })
  })

  it.each<[sent: string, path: string, contextPath: string, proxy: string]>([
    ['/a/b', '/a/b', '/prod/a/b', 'a/b'],
    ['/a/b/', '/a/b/', '/prod/a/b/', 'a/b'],
    ['/a//b', '/a//b', '/prod/a//b', 'a//b'],
    ['//a', '/a', '/prod//a', 'a'],
    [
      '/test%2Balias@gmail.com/t+b',
      '/test%2Balias@gmail.com/t+b',
      '/prod/test%2Balias@gmail.com/t+b',
      'test%2Balias@gmail.com/t+b',
    ],
  ])('shows the path %s as recorded from AWS', async (sent, path, contextPath, proxy) => {
    const { restApiId } = await proxied()
    await gateway.call(restApiId, sent)
    expect(gateway.lastEvent()).toMatchObject({
      path,
      pathParameters: { proxy },
      requestContext: { path: contextPath },
    })
  })

  it('carries a body of a binary media type in base64', async () => {
    const { restApiId } = await deployed({ api: { binaryMediaTypes: ['image/png'] } })
    const bytes = Buffer.from([0, 255, 1, 254])
    await gateway.call(restApiId, '/predict', {
      method: 'POST',
      headers: ['Content-Type', 'image/png'],
      body: bytes,
    })
    expect(gateway.lastEvent()).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true })
  })

  it("keeps a client's request id of UUID form and its trace", async () => {
    const { restApiId } = await deployed({ verb: 'GET' })
    const requestId = '77375676-aaaa-4b79-853a-f982474efe18'
    const trace = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1'
    const answer = await gateway.call(restApiId, '/predict', {
      headers: ['x-amzn-RequestId', requestId, 'x-amzn-trace-id', trace],
    })
    expect(answer.headers['x-amzn-requestid']).toBe(requestId)
    expect(answer.headers['x-amzn-trace-id']).toBe(trace)
    expect(gateway.lastEvent().headers['X-Amzn-Trace-Id']).toBe(trace)
    expect(gateway.invocations[0]?.traceHeader).toBe(trace)
  })
})

let proxiedApi: ReturnType<typeof deployed> | undefined
const proxied = () => {
  proxiedApi ??= deployed({ path: '/{proxy+}', verb: 'ANY' })
  return proxiedApi
}

describe('the response', () => {
  it('is what the function returned, with the ids of the gateway', async () => {
    const { restApiId } = await deployed({ verb: 'GET' })
    gateway.onInvoke(() => ({ statusCode: 201, headers: { 'X-Model': 'gbm' }, body: '{"é":1}' }))
    const answer = await gateway.call(restApiId, '/predict')
    expect(answer.status).toBe(201)
    expect(answer.body).toBe('{"é":1}')
    expect(answer.rawHeaders).toContain('X-Model')
    expect(answer.headers).toMatchObject({
      'x-model': 'gbm',
      'content-type': 'application/json',
      'content-length': '8',
      'x-amzn-requestid': gateway.lastEvent().requestContext.requestId,
      'x-amz-apigw-id': gateway.lastEvent().requestContext.extendedRequestId,
    })
    expect(answer.headers['x-amzn-trace-id']).toMatch(/^Root=1-.*;Parent=[0-9a-f]{16};Sampled=0$/)
  })

  it.each<[types: string[], contentType: string, accept: string | undefined, decoded: boolean]>([
    [[], 'image/png', 'image/png', false],
    [['image/png'], 'image/png', undefined, true],
    [['image/png'], 'application/json', 'image/png', true],
    [['image/png'], 'application/json', undefined, false],
    [['*/*'], 'application/json', undefined, true],
  ])('decodes base64 with %j, type %s and Accept %s: %s', async (types, contentType, accept, decoded) => {
    const { restApiId } = await deployed({ verb: 'GET', api: { binaryMediaTypes: types } })
    const body = Buffer.from([1, 2, 255]).toString('base64')
    gateway.onInvoke(() => ({
      statusCode: 200,
      isBase64Encoded: true,
      headers: { 'Content-Type': contentType },
      body,
    }))
    const answer = await gateway.call(restApiId, '/predict', { headers: accept ? ['Accept', accept] : [] })
    expect(answer.bytes).toEqual(decoded ? Buffer.from([1, 2, 255]) : Buffer.from(body))
  })

  it('has no body for 204 and for HEAD', async () => {
    const { restApiId } = await proxied()
    gateway.onInvoke(() => ({ statusCode: 204, body: 'ignored' }))
    expect(await gateway.call(restApiId, '/x')).toMatchObject({ status: 204, body: '' })
    gateway.onInvoke(() => ({ statusCode: 200, body: 'four' }))
    const head = await gateway.call(restApiId, '/x', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '4' } })
  })

  it.each<[name: string, fails: () => unknown, status: number, body: string]>([
    ['a malformed answer', () => ({}), 502, INTERNAL],
    ['a function error', () => result({ errorMessage: 'boom' }, 'Unhandled'), 502, INTERNAL],
    [
      'a throttled function',
      () => {
        throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 })
      },
      502,
      INTERNAL,
    ],
    [
      'a Lambda that fails itself',
      () => {
        throw new ServiceError('ServiceException', 'x', { status: 500 })
      },
      502,
      INTERNAL,
    ],
    [
      'a missing permission',
      () => {
        throw new ServiceError('AccessDeniedException', 'x', { status: 403 })
      },
      500,
      INTERNAL,
    ],
    [
      'a function that is not there',
      () => {
        throw new ServiceError('ResourceNotFoundException', 'x', { status: 404 })
      },
      500,
      INTERNAL,
    ],
  ])('to %s is AWS’s', async (_name, fails, status, body) => {
    const { restApiId } = await proxied()
    gateway.onInvoke(fails)
    const answer = await gateway.call(restApiId, '/x')
    expect(answer).toMatchObject({ status, body })
    expect(answer.headers['x-amzn-errortype']).toBe('InternalServerErrorException')
    expect(answer.headers['x-amzn-trace-id']).toBeUndefined()
  })

  it('is 504 when the integration takes longer than its timeout', async () => {
    const { restApiId } = await deployed({ verb: 'GET', integration: { timeoutInMillis: 50 } })
    const { promise, resolve } = Promise.withResolvers<unknown>()
    gateway.onInvoke(() => promise)
    const answer = await gateway.call(restApiId, '/predict')
    resolve({})
    expect(answer).toMatchObject({ status: 504, body: '{"message":"Endpoint request timed out"}' })
  })

  it('is 500 where the integration does not call Lambda with POST', async () => {
    const { restApiId } = await deployed({ verb: 'GET', integration: { integrationHttpMethod: 'GET' } })
    expect(await gateway.call(restApiId, '/predict')).toMatchObject({ status: 500, body: INTERNAL })
    expect(gateway.invocations).toHaveLength(0)
  })

  it('is 413 for a body of more than 10 MB, announced or not', async () => {
    const { restApiId } = await proxied()
    const body = Buffer.alloc(10_485_761)
    for (const chunked of [false, true]) {
      const answer = await gateway.call(restApiId, '/x', { method: 'POST', body, chunked })
      expect(answer).toMatchObject({ status: 413, body: '{"message":"Request Too Long"}' })
    }
    expect(gateway.invocations).toHaveLength(0)
    const most = Buffer.alloc(10_485_760, 'x')
    expect((await gateway.call(restApiId, '/x', { method: 'POST', body: most })).status).toBe(200)
    expect(gateway.lastEvent().body).toHaveLength(10_485_760)
  })

  it.each<[method: string, path: string]>([
    ['GET', '/predict'],
    ['POST', '/other'],
    ['POST', '/predict/more'],
  ])('to %s %s, which is not there, is 403 Missing Authentication Token', async (method, path) => {
    const { restApiId } = await deployed()
    const answer = await gateway.call(restApiId, path, { method })
    expect(answer).toMatchObject({ status: 403, body: '{"message":"Missing Authentication Token"}' })
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': 'MissingAuthenticationTokenException',
    })
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is 403 Forbidden for an API or a stage that is not there', async () => {
    const { restApiId } = await deployed()
    for (const url of ['/_aws/execute-api/nope/prod/x', `/_aws/execute-api/${restApiId}/nope/predict`]) {
      const answer = await gateway.callUrl(url)
      expect(answer).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' })
      expect(answer.headers['x-amzn-errortype']).toBe('ForbiddenException')
    }
  })

  it('is 403 Forbidden while the execute-api endpoint is disabled', async () => {
    const { restApiId } = await deployed({ api: { disableExecuteApiEndpoint: true } })
    expect((await gateway.call(restApiId, '/predict', { method: 'POST' })).body).toBe(
      '{"message":"Forbidden"}',
    )
  })
})

describe('faults at apigateway.integration', () => {
  it('fail the call for the API they name', async () => {
    const { restApiId } = await deployed({ verb: 'GET', api: { name: 'faulty' } })
    const id = gateway.faults.add({
      point: 'apigateway.integration',
      target: 'faulty',
      error: { code: 'ServiceException', message: 'x', status: 500 },
    })
    expect((await gateway.call(restApiId, '/predict')).status).toBe(502)
    gateway.faults.remove(id)
    expect((await gateway.call(restApiId, '/predict')).status).toBe(200)
  })

  it('count as time of the integration', async () => {
    const { restApiId } = await deployed({
      verb: 'GET',
      api: { name: 'slow' },
      integration: { timeoutInMillis: 50 },
    })
    const id = gateway.faults.add({ point: 'apigateway.integration', target: 'slow', latency: 500 })
    expect((await gateway.call(restApiId, '/predict')).status).toBe(504)
    gateway.faults.remove(id)
  })

  it('break the connection where they ask for it', async () => {
    const { restApiId } = await deployed({ verb: 'GET', api: { name: 'dropped' } })
    const id = gateway.faults.add({ point: 'apigateway.integration', target: 'dropped', drop: true })
    await expect(gateway.call(restApiId, '/predict')).rejects.toThrow('socket hang up')
    gateway.faults.remove(id)
  })
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
    expect(failed).toMatchObject({ status: 502, body: INTERNAL })
    expect(failed.headers['access-control-allow-origin']).toBe('*')
  })
})

describe('a deployment', () => {
  it('serves what the API was when it was made', async () => {
    const { client } = gateway
    const { restApiId } = await deployed({ verb: 'GET' })
    gateway.onInvoke(() => ({ isBase64Encoded: true, body: 'AQI=' }))
    await client.send(
      new UpdateRestApiCommand({
        restApiId,
        patchOperations: [{ op: 'add', path: '/binaryMediaTypes/*~1*' }],
      }),
    )
    expect((await gateway.call(restApiId, '/predict')).body).toBe('AQI=')
    await deploy(gateway, restApiId)
    expect((await gateway.call(restApiId, '/predict')).bytes).toEqual(Buffer.from([1, 2]))
  })
})
