import {
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  DeleteGatewayResponseCommand,
  DeleteMethodCommand,
  DeleteModelCommand,
  DeleteResourceCommand,
  DeleteRestApiCommand,
  DeleteStageCommand,
  GetAccountCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  GetIntegrationCommand,
  GetMethodCommand,
  GetModelsCommand,
  GetRequestValidatorsCommand,
  GetResourceCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAccountCommand,
  UpdateGatewayResponseCommand,
  UpdateIntegrationCommand,
  UpdateMethodCommand,
  UpdateMethodResponseCommand,
  UpdateResourceCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { INVOKE_URI, SCOPE, startGateway, type TestGateway } from '../testing/gateway.ts'

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

const NOT_FOUND = { name: 'NotFoundException', $metadata: { httpStatusCode: 404 } }
const BAD_REQUEST = { name: 'BadRequestException', $metadata: { httpStatusCode: 400 } }
const CONFLICT = { name: 'ConflictException', $metadata: { httpStatusCode: 409 } }
const NOT_IMPLEMENTED = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }

describe('REST APIs', () => {
  it('are created with what AWS assumes', async () => {
    const created = await send(new CreateRestApiCommand({ name: 'plain' }))
    expect(created).toMatchObject({
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      rootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
      name: 'plain',
      apiKeySource: 'HEADER',
      createdDate: expect.any(Date),
      disableExecuteApiEndpoint: false,
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
      $metadata: { httpStatusCode: 201 },
    })
    expect(created.tags).toBeUndefined()
    expect((await send(new GetRestApiCommand({ restApiId: created.id }))).name).toBe('plain')
    expect(gateway.service.owns(created.id ?? '')).toBe(true)
  })

  it('are gone with all that belongs to them once deleted', async () => {
    await deploy(gateway, api.restApiId)
    await send(new DeleteRestApiCommand({ restApiId: api.restApiId }))
    await expect(send(new GetRestApiCommand({ restApiId: api.restApiId }))).rejects.toMatchObject({
      ...NOT_FOUND,
      message: `Invalid API identifier specified ${SCOPE.account}:${api.restApiId}`,
    })
    await expect(send(new GetResourceCommand(api))).rejects.toMatchObject(NOT_FOUND)
    expect(gateway.service.owns(api.restApiId)).toBe(false)
    expect((await gateway.call(api.restApiId, '/predict', { method: 'POST' })).status).toBe(403)
  })

  it('are changed by patches', async () => {
    const updated = await send(
      new UpdateRestApiCommand({
        restApiId: api.restApiId,
        patchOperations: [
          { op: 'replace', path: '/name', value: 'renamed' },
          { op: 'add', path: '/binaryMediaTypes/image~1png' },
          { op: 'add', path: '/binaryMediaTypes/image~1jpeg' },
          { op: 'remove', path: '/binaryMediaTypes/image~1png' },
          { op: 'replace', path: '/endpointConfiguration/types/EDGE', value: 'REGIONAL' },
        ],
      }),
    )
    expect(updated).toMatchObject({
      name: 'renamed',
      binaryMediaTypes: ['image/jpeg'],
      endpointConfiguration: { types: ['REGIONAL'] },
      tags: {},
    })
  })

  it.each([
    [{ op: 'add', path: '/binaryMediaTypes', value: 'a/b' }, 'Invalid patch path /binaryMediaTypes'],
    [{ op: 'copy', path: '/name' }, 'Invalid patch operation specified. Must be one of: [replace]'],
    [{ op: 'replace', path: '/nothing', value: 'x' }, 'Invalid patch path /nothing'],
  ] as const)('refuse the patch %j', async (patch, message) => {
    await expect(
      send(new UpdateRestApiCommand({ restApiId: api.restApiId, patchOperations: [patch] })),
    ).rejects.toMatchObject({ ...BAD_REQUEST, message })
  })

  it('are listed in pages', async () => {
    const ids: unknown[] = []
    let position: string | undefined
    let pages = 0
    do {
      const page = await send(new GetRestApisCommand({ limit: 2, position }))
      ids.push(...(page.items ?? []).map(item => item.id))
      position = page.position
      pages++
    } while (position)
    expect(ids).toContain(api.restApiId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(pages).toBe(Math.ceil(ids.length / 2))
    await expect(send(new GetRestApisCommand({ position: 'nonsense' }))).rejects.toMatchObject(BAD_REQUEST)
  })

  it.each([
    ['policy', { policy: '{}' }],
    ['cloneFrom', { cloneFrom: 'abc' }],
    ['minimumCompressionSize', { minimumCompressionSize: 0 }],
    ['apiKeySource AUTHORIZER', { apiKeySource: 'AUTHORIZER' }],
    ['endpointConfiguration.types PRIVATE', { endpointConfiguration: { types: ['PRIVATE'] } }],
  ] as const)('are refused with %s, by name', async (name, input) => {
    await expect(send(new CreateRestApiCommand({ name: 'x', ...input } as never))).rejects.toMatchObject({
      ...NOT_IMPLEMENTED,
      message: `API Gateway CreateRestApi with ${name} is not implemented by Sonde.`,
    })
  })

  it('are tagged by their ARN', async () => {
    const resourceArn = `arn:aws:apigateway:eu-west-1::/restapis/${api.restApiId}`
    await send(new TagResourceCommand({ resourceArn, tags: { team: 'ml', stage: 'test' } }))
    await send(new UntagResourceCommand({ resourceArn, tagKeys: ['stage'] }))
    expect((await send(new GetTagsCommand({ resourceArn }))).tags).toEqual({ team: 'ml' })
    expect((await send(new GetRestApiCommand(api))).tags).toEqual({ team: 'ml' })
  })
})

describe('resources', () => {
  const create = (parentId: string, pathPart: string) =>
    send(new CreateResourceCommand({ restApiId: api.restApiId, parentId, pathPart }))

  it('are listed by path, methods on demand', async () => {
    const list = async (embed?: string[]) =>
      (await send(new GetResourcesCommand({ restApiId: api.restApiId, embed }))).items
    expect(await list()).toEqual([
      { id: api.rootResourceId, path: '/' },
      {
        id: api.resourceId,
        parentId: api.rootResourceId,
        pathPart: 'predict',
        path: '/predict',
        resourceMethods: { POST: {} },
      },
    ])
    expect((await list(['methods']))?.[1]?.resourceMethods?.POST).toMatchObject({
      httpMethod: 'POST',
      authorizationType: 'NONE',
      apiKeyRequired: false,
      methodIntegration: { type: 'AWS_PROXY', uri: INVOKE_URI, timeoutInMillis: 29_000 },
    })
  })

  it('are refused where they do not fit', async () => {
    const proxy = await create(api.rootResourceId, '{proxy+}')
    await expect(create(api.rootResourceId, 'predict')).rejects.toMatchObject({
      ...CONFLICT,
      message: 'Another resource with the same parent already has this name: predict',
    })
    await expect(create(api.rootResourceId, '{other}')).rejects.toMatchObject({
      ...BAD_REQUEST,
      message:
        'A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed',
    })
    await expect(create(proxy.id ?? '', 'child')).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: 'Cannot create a child of a resource with a greedy path variable: {proxy+}',
    })
    await expect(create('none', 'x')).rejects.toMatchObject({
      ...NOT_FOUND,
      message: 'Invalid Resource identifier specified',
    })
    await expect(create(api.rootResourceId, 'a/b')).rejects.toMatchObject(BAD_REQUEST)
  })

  it('take what is below them along, and never into themselves', async () => {
    const below = await create(api.resourceId, 'below')
    const patch = (resourceId: string | undefined, path: string, value: string | undefined) =>
      send(
        new UpdateResourceCommand({
          restApiId: api.restApiId,
          resourceId,
          patchOperations: [{ op: 'replace', path, value }],
        }),
      )
    await patch(api.resourceId, '/pathPart', 'score')
    expect(
      (await send(new GetResourceCommand({ restApiId: api.restApiId, resourceId: below.id }))).path,
    ).toBe('/score/below')
    await expect(patch(api.resourceId, '/parentId', below.id)).rejects.toMatchObject({
      message: 'Resources cannot be cyclical.',
    })
    expect((await patch(below.id, '/parentId', api.rootResourceId)).path).toBe('/below')
    await expect(patch(below.id, '/invalid', 'x')).rejects.toMatchObject({
      message:
        "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
    })
  })

  it('are deleted with all below them', async () => {
    const below = await create(api.resourceId, 'below')
    await send(new DeleteResourceCommand(api))
    await expect(
      send(new GetResourceCommand({ restApiId: api.restApiId, resourceId: below.id })),
    ).rejects.toMatchObject(NOT_FOUND)
  })
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
    ['apiKeyRequired', { apiKeyRequired: true }],
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

describe('integrations', () => {
  const put = (input: object) =>
    send(
      new PutIntegrationCommand({
        ...api.key,
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: INVOKE_URI,
        ...input,
      }),
    )

  it.each([
    [{ uri: 'arn:aws:lambda:eu-west-1:1:function:f' }, 'AWS ARN for integration must contain path or action'],
    [
      { uri: 'bad-arn:lambda:path/2015-03-31/functions/x/invocations' },
      'Invalid ARN specified in the request',
    ],
    [
      { uri: 'arn:aws:apigateway:eu-west-1:lambda:test/2015-03-31/functions/x/invocations' },
      'AWS ARN for integration must contain path or action',
    ],
    [
      { uri: 'arn:aws:apigateway:eu-west-1:lambda:path/random/value/x/invocations' },
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    ],
    [{ integrationHttpMethod: undefined }, 'Enumeration value for HttpMethod must be non-empty'],
    [{ timeoutInMillis: 49 }, 'Timeout should be between 50 ms and 29000 ms'],
    [{ timeoutInMillis: 29_001 }, 'Timeout should be between 50 ms and 29000 ms'],
  ])('are refused with %j', async (input, message) => {
    await expect(put(input)).rejects.toMatchObject({ ...BAD_REQUEST, message })
  })

  it.each([
    ['type AWS', { type: 'AWS' }],
    ['type HTTP', { type: 'HTTP' }],
    ['type HTTP_PROXY', { type: 'HTTP_PROXY' }],
    ['credentials', { credentials: 'arn:aws:iam::1:role/r' }],
    ['requestParameters', { requestParameters: { 'integration.request.header.a': "'b'" } }],
    ['connectionType VPC_LINK', { connectionType: 'VPC_LINK' }],
    ['contentHandling', { contentHandling: 'CONVERT_TO_TEXT' }],
  ])('are refused with %s, by name', async (name, input) => {
    await expect(put(input)).rejects.toMatchObject({
      ...NOT_IMPLEMENTED,
      message: `API Gateway PutIntegration with ${name} is not implemented by Sonde.`,
    })
  })

  it('answer an unknown type as AWS does', async () => {
    await expect(put({ type: 'HTTPS_PROXY' })).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
    })
  })

  it('show what was put and what was patched', async () => {
    expect(await send(new GetIntegrationCommand(api.key))).toMatchObject({
      type: 'AWS_PROXY',
      httpMethod: 'POST',
      uri: INVOKE_URI,
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      cacheNamespace: api.resourceId,
      cacheKeyParameters: [],
    })
    const updated = await send(
      new UpdateIntegrationCommand({
        ...api.key,
        patchOperations: [{ op: 'replace', path: '/timeoutInMillis', value: '5000' }],
      }),
    )
    expect(updated.timeoutInMillis).toBe(5000)
  })
})

