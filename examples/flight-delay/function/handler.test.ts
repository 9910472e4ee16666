import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DirectModel, loadDirectModel } from '../evaluate/direct.ts'
import type { Item } from '../features/reference-item.ts'
import { createModelServer } from '../model/http.ts'
import { loadModel, type OnnxModel } from '../model/onnx-model.ts'
import { readReferenceFile } from '../training/reference-file.ts'

/**
 * The real SDK clients against two servers: one that answers BatchGetItem from the reference data, and one that
 * passes `/endpoints/flights/invocations` on to the real model server.
 */
const app = join(import.meta.dirname, '..')
const BODY = { origin: 'ATL', destination: 'DFW', departure: '2001-06-15T17:30' }

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

let items: Map<string, Item>
let direct: DirectModel
let model: OnnxModel
let handler: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>
let tableCalls: string[][]
let answerTable: Answer
let answerModel: Answer

const json = (response: ServerResponse, status: number, body: object, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
  response.end(JSON.stringify(body))
}

const keysOf = (body: string): string[] => {
  const { Keys } = JSON.parse(body).RequestItems.reference
  return Keys.map((key: { pk: { S: string } }) => key.pk.S)
}

const batchGet: Answer = (_request, response, body) => {
  const keys = keysOf(body)
  tableCalls.push(keys)
  json(response, 200, {
    Responses: { reference: keys.map(key => items.get(key)).filter(item => item) },
    UnprocessedKeys: {},
  })
}

const modelServer = createModelServer(error => {
  throw error
})

