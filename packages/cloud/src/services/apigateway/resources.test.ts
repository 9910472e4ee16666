import {
  GetApiKeyCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlanCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { ResourceRequest, ResourceState, ResourceTypes } from '../../kernel/resource-type.ts'
import { INVOKE_URI, SCOPE, startGateway, type TestGateway } from './testing/gateway.ts'

let gateway: TestGateway
let types: ResourceTypes

beforeAll(async () => {
  gateway = await startGateway()
  types = gateway.service.resources ?? {}
})
afterAll(() => gateway.close())

type Properties = Record<string, unknown>

const request = (logicalId: string, properties: Properties): ResourceRequest => ({
  scope: SCOPE,
  stackName: 'Stack',
  stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Stack/1',
  logicalId,
  properties,
  metadata: {},
  generateName: length => `Stack-${logicalId}-ABCDEFGHIJKL`.slice(0, length),
  progress: () => {},
})

const typeOf = (name: string) => {
  const type = types[`AWS::ApiGateway::${name}`]
  if (!type) throw new Error(`no ${name}`)
  return type
}

const create = async (name: string, properties: Properties): Promise<ResourceState> =>
  typeOf(name).create(request(name, properties))

const update = async (name: string, state: ResourceState, before: Properties, after: Properties) =>
  typeOf(name).update?.(request(name, after), { ...state, properties: before })

/** What CDK's RestApi emits for `api.root.addResource('predict').addMethod('POST', new LambdaIntegration(fn))`. */
const createStack = async () => {
  const RestApiProperties = { Name: 'flights', EndpointConfiguration: { Types: ['REGIONAL'] } }
  const api = await create('RestApi', RestApiProperties)
  const RestApiId = api.physicalId
  const resource = await create('Resource', {
    RestApiId,
    ParentId: api.attributes.RootResourceId,
    PathPart: 'predict',
  })
  const methodProperties = {
    RestApiId,
    ResourceId: resource.physicalId,
    HttpMethod: 'POST',
    AuthorizationType: 'NONE',
    Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: INVOKE_URI },
  }
  const method = await create('Method', methodProperties)
  const deployment = await create('Deployment', { RestApiId, Description: 'Automatically created' })
  const stageProperties = { RestApiId, DeploymentId: deployment.physicalId, StageName: 'prod' }
  const stage = await create('Stage', stageProperties)
  return {
    api,
    RestApiId,
    resource,
    method,
    methodProperties,
    deployment,
    stage,
    stageProperties,
    RestApiProperties,
  }
}