describe('deployments and stages', () => {
  it('need a method, and an integration for each', async () => {
    const { id: restApiId } = await send(new CreateRestApiCommand({ name: 'empty' }))
    await expect(send(new CreateDeploymentCommand({ restApiId }))).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: "The REST API doesn't contain any methods",
    })
    await send(new PutMethodCommand({ ...api.key, httpMethod: 'GET', authorizationType: 'NONE' }))
    await expect(send(new CreateDeploymentCommand(api))).rejects.toMatchObject({
      message: 'No integration defined for method',
    })
  })

  it('hold each other', async () => {
    const deploymentId = await deploy(gateway, api.restApiId)
    const key = { restApiId: api.restApiId, deploymentId }
    await expect(send(new DeleteDeploymentCommand(key))).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: 'Active stages pointing to this deployment must be moved or deleted',
    })
    await expect(
      send(new CreateStageCommand({ ...key, stageName: 'dev', deploymentId: 'nope' })),
    ).rejects.toMatchObject({ ...BAD_REQUEST, message: 'Deployment id does not exist' })
    await expect(send(new CreateStageCommand({ ...key, stageName: 'prod' }))).rejects.toMatchObject({
      ...CONFLICT,
      message: 'Stage already exists',
    })
    await send(new DeleteStageCommand({ restApiId: api.restApiId, stageName: 'prod' }))
    await send(new DeleteDeploymentCommand(key))
    expect((await send(new GetDeploymentsCommand(api))).items).toEqual([])
    await expect(
      send(new GetStageCommand({ restApiId: api.restApiId, stageName: 'prod' })),
    ).rejects.toMatchObject({ ...NOT_FOUND, message: 'Invalid stage identifier specified' })
  })

  it('show what they are', async () => {
    const deploymentId = await deploy(gateway, api.restApiId)
    const key = { restApiId: api.restApiId, stageName: 'prod' }
    expect(await send(new GetStageCommand(key))).toMatchObject({
      stageName: 'prod',
      deploymentId,
      cacheClusterEnabled: false,
      cacheClusterStatus: 'NOT_AVAILABLE',
      methodSettings: {},
      tracingEnabled: false,
    })
    const deployment = await send(
      new GetDeploymentCommand({ restApiId: api.restApiId, deploymentId, embed: ['apisummary'] }),
    )
    expect(deployment.apiSummary).toEqual({
      '/predict': { POST: { authorizationType: 'NONE', apiKeyRequired: false } },
    })
    expect((await send(new GetStagesCommand({ ...key, deploymentId: 'other' }))).item).toEqual([])
  })

  it('take the settings of a patch, once the account may log', async () => {
    await deploy(gateway, api.restApiId)
    const patch = (path: string, value?: string, op: 'add' | 'replace' | 'remove' = 'replace') =>
      send(
        new UpdateStageCommand({
          restApiId: api.restApiId,
          stageName: 'prod',
          patchOperations: [{ op, path, value }],
        }),
      )
    await send(new UpdateAccountCommand({ patchOperations: [{ op: 'remove', path: '/cloudwatchRoleArn' }] }))
    await expect(patch('/*/*/logging/loglevel', 'INFO')).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: 'CloudWatch Logs role ARN must be set in account settings to enable logging',
    })
    const role = 'arn:aws:iam::111122223333:role/logs'
    await send(
      new UpdateAccountCommand({
        patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: role }],
      }),
    )
    expect(await send(new GetAccountCommand({}))).toMatchObject({
      cloudwatchRoleArn: role,
      throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
      apiKeyVersion: '4',
    })
    await patch('/*/*/logging/loglevel', 'INFO')
    await patch('/~1predict/POST/metrics/enabled', 'true')
    await patch('/variables/model', 'v2')
    const stage = await patch('/tracingEnabled', 'true')
    expect(stage.methodSettings).toMatchObject({
      '*/*': { loggingLevel: 'INFO', metricsEnabled: false, throttlingBurstLimit: 5000 },
      'predict/POST': { metricsEnabled: true },
    })
    expect(stage).toMatchObject({ tracingEnabled: true, variables: { model: 'v2' } })
    expect((await patch('/*/*', undefined, 'remove')).methodSettings).not.toHaveProperty('*/*')
    await expect(patch('/*/*', undefined, 'remove')).rejects.toMatchObject({
      message: 'Cannot remove method setting */* because there is no method setting for this method ',
    })
    for (const [path, value] of [
      ['/*/*/throttling/rateLimit', '10'],
      ['/*/*/caching/enabled', 'true'],
      ['/cacheClusterEnabled', 'true'],
    ] as const) {
      await expect(patch(path, value)).rejects.toMatchObject(NOT_IMPLEMENTED)
    }
    await expect(patch('/accessLogSettings/randomValue', 'x', 'add')).rejects.toMatchObject({
      message:
        'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
    })
    await expect(patch('/tags/tag1', 'x')).rejects.toThrow('Invalid method setting path: /tags/tag1. Must be')
    await expect(patch('/accessLogSettings/format', '$context.status')).rejects.toMatchObject(BAD_REQUEST)
    await expect(patch('/accessLogSettings/format', '$context.requestId $context.nope')).rejects.toThrow(
      '$context.nope',
    )
    await expect(
      patch('/accessLogSettings/destinationArn', 'arn:aws:firehose:eu-west-1:1:deliverystream/x'),
    ).rejects.toMatchObject(NOT_IMPLEMENTED)
  })
})

