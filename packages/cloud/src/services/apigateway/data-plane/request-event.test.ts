import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { FUNCTION_ARN, NOW, SCOPE, startGateway, type TestGateway } from '../testing/gateway.ts'

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

let proxiedApi: ReturnType<typeof deployed> | undefined
const proxied = () => {
  proxiedApi ??= deployed({ path: '/{proxy+}', verb: 'ANY' })
  return proxiedApi
}

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

  it('is JSON that says what was sent, whatever was sent', async () => {
    const { restApiId } = await proxied()
    const text = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^x-[a-z0-9!#$%&'*+^_`|~-]{1,8}$/), text, { maxKeys: 5 }),
        fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        async (headers, query, body) => {
          const answer = await gateway.call(restApiId, `/a?${new URLSearchParams(query)}`, {
            method: 'POST',
            headers: Object.entries(headers).flat(),
            body,
          })
          expect(answer.status).toBe(200)
          const event = gateway.lastEvent()
          for (const [name, value] of Object.entries(headers)) {
            // Blanks around a value are none of it.
            expect(event.headers[name]).toBe(value.trim())
            expect(event.multiValueHeaders[name]).toEqual([value.trim()])
          }
          for (const [name] of query) {
            const all = query.filter(([other]) => other === name).map(([, value]) => value)
            expect(event.multiValueQueryStringParameters[name]).toEqual(all)
            expect(event.queryStringParameters[name]).toBe(all.at(-1))
          }
          expect(event.body).toBe(body)
        },
      ),
      { numRuns: 60 },
    )
  })
})