describe('the resource types', () => {
  it('make a working API of what CDK emits', async () => {
    const { api, RestApiId, resource, deployment, stage } = await createStack()
    expect(api.attributes).toEqual({
      RestApiId,
      RootResourceId: expect.stringMatching(/^[a-z0-9]{10}$/),
    })
    expect(resource.attributes).toEqual({ ResourceId: resource.physicalId })
    expect(deployment.attributes).toEqual({ DeploymentId: deployment.physicalId })
    expect(stage.physicalId).toBe('prod')
    gateway.onInvoke(() => ({ statusCode: 200, body: 'hi' }))
    expect(await gateway.call(RestApiId, '/predict', { method: 'POST' })).toMatchObject({
      status: 200,
      body: 'hi',
    })
  })

  it('make the CORS preflight that CDK emits', async () => {
    const { RestApiId, resource } = await createStack()
    const header = (name: string) => `method.response.header.Access-Control-Allow-${name}`
    await create('Method', {
      RestApiId,
      ResourceId: resource.physicalId,
      HttpMethod: 'OPTIONS',
      ApiKeyRequired: 'false',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'MOCK',
        RequestTemplates: { 'application/json': '{ statusCode: 204 }' },
        IntegrationResponses: [
          {
            StatusCode: '204',
            ResponseParameters: { [header('Origin')]: "'*'", [header('Methods')]: "'POST'" },
          },
        ],
      },
      MethodResponses: [
        { StatusCode: '204', ResponseParameters: { [header('Origin')]: true, [header('Methods')]: 'true' } },
      ],
    })
    await create('Deployment', { RestApiId, StageName: 'prod' })
    const answer = await gateway.call(RestApiId, '/predict', { method: 'OPTIONS' })
    expect(answer).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': '*' } })
  })

  it('change in place what AWS changes in place', async () => {
    const stack = await createStack()
    const { RestApiId, RestApiProperties } = stack
    const renamed = {
      Name: 'renamed',
      BinaryMediaTypes: ['*~1*'],
      Tags: [{ Key: 'team', Value: 'ml' }],
    }
    expect(await update('RestApi', stack.api, RestApiProperties, renamed)).toMatchObject({
      physicalId: RestApiId,
    })
    expect(await gateway.client.send(new GetRestApiCommand({ restApiId: RestApiId }))).toMatchObject({
      name: 'renamed',
      endpointConfiguration: { types: ['EDGE'] },
      tags: { team: 'ml' },
    })

    const slower = {
      ...stack.methodProperties,
      Integration: { ...stack.methodProperties.Integration, TimeoutInMillis: '5000' },
    }
    await update('Method', stack.method, stack.methodProperties, slower)
    const key = { restApiId: RestApiId, resourceId: stack.resource.physicalId, httpMethod: 'POST' }
    const method = await gateway.client.send(new GetMethodCommand(key))
    expect(method.methodIntegration?.timeoutInMillis).toBe(5000)

    const next = await create('Deployment', { RestApiId })
    const stageProperties = {
      ...stack.stageProperties,
      DeploymentId: next.physicalId,
      TracingEnabled: true,
      Variables: { model: 'v2' },
      MethodSettings: [
        { HttpMethod: '*', ResourcePath: '/*', MetricsEnabled: 'true', DataTraceEnabled: false },
        { HttpMethod: 'POST', ResourcePath: '/~1predict', MetricsEnabled: false },
      ],
    }
    await update('Stage', stack.stage, stack.stageProperties, stageProperties)
    const stage = () => gateway.client.send(new GetStageCommand({ restApiId: RestApiId, stageName: 'prod' }))
    expect(await stage()).toMatchObject({
      deploymentId: next.physicalId,
      tracingEnabled: true,
      variables: { model: 'v2' },
      methodSettings: { '*/*': { metricsEnabled: true }, 'predict/POST': { metricsEnabled: false } },
    })
    await update('Stage', stack.stage, stageProperties, stack.stageProperties)
    expect(await stage()).toMatchObject({ methodSettings: {}, tracingEnabled: false })
    expect((await stage()).variables).toBeUndefined()
    // The stage is back at the first deployment: the second can go.
    await typeOf('Deployment').delete(SCOPE, next, { RestApiId })
  })

  it('are replaced where AWS replaces them', async () => {
    const { method, methodProperties, stage, stageProperties } = await createStack()
    expect(await update('Method', method, methodProperties, { ...methodProperties, HttpMethod: 'GET' })).toBe(
      'replace',
    )
    expect(await update('Stage', stage, stageProperties, { ...stageProperties, StageName: 'dev' })).toBe(
      'replace',
    )
    expect(typeOf('Resource').update).toBeUndefined()
  })

  it('leave a method as it was where its update is refused', async () => {
    const { method, methodProperties, RestApiId, resource } = await createStack()
    const broken = { ...methodProperties, Integration: { Type: 'HTTP_PROXY', Uri: 'http://x' } }
    await expect(update('Method', method, methodProperties, broken)).rejects.toThrow(
      'API Gateway PutIntegration with type HTTP_PROXY is not implemented by Sonde.',
    )
    const key = { restApiId: RestApiId, resourceId: resource.physicalId, httpMethod: 'POST' }
    expect((await gateway.client.send(new GetMethodCommand(key))).methodIntegration?.type).toBe('AWS_PROXY')
  })

  it('leave nothing behind where their creation is refused', async () => {
    const { RestApiId, methodProperties, stageProperties } = await createStack()
    const integration = { ...methodProperties.Integration, Credentials: 'arn:aws:iam::1:role/r' }
    await expect(
      create('Method', { ...methodProperties, HttpMethod: 'PUT', Integration: integration }),
    ).rejects.toThrow('PutIntegration with credentials')
    const { items = [] } = await gateway.client.send(new GetResourcesCommand({ restApiId: RestApiId }))
    expect(items.flatMap(({ resourceMethods }) => Object.keys(resourceMethods ?? {}))).toEqual(['POST'])
    await expect(
      create('Stage', {
        ...stageProperties,
        StageName: 'dev',
        MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', CachingEnabled: true }],
      }),
    ).rejects.toThrow('caching/enabled true')
    await expect(
      gateway.client.send(new GetStageCommand({ restApiId: RestApiId, stageName: 'dev' })),
    ).rejects.toThrow('Invalid stage identifier specified')
  })

  it.each([
    ['Method', { Integration: { Type: 'MOCK', TlsConfig: {} } }, 'Integration.TlsConfig'],
    [
      'RestApi',
      { Name: 'x', EndpointConfiguration: { VpcEndpointIds: [] } },
      'EndpointConfiguration.VpcEndpointIds',
    ],
  ])('refuse a member of a property that they do not know: %s', async (name, properties, member) => {
    const { methodProperties } = await createStack()
    await expect(create(name, { ...methodProperties, HttpMethod: 'PUT', ...properties })).rejects.toThrow(
      `The property ${member} of API Gateway resources is not implemented by Sonde.`,
    )
  })

  it('cover models, validators, gateway responses and the account', async () => {
    const { RestApiId, RestApiProperties, api } = await createStack()
    const account = await create('Account', { CloudWatchRoleArn: 'arn:aws:iam::111122223333:role/logs' })
    expect(account.attributes.Id).toBe(account.physicalId)
    const modelProperties = {
      RestApiId,
      ContentType: 'application/json',
      Schema: { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' },
    }
    const model = await create('Model', modelProperties)
    expect(model.physicalId).toBe('StackModelABCDEFGHIJKL')
    await update('Model', model, modelProperties, { ...modelProperties, Description: 'd' })
    const validatorProperties = { RestApiId, ValidateRequestBody: true }
    const validator = await create('RequestValidator', validatorProperties)
    expect(validator.attributes.RequestValidatorId).toBe(validator.physicalId)
    const responseProperties = { RestApiId, ResponseType: 'DEFAULT_4XX', StatusCode: '499' }
    const response = await create('GatewayResponse', responseProperties)
    await update('GatewayResponse', response, responseProperties, { ...responseProperties, StatusCode: 498 })

    for (const [name, state, properties] of [
      ['GatewayResponse', response, responseProperties],
      ['RequestValidator', validator, validatorProperties],
      ['Model', model, modelProperties],
      ['RestApi', api, RestApiProperties],
      ['Account', account, {}],
    ] as const) {
      await typeOf(name).delete(SCOPE, state, properties)
      // What is gone already is no error.
      await typeOf(name).delete(SCOPE, state, properties)
    }
    expect(gateway.service.owns(RestApiId)).toBe(false)
  })

  it('delete in the order in which CloudFormation deletes', async () => {
    const { api, resource, method, methodProperties, deployment, stage, stageProperties, RestApiId } =
      await createStack()
    await typeOf('Stage').delete(SCOPE, stage, stageProperties)
    await typeOf('Deployment').delete(SCOPE, deployment, { RestApiId })
    await typeOf('Method').delete(SCOPE, method, methodProperties)
    await typeOf('Resource').delete(SCOPE, resource, { RestApiId })
    await typeOf('RestApi').delete(SCOPE, api, {})
    await typeOf('Stage').delete(SCOPE, stage, stageProperties)
    expect(gateway.service.owns(RestApiId)).toBe(false)
  })
})