describe('models and request validators', () => {
  it('are kept while a method refers to them', async () => {
    const { restApiId, key } = api
    await send(
      new CreateModelCommand({
        restApiId,
        name: 'Flight',
        contentType: 'application/json',
        schema: '{"type":"object","title":"x"}',
      }),
    )
    expect((await send(new GetModelsCommand({ restApiId }))).items?.map(({ name }) => name)).toEqual([
      'Empty',
      'Error',
      'Flight',
    ])
    await send(
      new UpdateMethodCommand({
        ...key,
        patchOperations: [{ op: 'add', path: '/requestModels/application~1json', value: 'Flight' }],
      }),
    )
    await expect(send(new DeleteModelCommand({ restApiId, modelName: 'Flight' }))).rejects.toMatchObject({
      ...CONFLICT,
      message: "Cannot delete model 'Flight', is referenced in method request: /predict/POST",
    })
    await expect(
      send(
        new CreateModelCommand({
          restApiId,
          name: 'Flight',
          contentType: 'application/json',
          schema: '{"a":1}',
        }),
      ),
    ).rejects.toMatchObject({ ...CONFLICT, message: 'Model name already exists for this REST API' })
    await expect(
      send(new CreateModelCommand({ restApiId, name: 'X', contentType: 'application/json', schema: '{}' })),
    ).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: 'Model schema must have at least 1 property or array items defined',
    })
    await send(new CreateRequestValidatorCommand({ restApiId, name: 'v', validateRequestBody: true }))
    expect((await send(new GetRequestValidatorsCommand({ restApiId }))).items).toEqual([
      { id: expect.any(String), name: 'v', validateRequestBody: true, validateRequestParameters: false },
    ])
    await expect(
      send(new CreateRequestValidatorCommand({ restApiId: 'nope', name: 'v' })),
    ).rejects.toMatchObject({ ...BAD_REQUEST, message: 'Invalid REST API identifier specified' })
  })
})

