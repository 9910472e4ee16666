import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  DeleteStageCommand,
  GetAccountCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetStageCommand,
  GetStagesCommand,
  PutMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
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
    expect((await patch('/*/*/throttling/rateLimit', '0.5')).methodSettings?.['*/*']).toMatchObject({
      throttlingRateLimit: 0.5,
      throttlingBurstLimit: 5000,
    })
    for (const [path, value] of [
      ['/*/*/throttling/rateLimit', 'fast'],
      ['/*/*/throttling/burstLimit', '1.5'],
    ] as const) {
      await expect(patch(path, value)).rejects.toMatchObject(BAD_REQUEST)
    }
    expect(stage).toMatchObject({ tracingEnabled: true, variables: { model: 'v2' } })
    expect((await patch('/*/*', undefined, 'remove')).methodSettings).not.toHaveProperty('*/*')
    await expect(patch('/*/*', undefined, 'remove')).rejects.toMatchObject({
      message: 'Cannot remove method setting */* because there is no method setting for this method ',
    })
    for (const [path, value] of [
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
