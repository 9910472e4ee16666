/** The handler with the real SDK clients, the reference data, and the real model server under Gunicorn. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { type DirectModel, loadDirectModel } from '@sonde/example-flight-delay/evaluate/direct.ts'
import type { Item } from '@sonde/example-flight-delay/features/reference-item.ts'
import { readReferenceFile } from '@sonde/example-flight-delay/training/reference-file.ts'
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Daemon, type Entity, startDaemon } from '../testing/daemon.ts'
import { MODEL_FILE, type ModelServer, startModelServer } from '../testing/model-server.ts'
import { whatIsMissing } from '../testing/python.ts'

const BODY = { origin: 'ATL', destination: 'DFW', departure: '2001-06-15T17:30' }
const ROOT = '1-5759e988-bd862e3fe1be46a994272793'
/** The segment that Lambda writes for the function. */
const FUNCTION_SEGMENT = '53995c3f42cd8ad8'
const ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes'

const missing = await whatIsMissing()
const here = missing === undefined ? '' : ` (${missing.replaceAll('\n', ' ')})`

describe.skipIf(missing !== undefined)(`one prediction${here}`, () => {
  let direct: DirectModel
  let daemon: Daemon
  let model: ModelServer
  let handler: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>
  let items: Map<string, Item>

  /** BatchGetItem from the reference data; InvokeEndpoint goes on to the model, with the headers that SageMaker lets pass. */
  const cloud = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    if (request.url === '/endpoints/flights/invocations') {
      const attributes = String(request.headers[ATTRIBUTES] ?? '')
      const answer = await model.call('POST', '/invocations', body, { [ATTRIBUTES]: attributes })
      response.end(JSON.stringify(answer.body))
      return
    }
    const { Keys } = JSON.parse(body).RequestItems.reference
    const found = Keys.map((key: { pk: { S: string } }) => items.get(key.pk.S))
    response.end(JSON.stringify({ Responses: { reference: found.filter(Boolean) }, UnprocessedKeys: {} }))
  })

  const predict = async (sampled: 0 | 1) => {
    process.env._X_AMZN_TRACE_ID = `Root=${ROOT};Parent=${FUNCTION_SEGMENT};Sampled=${sampled}`
    const event = { body: JSON.stringify(BODY), isBase64Encoded: false }
    const { statusCode, body } = await handler(event as APIGatewayProxyEvent)
    return { status: statusCode, body: JSON.parse(body) }
  }

  beforeAll(async () => {
    direct = await loadDirectModel()
    const reference = join(dirname(MODEL_FILE), '..', 'data', 'reference.jsonl.gz')
    items = new Map(readReferenceFile(await readFile(reference)).map(item => [item.pk?.S ?? '', item]))
    daemon = await startDaemon()
    model = await startModelServer({ AWS_XRAY_DAEMON_ADDRESS: daemon.address })
    cloud.listen(0, '127.0.0.1')
    await once(cloud, 'listening')
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(cloud.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: 'predictions',
      LAMBDA_TASK_ROOT: '/var/task',
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      _HANDLER: 'index.handler',
      TABLE_NAME: 'reference',
      ENDPOINT_NAME: 'flights',
    })
    handler = (await import('@sonde/example-flight-delay/function/handler.ts')).handler
  })
  afterAll(async () => {
    await model?.stop()
    daemon?.close()
    cloud.close()
    cloud.closeAllConnections()
    await direct?.release()
  })

  it('that is not sampled is answered and leaves no trace', async () => {
    const { status, body } = await predict(0)
    expect(status).toBe(200)
    expect(body.probability).toBeCloseTo(await direct.probability(BODY), 6)
  })

  it('that is sampled is one tree from the function to inside the model', async () => {
    expect((await predict(1)).status).toBe(200)
    const inFunction = await daemon.document(({ name }) => name === '## index.handler')
    const inModel = await daemon.document(({ name }) => name === 'flight-delay-model')
    // What was not sampled before would be here too. So is the call to the model from this test's cloud: as that is in
    // the same process, the tracer sees it.
    const names = daemon.documents.map(({ name }) => name).filter(name => name !== '127.0.0.1')
    expect(names.toSorted()).toEqual(['## index.handler', 'flight-delay-model'])
    expect([inFunction.trace_id, inModel.trace_id]).toEqual([ROOT, ROOT])
    expect(inFunction.parent_id).toBe(FUNCTION_SEGMENT)

    const outline = ({ id, name, subsegments = [] }: Entity): unknown => {
      const children = [...subsegments, ...(inModel.parent_id === id ? [inModel] : [])]
      return children.length === 0 ? name : { [name]: children.map(outline) }
    }
    expect(outline(inFunction)).toEqual({
      '## index.handler': [
        { '## preprocess': ['DynamoDB'] },
        {
          '## predict': [
            { SageMakerRuntime: [{ 'flight-delay-model': ['## parse', '## predict', '## format'] }] },
          ],
        },
        '## postprocess',
      ],
    })
  })
})