describe('gateway responses', () => {
  it('inherit from the default of their class', async () => {
    const { restApiId } = api
    expect(
      await send(new GetGatewayResponseCommand({ restApiId, responseType: 'MISSING_AUTHENTICATION_TOKEN' })),
    ).toMatchObject({
      defaultResponse: true,
      responseParameters: {},
      responseTemplates: { 'application/json': '{"message":$context.error.messageString}' },
      statusCode: '403',
    })
    await send(
      new PutGatewayResponseCommand({
        restApiId,
        responseType: 'DEFAULT_5XX',
        statusCode: '599',
        responseParameters: { 'gatewayresponse.header.a': "'b'" },
      }),
    )
    const { items = [] } = await send(new GetGatewayResponsesCommand({ restApiId }))
    const by = (type: string) => items.find(({ responseType }) => responseType === type)
    expect(items).toHaveLength(21)
    expect(by('INTEGRATION_TIMEOUT')).toMatchObject({ statusCode: '599', defaultResponse: true })
    expect(by('DEFAULT_5XX')).toMatchObject({ statusCode: '599', defaultResponse: false })
    expect(by('THROTTLED')).toMatchObject({ statusCode: '429', responseParameters: {} })
    await send(new DeleteGatewayResponseCommand({ restApiId, responseType: 'DEFAULT_5XX' }))
    await expect(
      send(new DeleteGatewayResponseCommand({ restApiId, responseType: 'DEFAULT_5XX' })),
    ).rejects.toMatchObject({ ...NOT_FOUND, message: 'Gateway response type not defined on api' })
  })

  it('are patched', async () => {
    const { restApiId } = api
    const patch = (op: 'add' | 'replace', path: string, value: string) =>
      send(
        new UpdateGatewayResponseCommand({
          restApiId,
          responseType: 'DEFAULT_4XX',
          patchOperations: [{ op, path, value }],
        }),
      )
    expect(await patch('replace', '/statusCode', '444')).toMatchObject({ statusCode: '444' })
    await expect(patch('add', '/statusCode', '444')).rejects.toMatchObject({
      ...BAD_REQUEST,
      message: 'Invalid patch path /statusCode',
    })
    await expect(patch('replace', '/responseParameters/x', "'a'")).rejects.toMatchObject({
      ...NOT_FOUND,
      message: 'Invalid parameter name specified',
    })
    await expect(
      patch('add', '/responseTemplates/application~1json', '#if($context.stage)x#end'),
    ).rejects.toMatchObject(NOT_IMPLEMENTED)
  })
})

describe('what is not there yet', () => {
  it('answers 501 naming service and operation', async () => {
    await expect(send(new CreateApiKeyCommand({ name: 'x' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('CreateApiKey'),
    })
  })
})