const invokeEndpoint: Answer = async (request, response, body) => {
  const { port } = modelServer.server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/invocations`, {
    method: 'POST',
    headers: { 'content-type': request.headers['content-type'] ?? '' },
    body,
  })
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(await answer.text())
}

const cloud = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const answer = request.url === '/endpoints/flights/invocations' ? answerModel : answerTable
  answer(request, response, body)
})

const post = async (body: unknown, encoded = false) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const {
    statusCode,
    headers,
    body: answer,
  } = await handler({
    body: encoded ? Buffer.from(text).toString('base64') : text,
    isBase64Encoded: encoded,
  } as APIGatewayProxyEvent)
  expect(headers).toEqual({ 'content-type': 'application/json' })
  return { status: statusCode, body: JSON.parse(answer) }
}

beforeAll(async () => {
  direct = await loadDirectModel()
  model = await loadModel(join(app, 'model', 'model.onnx'))
  const file = await readFile(join(app, 'data', 'reference.jsonl.gz'))
  items = new Map(readReferenceFile(file).map(item => [item.pk?.S ?? '', item]))
  modelServer.ready(model)
  modelServer.server.listen(0, '127.0.0.1')
  cloud.listen(0, '127.0.0.1')
  await Promise.all([once(modelServer.server, 'listening'), once(cloud, 'listening')])
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    TABLE_NAME: 'reference',
    ENDPOINT_NAME: 'flights',
  })
  handler = (await import('./handler.ts')).handler
})

afterAll(async () => {
  for (const server of [cloud, modelServer.server]) {
    server.close()
    server.closeAllConnections()
  }
  await Promise.all([direct.release(), model.release()])
})

beforeEach(() => {
  tableCalls = []
  answerTable = batchGet
  answerModel = invokeEndpoint
  log.mockClear()
})

const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
const logged = (): string => log.mock.calls.flat().join('\n')

describe('POST /predictions', () => {
  it('answers with the probability of the model evaluated directly', async () => {
    for (const request of direct.requests(60, 7)) {
      const { status, body } = await post(request)
      const probability = await direct.probability(request)
      expect(status).toBe(200)
      expect(Math.abs(body.probability - probability)).toBeLessThanOrEqual(5e-7)
      expect(body).toEqual({
        probability: expect.any(Number),
        threshold: direct.threshold,
        verdict: probability >= direct.threshold ? 'late' : 'on time',
        model_version: direct.modelVersion,
      })
    }
  })

  it('looks both airports and the route up in one call', async () => {
    await post(BODY)
    expect(tableCalls).toEqual([['airport#ATL', 'airport#DFW', 'route#ATL#DFW']])
  })

  it('takes a body in base64', async () => {
    expect(await post(BODY, true)).toMatchObject({ status: 200 })
  })

  it('names the field of an airport that it does not know, and does not ask the model', async () => {
    answerModel = () => expect.unreachable()
    const { status, body } = await post({ ...BODY, destination: 'XXX' })
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      { field: 'destination', message: expect.stringContaining('XXX is no airport') },
    ])
  })

  it('names a field that is wrong without looking anything up', async () => {
    expect(await post({ ...BODY, departure: 'soon' })).toMatchObject({
      status: 400,
      body: { message: 'The request is invalid.', errors: [{ field: 'departure' }] },
    })
    expect(tableCalls).toEqual([])
    expect(logged()).toBe('')
  })

  it('asks again for keys that DynamoDB left unprocessed', async () => {
    answerTable = (request, response, body) => {
      const [first, ...rest] = keysOf(body)
      if (rest.length === 0) return batchGet(request, response, body)
      tableCalls.push([first ?? '', ...rest])
      json(response, 200, {
        Responses: { reference: rest.map(key => items.get(key)).filter(item => item) },
        UnprocessedKeys: { reference: { Keys: [{ pk: { S: first } }] } },
      })
    }
    expect(await post(BODY)).toMatchObject({ status: 200 })
    expect(tableCalls).toHaveLength(2)
  })

  it('answers 503 when keys stay unprocessed', async () => {
    answerTable = (_request, response, body) => {
      tableCalls.push(keysOf(body))
      const Keys = keysOf(body).map(key => ({ pk: { S: key } }))
      json(response, 200, { Responses: {}, UnprocessedKeys: { reference: { Keys } } })
    }
    expect(await post(BODY)).toEqual({ status: 503, body: { message: 'The reference data cannot be read.' } })
    expect(tableCalls).toHaveLength(3)
  })

  it.each([
    [
      'the table cannot be read',
      503,
      'The reference data cannot be read.',
      () => {
        answerTable = (_request, response) =>
          json(response, 400, {
            __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
            message: 'No secret-table',
          })
      },
    ],
    [
      'an item is not as training writes it',
      502,
      'The reference data are not as expected.',
      () => {
        answerTable = (_request, response) =>
          json(response, 200, {
            Responses: { reference: [{ pk: { S: 'airport#ATL' } }, { pk: { S: 'airport#DFW' } }] },
          })
      },
    ],
    [
      'the model failed',
      502,
      'The model failed.',
      () => {
        answerModel = (_request, response) =>
          json(
            response,
            424,
            { Message: 'Received server error (500) from primary' },
            { 'x-amzn-errortype': 'ModelError' },
          )
      },
    ],
    [
      'the model answers in another form',
      502,
      'The model failed.',
      () => {
        answerModel = (_request, response) => json(response, 200, { predictions: ['high'] })
      },
    ],
    [
      'the endpoint does not exist',
      503,
      'The model cannot be reached.',
      () => {
        answerModel = (_request, response) =>
          json(
            response,
            400,
            { Message: 'Endpoint flights of account 1 not found.' },
            { 'x-amzn-errortype': 'ValidationError' },
          )
      },
    ],
    [
      'the connection to the endpoint breaks',
      503,
      'The model cannot be reached.',
      () => {
        answerModel = (_request, response) => response.destroy()
      },
    ],
  ])('when %s, answers %i without internals and logs the cause', async (_what, status, message, arrange) => {
    arrange()
    expect(await post(BODY)).toEqual({ status, body: { message } })
    const { error } = JSON.parse(logged())
    expect(error.message).toBe(message)
    expect(error.cause).toBeDefined()
  })
})