describe('the stored state', () => {
  it('is served again by a service that starts over the same store', async () => {
    const { RestApiId } = await createStack()
    const { createApiGateway } = await import('./index.ts')
    const again = createApiGateway({
      store: gateway.store,
      clock: { ...createClock(), now: () => 0 },
      functions: { invoke: () => Promise.reject(new Error('unused')) },
      logs: { write: () => {} },
      metrics: { record: () => {} },
      faults: { pass: () => undefined },
    })
    expect(again.owns(RestApiId)).toBe(true)
    again.reset?.()
    expect(again.owns(RestApiId)).toBe(false)
  })
})

describe('keys and usage plans', () => {
  it('are what CDK makes of a plan with a key, changed in place, and gone with their stack', async () => {
    const { RestApiId, stageProperties } = await createStack()
    const keyProperties = { Enabled: true, Description: 'first', Tags: [{ Key: 'team', Value: 'ml' }] }
    const key = await create('ApiKey', keyProperties)
    expect(key.attributes).toEqual({ APIKeyId: key.physicalId })
    const planProperties = {
      UsagePlanName: 'basic',
      ApiStages: [
        {
          ApiId: RestApiId,
          Stage: 'prod',
          Throttle: { '/predict/POST': { RateLimit: '5', BurstLimit: 2 } },
        },
      ],
      Throttle: { RateLimit: 100, BurstLimit: '50' },
      Quota: { Limit: '1000', Period: 'DAY' },
    }
    const plan = await create('UsagePlan', planProperties)
    const usagePlanId = plan.physicalId
    expect(plan.attributes).toEqual({ Id: usagePlanId })
    const planKey = await create('UsagePlanKey', {
      KeyId: key.physicalId,
      KeyType: 'API_KEY',
      UsagePlanId: usagePlanId,
    })
    expect(planKey).toEqual({
      physicalId: `${key.physicalId}:${usagePlanId}`,
      attributes: { Id: `${key.physicalId}:${usagePlanId}` },
    })
    const getPlan = () => gateway.client.send(new GetUsagePlanCommand({ usagePlanId }))
    expect(await getPlan()).toMatchObject({
      name: 'basic',
      apiStages: [
        { apiId: RestApiId, stage: 'prod', throttle: { '/predict/POST': { rateLimit: 5, burstLimit: 2 } } },
      ],
      throttle: { rateLimit: 100, burstLimit: 50 },
      quota: { limit: 1000, offset: 0, period: 'DAY' },
    })
    const getKey = () => gateway.client.send(new GetApiKeyCommand({ apiKey: key.physicalId }))
    expect(await getKey()).toMatchObject({
      name: 'Stack-ApiKey-ABCDEFGHIJKL',
      enabled: true,
      tags: { team: 'ml' },
    })

    const changedPlan = {
      UsagePlanName: 'gold',
      ApiStages: [{ ApiId: RestApiId, Stage: 'prod' }],
      Quota: { Limit: 10, Period: 'MONTH', Offset: 2 },
    }
    expect(await update('UsagePlan', plan, planProperties, changedPlan)).toEqual(plan)
    const changed = await getPlan()
    expect(changed).toMatchObject({ name: 'gold', quota: { limit: 10, offset: 2, period: 'MONTH' } })
    expect(changed.apiStages).toEqual([{ apiId: RestApiId, stage: 'prod' }])
    expect(changed).not.toHaveProperty('throttle')
    const disabled = { ...keyProperties, Enabled: 'false', Tags: [{ Key: 'team', Value: 'ops' }] }
    expect(await update('ApiKey', key, keyProperties, disabled)).toEqual(key)
    expect(await getKey()).toMatchObject({ enabled: false, tags: { team: 'ops' } })
    expect(await update('ApiKey', key, disabled, { ...disabled, Value: 'x'.repeat(20) })).toBe('replace')

    const stage = await update('Stage', { physicalId: 'prod', attributes: {} }, stageProperties, {
      ...stageProperties,
      MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 7 }],
    })
    expect(stage).toMatchObject({ physicalId: 'prod' })
    const { methodSettings } = await gateway.client.send(
      new GetStageCommand({ restApiId: RestApiId, stageName: 'prod' }),
    )
    expect(methodSettings?.['*/*']).toMatchObject({ throttlingRateLimit: 7, throttlingBurstLimit: 5000 })

    for (const [name, state] of [
      ['UsagePlanKey', planKey],
      ['UsagePlan', plan],
      ['ApiKey', key],
    ] as const) {
      await typeOf(name).delete(SCOPE, state, {})
      await typeOf(name).delete(SCOPE, state, {})
    }
    await expect(getPlan()).rejects.toThrow('Invalid Usage Plan ID specified')
    await expect(getKey()).rejects.toThrow('Invalid API Key identifier specified')
  })

  it.each([
    ['UsagePlan', { Quota: { Limit: 5 } }, 'Invalid Usage Plan quota period'],
    ['UsagePlan', { Throttle: { Rate: 5 } }, 'Throttle.Rate'],
    ['UsagePlan', { ApiStages: [{ ApiId: 'nope', Stage: 'prod' }] }, 'API Stage not found: nope:prod'],
    ['ApiKey', { Value: 'short' }, 'at least 20 characters'],
    ['UsagePlanKey', { KeyId: 'a', KeyType: 'API_KEY', UsagePlanId: 'b' }, 'Invalid Usage Plan ID'],
  ])('refuse %s with %j', async (name, properties, message) => {
    await expect(create(name, properties)).rejects.toThrow(message)
  })
})
