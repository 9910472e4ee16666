import { UpdateRestApiCommand } from '@aws-sdk/client-api-gateway'
import { ServiceError } from '@sonde/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { result, startGateway, type TestGateway } from '../testing/gateway.ts'

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
