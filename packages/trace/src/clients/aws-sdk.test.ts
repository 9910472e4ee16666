import type { IncomingMessage, ServerResponse } from 'node:http'
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../core/capture.ts'
import { startDaemon } from '../testing/daemon.ts'
import { startServer } from '../testing/http-server.ts'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { captureClient } from './aws-sdk.ts'
import { watchHttpClient } from './http-client.ts'
import { patchAwsSdk } from './patch-aws-sdk.ts'

const invocation = lambdaInvocation(';Lineage=a87bd80c:1')
let daemon: Awaited<ReturnType<typeof startDaemon>>
let server: Awaited<ReturnType<typeof startServer>>
let answer: (request: IncomingMessage, response: ServerResponse) => void

const json = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': text.length,
    'x-amzn-RequestId': 'REQUEST1',
  })
  response.end(text)
}

beforeEach(async () => {
  daemon = await startDaemon(invocation.environment)
  server = await startServer((request, response) => {
    request.resume()
    request.once('end', () => answer(request, response))
  })
})
afterEach(async () => {
  await server.stop()
  await daemon.stop()
})

const config = () => ({
  endpoint: server.url,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
})
const key = { id: { S: '1' } }

describe('captureClient', () => {
  it('records a call with its service, operation, table, region, request and status, and sends the header', async () => {
    answer = (_request, response) => json(response, 200, {})
    const client = captureClient(captureClient(new DynamoDBClient(config())))
    await capture('## look up', () => client.send(new GetItemCommand({ TableName: 'Flights', Key: key })))
    const [document] = await daemon.documents()
    expect(document?.subsegments).toHaveLength(1)
    const [call] = document?.subsegments ?? []
    expect(call).toMatchObject({
      name: 'DynamoDB',
      namespace: 'aws',
      aws: {
        operation: 'GetItem',
        table_name: 'Flights',
        region: 'eu-west-1',
        request_id: 'REQUEST1',
        retries: 0,
      },
      http: { response: { status: 200, content_length: 2 } },
    })
    expect(server.requests[0]?.headers['x-amzn-trace-id']).toBe(
      `Root=${invocation.root};Parent=${call?.id};Sampled=1;Lineage=a87bd80c:1`,
    )
  })

  it('counts retries within one call, without subsegments for the requests that make it up', async () => {
    watchHttpClient({})
    let attempts = 0
    answer = (_request, response) =>
      ++attempts < 3 ? json(response, 500, { __type: 'InternalServerError' }) : json(response, 200, {})
    const client = captureClient(new DynamoDBClient({ ...config(), maxAttempts: 3 }))
    await client.send(new GetItemCommand({ TableName: 'Flights', Key: key }))
    const [call] = await daemon.documents()
    expect(call?.aws?.retries).toBe(2)
    expect(call?.subsegments).toBeUndefined()
    expect(call?.fault).toBeUndefined()
  })

  it.each([
    [400, 'ResourceNotFoundException', { error: true, throttle: undefined, fault: undefined }],
    [400, 'ProvisionedThroughputExceededException', { error: true, throttle: true, fault: undefined }],
    [500, 'InternalServerError', { error: undefined, throttle: undefined, fault: true }],
  ])('flags %i %s, with the exception as remote', async (status, type, flags) => {
    answer = (_request, response) =>
      json(response, status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' })
    const client = captureClient(new DynamoDBClient({ ...config(), maxAttempts: 1 }))
    await expect(client.send(new GetItemCommand({ TableName: 'Flights', Key: key }))).rejects.toMatchObject({
      name: type,
    })
    const [call] = await daemon.documents()
    expect({ error: call?.error, throttle: call?.throttle, fault: call?.fault }).toEqual(flags)
    expect(call?.cause).toMatchObject({ exceptions: [{ type, remote: true }] })
    expect(call?.aws).toMatchObject({ operation: 'GetItem', table_name: 'Flights', request_id: 'REQUEST1' })
  })

  it('flags a call without an answer as a fault of its own', async () => {
    const client = captureClient(
      new DynamoDBClient({ ...config(), endpoint: 'http://127.0.0.1:9', maxAttempts: 1 }),
    )
    await expect(client.send(new GetItemCommand({ TableName: 'Flights', Key: key }))).rejects.toThrow()
    const [call] = await daemon.documents()
    expect(call).toMatchObject({
      fault: true,
      cause: { exceptions: [{ message: expect.stringContaining('ECONNREFUSED') }] },
    })
  })

  it('names the tables of a batch', async () => {
    answer = (_request, response) => json(response, 200, { Responses: {} })
    const client = captureClient(new DynamoDBClient(config()))
    await client.send(new BatchGetItemCommand({ RequestItems: { A: { Keys: [key] }, B: { Keys: [key] } } }))
    expect((await daemon.documents())[0]?.aws?.table_names).toEqual(['A', 'B'])
  })

  it.each([
    [undefined, (header: string) => `X-Amzn-Trace-Id=${header}`],
    ['tenant=7', (header: string) => `tenant=7,X-Amzn-Trace-Id=${header}`],
    ['x'.repeat(1000), () => 'x'.repeat(1000)],
  ])(
    'carries the context into the container beside the custom attributes %s',
    async (attributes, expected) => {
      answer = (_request, response) => response.end('{}')
      const client = captureClient(new SageMakerRuntimeClient(config()))
      const input = { EndpointName: 'flight-delay', Body: '{}', CustomAttributes: attributes }
      await client.send(new InvokeEndpointCommand(input))
      const [call] = await daemon.documents()
      expect(call).toMatchObject({
        name: 'SageMakerRuntime',
        aws: { operation: 'InvokeEndpoint', endpoint_name: 'flight-delay' },
      })
      const header = `Root=${invocation.root};Parent=${call?.id};Sampled=1;Lineage=a87bd80c:1`
      expect(server.requests[0]?.headers['x-amzn-sagemaker-custom-attributes']).toBe(expected(header))
      expect(input.CustomAttributes).toBe(attributes)
    },
  )

  it('sends the negative decision of a request that is not sampled, and records nothing', async () => {
    process.env._X_AMZN_TRACE_ID = invocation.header.replace('Sampled=1', 'Sampled=0')
    answer = (_request, response) => json(response, 200, {})
    await captureClient(new DynamoDBClient(config())).send(
      new GetItemCommand({ TableName: 'Flights', Key: key }),
    )
    expect(server.requests[0]?.headers['x-amzn-trace-id']).toMatch(/Sampled=0/)
    expect(await daemon.documents()).toEqual([])
  })

  it('refuses what is no client', () => {
    expect(() => captureClient({})).toThrow('captureClient() takes a client of the AWS SDK v3.')
  })
})

describe('patchAwsSdk', () => {
  it('captures clients of all services through one class, those made before too', async () => {
    answer = (_request, response) => response.end('{}')
    const early = new SageMakerRuntimeClient(config())
    patchAwsSdk(DynamoDBClient)
    patchAwsSdk(DynamoDBClient)
    await early.send(new InvokeEndpointCommand({ EndpointName: 'flight-delay', Body: '{}' }))
    const documents = await daemon.documents()
    expect(documents.map(({ name }) => name)).toEqual(['SageMakerRuntime'])
  })

  it('refuses what leads to no client', () => {
    expect(() => patchAwsSdk(Map)).toThrow(TypeError)
  })
})
