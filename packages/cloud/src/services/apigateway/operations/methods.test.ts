import {
  DeleteMethodCommand,
  GetMethodCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateMethodCommand,
  UpdateMethodResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../testing/apis.ts'
import { BAD_REQUEST, CONFLICT, NOT_FOUND, NOT_IMPLEMENTED } from '../testing/errors.ts'
import { startGateway, type TestGateway } from '../testing/gateway.ts'

let gateway: TestGateway
let send: TestGateway['client']['send']
let api: Awaited<ReturnType<typeof createApi>>

beforeAll(async () => {
  gateway = await startGateway()
  send = gateway.client.send.bind(gateway.client)
})
afterAll(() => gateway.close())
beforeEach(async () => {
  api = await createApi(gateway)
})

describe('methods', () => {
  const put = (input: object) =>
    send(
      new PutMethodCommand({
        restApiId: api.restApiId,
        resourceId: api.resourceId,
        httpMethod: 'GET',
        authorizationType: 'NONE',
        ...input,
      }),
    )

  it.each([
    [
      { httpMethod: 'FETCH' },
      'Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY',
    ],
    [{ requestValidatorId: 'nope' }, 'Invalid Request Validator identifier specified'],
    [{ requestModels: { 'application/json': 'petModel' } }, 'Invalid model identifier specified: petModel'],
    [
      {
        requestParameters: { 'method.request.header.a': true, 'method.request.querystring.a': true },
      },
      'Parameter names must be unique across querystring, header and path',
    ],
  ])('are refused with %j', async (input, message) => {
    await expect(put(input)).rejects.toMatchObject({ ...BAD_REQUEST, message })
  })

  it.each([
    ['authorizationType AWS_IAM', { authorizationType: 'AWS_IAM' }],
    ['authorizationType CUSTOM', { authorizationType: 'CUSTOM' }],
    ['authorizationType COGNITO_USER_POOLS', { authorizationType: 'COGNITO_USER_POOLS' }],
  ])('let nobody in unasked: %s is refused by name', async (name, input) => {
    await expect(put(input)).rejects.toMatchObject({
      ...NOT_IMPLEMENTED,
      message: `API Gateway PutMethod with ${name} is not implemented by Sonde.`,
    })
  })

  it('exist once per verb', async () => {
    await expect(put({ httpMethod: 'POST' })).rejects.toMatchObject({
      ...CONFLICT,
      message: 'Method already exists for this resource',
    })
    await expect(send(new GetMethodCommand({ ...api.key, httpMethod: 'GET' }))).rejects.toMatchObject({
      ...NOT_FOUND,
      message: 'Invalid Method identifier specified',
    })
    await send(new DeleteMethodCommand(api.key))
    await expect(send(new DeleteMethodCommand(api.key))).rejects.toMatchObject(NOT_FOUND)
  })

  it.each([
    [{ op: 'replace', path: '/httpMethod', value: 'GET' }, 'Invalid patch path /httpMethod'],
    [
      { op: 'replace', path: '/requestModels/application/json', value: 'Empty' },
      'Invalid patch path /requestModels/application/json',
    ],
    [
      { op: 'add', path: '/operationName', value: 'x' },
      'Invalid patch operation specified. Must be one of: [replace]',
    ],
  ] as const)('refuse the patch %j', async (patch, message) => {
    await expect(
      send(new UpdateMethodCommand({ ...api.key, patchOperations: [patch] })),
    ).rejects.toMatchObject({ ...BAD_REQUEST, message })
  })

  it('have responses that integration responses map to', async () => {
    const response = { ...api.key, statusCode: '200' }
    await expect(send(new PutIntegrationResponseCommand(response))).rejects.toMatchObject({
      ...NOT_FOUND,
      message: 'Invalid Response status code specified',
    })
    await send(
      new PutMethodResponseCommand({
        ...response,
        responseParameters: { 'method.response.header.X-A': true },
      }),
    )
    await expect(
      send(
        new PutIntegrationResponseCommand({
          ...response,
          responseParameters: { 'method.response.header.X-B': "'b'" },
        }),
      ),
    ).rejects.toMatchObject({
      ...BAD_REQUEST,
      message:
        'Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.response.header.X-B]',
    })
    await expect(
      send(
        new PutIntegrationResponseCommand({
          ...response,
          responseParameters: { 'method.response.header.X-A': 'integration.response.header.a' },
        }),
      ),
    ).rejects.toMatchObject(NOT_IMPLEMENTED)
    await expect(
      send(
        new PutIntegrationResponseCommand({
          ...response,
          responseTemplates: { 'application/json': "#set($a = 1)$input.path('$')" },
        }),
      ),
    ).rejects.toMatchObject({
      ...NOT_IMPLEMENTED,
      message:
        'Velocity in the application/json response template of an integration is not implemented by Sonde.',
    })
    await expect(
      send(
        new UpdateMethodResponseCommand({
          ...response,
          patchOperations: [{ op: 'wrong_op' as 'add', path: '/x' }],
        }),
      ),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]",
    })
  })
})
