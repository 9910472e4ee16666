import {
  CreateRestApiCommand,
  CreateVpcLinkCommand,
  DeleteRestApiCommand,
  GetResourceCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi, deploy } from '../testing/apis.ts'
import { BAD_REQUEST, NOT_FOUND, NOT_IMPLEMENTED } from '../testing/errors.ts'
import { SCOPE, startGateway, type TestGateway } from '../testing/gateway.ts'

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

describe('what is not there yet', () => {
  it('answers 501 naming service and operation', async () => {
    await expect(send(new CreateVpcLinkCommand({ name: 'x', targetArns: [] }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('CreateVpcLink'),
    })
  })
})
