import {
  CreateResourceCommand,
  DeleteResourceCommand,
  GetResourceCommand,
  GetResourcesCommand,
  UpdateResourceCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../testing/apis.ts'
import { BAD_REQUEST, CONFLICT, NOT_FOUND } from '../testing/errors.ts'
import { INVOKE_URI, startGateway, type TestGateway } from '../testing/gateway.ts'

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
