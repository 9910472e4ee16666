/** What the reference architecture promises its users, tried on the running app as they have it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetServiceGraphCommand, XRayClient } from '@aws-sdk/client-xray'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DirectModel, loadDirectModel } from '../evaluate/direct.ts'
import { awsCli, awsCliPayload, has, python } from './foreign-clients.ts'
import { type Answer, openLoad, predict } from './load.ts'
import { isRunning, type RunningApp, runSonde, startApp } from './running-app.ts'
import { findTraces, outline, readTrace, type TraceNode } from './trace-tree.ts'

const RATE = 100
const MODEL_SERVER = 'server.ts'
const FUNCTION = 'bootstrap'

const state = mkdtempSync(join(tmpdir(), 'sonde-acceptance-'))
let app: RunningApp
let model: DirectModel

beforeAll(async () => {
  model = await loadDirectModel()
  app = await startApp(state)
})
afterAll(async () => {
  await app?.end('SIGTERM')
  await model?.release()
  rmSync(state, { recursive: true, force: true })
})

const client = () => ({
  endpoint: app.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
})

const outputs = async (): Promise<Record<string, string>> => {
  const { Stacks } = await new CloudFormationClient(client()).send(
    new DescribeStacksCommand({ StackName: 'FlightDelay' }),
  )
  return Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  )
}

const failures = (answers: readonly Answer[]) => answers.filter(({ status }) => status !== 200)

describe('predictions at 100 a second', () => {
  it('all succeed, each equal to the model evaluated directly on the same features', async () => {
    const requests = model.requests(2_000, 42)
    const answers = await openLoad(app.url, requests, RATE)
    expect(failures(answers)).toEqual([])
    for (const { request, body } of answers) {
      const probability = await model.probability(request)
      expect(body.probability).toBe(Math.round(probability * 1e6) / 1e6)
      expect(body.verdict).toBe(probability >= model.threshold ? 'late' : 'on time')
      expect(body.model_version).toBe(model.modelVersion)
    }
  })
})

describe('a bad request', () => {
  it.each([
    ['origin', { origin: 'XXX', destination: 'SFO', departure: '2001-06-15T17:30' }],
    ['destination', { origin: 'JFK', departure: '2001-06-15T17:30' }],
    ['departure', { origin: 'JFK', destination: 'SFO', departure: 'tomorrow' }],
  ])('is told which field is wrong: %s', async (field, body) => {
    const { status, body: answer } = await predict(app.url, body as never)
    expect(status).toBe(400)
    expect(JSON.stringify(answer)).toContain(field)
  })
})

describe('a process that is killed in mid-load', () => {
  it.each([
    ['of the function', FUNCTION],
    ['of the model', MODEL_SERVER],
  ])('%s costs at most the requests in flight; the next succeed', async (_which, commandPart) => {
    const victims = app.children(commandPart)
    expect(victims.length).toBeGreaterThan(0)
    const requests = model.requests(300, 7)
    let killedAt = 0
    const start = performance.now()
    const killer = setTimeout(() => {
      for (const pid of victims) process.kill(pid, 'SIGKILL')
      killedAt = performance.now() - start
    }, 1_000)
    const answers = await openLoad(app.url, requests, RATE)
    clearTimeout(killer)

    // A killed process is gone when the kernel has taken it down, which a loaded machine does not do at once: until then
    // its connections look alive, and requests are sent into them.
    const GONE = 250
    const inFlight = answers.filter(
      ({ sent, received }) => sent <= killedAt + GONE && received >= killedAt - GONE,
    )
    for (const failed of failures(answers)) {
      expect(inFlight).toContain(failed)
      expect(failed.status).toBeGreaterThanOrEqual(500)
      expect(failed.body.message).toBeTypeOf('string')
    }
    expect(victims.filter(isRunning)).toEqual([])
    expect((await predict(app.url, requests[0] as never)).status).toBe(200)
  })
})

describe('the trace of a prediction', () => {
  const EXPECTED = `
FlightDelay/prod (AWS::ApiGateway::Stage)
  Lambda (aws)
    FUNCTION (AWS::Lambda)
      FUNCTION (AWS::Lambda::Function)
        Invocation
        ## index.handler
          ## preprocess
            DynamoDB (aws)
              DynamoDB (AWS::DynamoDB::Table)
          ## predict
            SageMakerRuntime (aws)
              flight-delay-model
                ## parse
                ## predict
          ## postprocess
        Overhead`.trim()

  it('is one tree, from the gateway to inside the model', async () => {
    const [request] = model.requests(1, 3)
    const root = `1-${Math.floor(Date.now() / 1_000).toString(16)}-${'0123456789abcdef01234567'}`
    const response = await fetch(app.url, {
      method: 'POST',
      body: JSON.stringify(request),
      headers: { 'content-type': 'application/json', 'x-amzn-trace-id': `Root=${root};Sampled=1` },
    })
    expect(response.status).toBe(200)
    const xray = new XRayClient(client())
    const { FunctionName = '' } = await outputs()
    const drawn = async () =>
      outline(await readTrace(xray, root))
        .join('\n')
        .replaceAll(FunctionName, 'FUNCTION')
    await expect.poll(drawn, { timeout: 10_000 }).toBe(EXPECTED)

    // Children lie within their parents; clocks of four processes of one machine agree to a millisecond or so.
    const check = (nodes: readonly TraceNode[]): void => {
      for (const node of nodes) {
        expect(node.end).toBeGreaterThanOrEqual(node.start)
        for (const child of node.children) expect(child.start).toBeGreaterThanOrEqual(node.start - 0.005)
        check(node.children)
      }
    }
    check(await readTrace(xray, root))
    for (const filter of [
      'service("flight-delay-model") AND http.status = 200',
      'service("FlightDelay/prod") AND responsetime < 30',
      `annotation[model_version] = "${model.modelVersion}"`,
    ]) {
      expect(await findTraces(xray, filter)).toContain(root)
    }
    expect(await findTraces(xray, 'service("flight-delay-model") AND fault = true')).not.toContain(root)
  })

  it('shows in the service graph, with its nodes and edges', async () => {
    const { Services = [] } = await new XRayClient(client()).send(
      new GetServiceGraphCommand({ StartTime: new Date(Date.now() - 300_000), EndTime: new Date() }),
    )
    const names = new Map(Services.map(({ ReferenceId, Name }) => [ReferenceId, Name]))
    const { FunctionName = '', TableName = '' } = await outputs()
    const edges = Services.flatMap(({ Name, Type, Edges = [] }) =>
      Edges.map(({ ReferenceId }) =>
        `${Name} ${Type} → ${names.get(ReferenceId)}`
          .replaceAll(FunctionName, 'FUNCTION')
          .replace(TableName, 'TABLE'),
      ),
    )
    expect(edges).toEqual(
      expect.arrayContaining([
        'FlightDelay/prod AWS::ApiGateway::Stage → FUNCTION',
        'FUNCTION AWS::Lambda → FUNCTION',
        'FUNCTION AWS::Lambda::Function → TABLE',
        'FUNCTION AWS::Lambda::Function → flight-delay-model',
      ]),
    )
  })
})

describe('the AWS clients of a user', () => {
  it('find stack, table and logs', async () => {
    const { TableName, FunctionName } = await outputs()
    const { Count } = await new DynamoDBClient(client()).send(new ScanCommand({ TableName, Select: 'COUNT' }))
    expect(Count).toBeGreaterThan(1_000)
    const { events = [] } = await new CloudWatchLogsClient(client()).send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${FunctionName}`,
        filterPattern: 'REPORT',
        limit: 10,
      }),
    )
    expect(events[0]?.message).toMatch(/^REPORT RequestId: \S+\tDuration: [\d.]+ ms/)
  })
})

const proxyEvent = (body: unknown) => JSON.stringify({ body: JSON.stringify(body), isBase64Encoded: false })
const EXAMPLE = { origin: 'JFK', destination: 'SFO', departure: '2001-06-15T17:30' }

describe.skipIf(!(await has('aws', '--version')))('the AWS CLI', () => {
  it('describes the stack and invokes API, function and endpoint', async () => {
    const expected = await model.probability(EXAMPLE)
    const { FunctionName = '', EndpointName = '' } = await outputs()

    const stacks = await awsCli(
      app.endpoint,
      'cloudformation',
      'describe-stacks',
      '--stack-name',
      'FlightDelay',
    )
    expect(stacks).toMatchObject({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] })

    const invoked = await awsCliPayload(
      app.endpoint,
      ...['lambda', 'invoke', '--function-name', FunctionName, '--payload', proxyEvent(EXAMPLE)],
    )
    expect(JSON.parse(String(invoked.body)).probability).toBeCloseTo(expected, 6)

    const predicted = await awsCliPayload(
      app.endpoint,
      ...['sagemaker-runtime', 'invoke-endpoint', '--endpoint-name', EndpointName],
      ...['--content-type', 'application/json', '--body', JSON.stringify({ instances: [Array(16).fill(0)] })],
    )
    expect(predicted).toMatchObject({ predictions: [expect.any(Number)], model_version: model.modelVersion })

    const apis = await awsCli(app.endpoint, 'apigateway', 'get-rest-apis')
    const [{ id }] = apis.items as [{ id: string }]
    const { items } = await awsCli(app.endpoint, 'apigateway', 'get-resources', '--rest-api-id', id)
    const resource = (items as Array<{ id: string; path: string }>).find(
      ({ path }) => path === '/predictions',
    )
    const tested = await awsCli(
      app.endpoint,
      ...['apigateway', 'test-invoke-method', '--rest-api-id', id, '--resource-id', String(resource?.id)],
      ...['--http-method', 'POST', '--body', JSON.stringify(EXAMPLE)],
    )
    expect(tested.status).toBe(200)
    expect(JSON.parse(String(tested.body)).probability).toBeCloseTo(expected, 6)
  })
})

describe.skipIf(!(await has('python3', '-c', 'import boto3')))('boto3', () => {
  it('describes the stack and invokes function and endpoint', async () => {
    const program = `
import boto3, json, sys
function, endpoint, event, body = sys.argv[1:]
stack = boto3.client('cloudformation').describe_stacks(StackName='FlightDelay')['Stacks'][0]
invoked = boto3.client('lambda').invoke(FunctionName=function, Payload=event)
answer = boto3.client('sagemaker-runtime').invoke_endpoint(EndpointName=endpoint, ContentType='application/json', Body=body)
print(json.dumps({'status': stack['StackStatus'], 'function': json.load(invoked['Payload']), 'model': json.load(answer['Body'])}))
`
    const { FunctionName = '', EndpointName = '' } = await outputs()
    const instances = JSON.stringify({ instances: [Array(16).fill(0)] })
    const printed = await python(
      app.endpoint,
      program,
      FunctionName,
      EndpointName,
      proxyEvent(EXAMPLE),
      instances,
    )
    expect(printed).toMatchObject({
      status: 'CREATE_COMPLETE',
      function: { statusCode: 200 },
      model: { model_version: model.modelVersion },
    })
  })
})

describe('kill -9 of the cloud', () => {
  it('loses nothing: the next start resumes, and no process of the former run is left', async () => {
    const before = await outputs()
    const processes = [...app.children(FUNCTION), ...app.children(MODEL_SERVER)]
    await app.end('SIGKILL')
    app = await startApp(state)
    expect(await outputs()).toEqual(before)
    expect(app.output()).toContain('unchanged in')
    expect(processes.filter(isRunning)).toEqual([])
    const [request] = model.requests(1, 1)
    const answer = await predict(app.url, request as never)
    expect(answer.status).toBe(200)
    const { events = [] } = await new CloudWatchLogsClient(client()).send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${before.FunctionName}`,
        filterPattern: 'REPORT',
        limit: 10,
      }),
    )
    expect(events.length).toBe(10)
  })
})

describe('Ctrl-C', () => {
  it('ends all that was started, with exit code 0', async () => {
    const processes = [...app.children(FUNCTION), ...app.children(MODEL_SERVER)]
    expect(processes.length).toBeGreaterThan(0)
    expect(await app.end('SIGINT')).toBe(0)
    expect(processes.filter(isRunning)).toEqual([])
  })
})

describe('a port in use', () => {
  it('is one clear line and exit code 1', async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const { port } = occupant.address() as AddressInfo
    const { child, output } = runSonde([
      'up',
      dirname(import.meta.dirname),
      '--port',
      String(port),
      '--state',
      state,
    ])
    const [code] = await once(child, 'exit')
    occupant.close()
    expect(code).toBe(1)
    expect(output()).toContain(
      `sonde: 127.0.0.1:${port} (the AWS endpoint) is in use. Stop what listens there, or choose another with --port.`,
    )
  })
})
