import {
  CreateModelCommand,
  CreateRequestValidatorCommand,
  DeleteModelCommand,
  GetModelsCommand,
  GetRequestValidatorsCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../testing/apis.ts'
import { BAD_REQUEST, CONFLICT } from '../testing/errors.ts'
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
