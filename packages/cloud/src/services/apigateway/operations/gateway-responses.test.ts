import {
  DeleteGatewayResponseCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  PutGatewayResponseCommand,
  UpdateGatewayResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../testing/apis.ts'
import { BAD_REQUEST, NOT_FOUND, NOT_IMPLEMENTED } from '../testing/errors.ts'
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
