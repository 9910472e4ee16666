import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { BatchGetTracesCommand, CreateSamplingRuleCommand, XRayClient } from '@aws-sdk/client-xray'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { zip } from '../services/lambda/testing/start-lambda.ts'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../testing.ts'
import type { Segment } from './testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let lambda: LambdaClient
let gateway: APIGatewayClient
let iam: IAMClient
let xray: XRayClient

beforeAll(async () => {
  cloud = await startTestCloud()
  lambda = new LambdaClient(cloud.client)
  gateway = new APIGatewayClient(cloud.client)
  iam = new IAMClient(cloud.client)
  xray = new XRayClient(cloud.client)
})
afterAll(() => cloud.stop())

const createRole = async (RoleName: string, PolicyArn?: string): Promise<string> => {
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  )
  if (PolicyArn !== undefined) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
  return Role?.Arn ?? ''
}
const createFunction = (FunctionName: string, Role: string) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip({ 'index.js': 'exports.handler = async () => ({ statusCode: 200 })' }) },
      TracingConfig: { Mode: 'Active' },
    }),
  )
const segmentsOf = async (traceId: string, count: number): Promise<Segment[]> =>
  vi.waitFor(
    async () => {
      const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }))
      const segments = (Traces?.[0]?.Segments ?? []).map(
        ({ Document = '' }) => JSON.parse(Document) as Segment,
      )
      expect(segments.length).toBeGreaterThanOrEqual(count)
      return segments
    },
    { timeout: 5000, interval: 50 },
  )

describe('a started cloud', () => {
  it('traces a request from the gateway to the function, by its sampling rules', async () => {
    const role = await createRole('traced', 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess')
    const { FunctionArn = '' } = await createFunction('predict', role)
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'predict',
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      }),
    )
    await xray.send(
      new CreateSamplingRuleCommand({
        SamplingRule: {
          RuleName: 'everything',
          ServiceName: 'flights/*',
          ServiceType: 'AWS::ApiGateway::Stage',
          Host: '*.execute-api.*',
          HTTPMethod: 'GET',
          URLPath: '/prod/*',
          ResourceARN: '*',
          Priority: 1,
          FixedRate: 1,
          ReservoirSize: 0,
          Version: 1,
        },
      }),
    )
    const api = await gateway.send(new CreateRestApiCommand({ name: 'flights' }))
    const { id: resourceId = '' } = await gateway.send(
      new CreateResourceCommand({ restApiId: api.id, parentId: api.rootResourceId, pathPart: 'predict' }),
    )
    const key = { restApiId: api.id, resourceId, httpMethod: 'GET' }
    await gateway.send(new PutMethodCommand({ ...key, authorizationType: 'NONE' }))
    await gateway.send(
      new PutIntegrationCommand({
        ...key,
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: `arn:aws:apigateway:${TEST_REGION}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
      }),
    )
    await gateway.send(
      new CreateDeploymentCommand({ restApiId: api.id, stageName: 'prod', tracingEnabled: true }),
    )
    const answer = await fetch(`${cloud.endpoint}/_aws/execute-api/${api.id}/prod/predict`)
    expect(answer.status).toBe(200)
    const [, traceId = ''] =
      /^Root=([^;]+);.*Sampled=1$/.exec(answer.headers.get('x-amzn-trace-id') ?? '') ?? []
    const segments = await segmentsOf(traceId, 3)
    const [stage, service, code] = ['AWS::ApiGateway::Stage', 'AWS::Lambda', 'AWS::Lambda::Function'].map(
      origin => segments.find(segment => segment.origin === origin),
    )
    expect(segments).toHaveLength(3)
    expect(stage).toMatchObject({ name: 'flights/prod', aws: { xray: { sampling_rule_name: 'everything' } } })
    expect(service?.parent_id).toBe(stage?.subsegments[0]?.id)
    expect(code).toMatchObject({ parent_id: service?.id, aws: { account_id: TEST_ACCOUNT } })
    expect(code?.subsegments.map(({ name }) => name)).toEqual(['Initialization', 'Invocation', 'Overhead'])
  })

  it('joins the trace of a caller of Invoke by its header', async () => {
    const traceId = `1-${Math.floor(Date.now() / 1000).toString(16)}-7491f092d2a5079d18acf3d0`
    const command = new InvokeCommand({ FunctionName: 'predict' })
    command.middlewareStack.add(
      next => args => {
        const { headers } = args.request as { headers: Record<string, string> }
        headers['x-amzn-trace-id'] = `Root=${traceId};Parent=53995c3f42cd8ad8;Sampled=1`
        return next(args)
      },
      { step: 'build' },
    )
    await lambda.send(command)
    const segments = await segmentsOf(traceId, 2)
    expect(segments.find(({ origin }) => origin === 'AWS::Lambda')?.parent_id).toBe('53995c3f42cd8ad8')
  })

  it('refuses active tracing to a function whose role may not write to X-Ray', async () => {
    const role = await createRole('untraced')
    await expect(createFunction('denied', role)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The provided execution role does not have permissions to call PutTraceSegments on XRAY',
    })
    await expect(
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'denied' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
