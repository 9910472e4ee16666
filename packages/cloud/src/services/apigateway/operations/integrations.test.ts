import {
  GetIntegrationCommand,
  PutIntegrationCommand,
  UpdateIntegrationCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../testing/apis.ts'
import { BAD_REQUEST, NOT_IMPLEMENTED } from '../testing/errors.ts'
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
