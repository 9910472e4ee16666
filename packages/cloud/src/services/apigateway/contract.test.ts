import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { APIGatewayClient, GetApiKeyCommand, GetUsageCommand } from '@aws-sdk/client-api-gateway'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { BatchGetTracesCommand, XRayClient } from '@aws-sdk/client-xray'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../../testing.ts'

/** What CDK emits for `api.addUsagePlan({ … }).addApiKey(api.addApiKey(…))`, without a function behind it. */
const TEMPLATE = {
  Resources: {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'limits' } },
    Get: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        HttpMethod: 'GET',
        AuthorizationType: 'NONE',
        ApiKeyRequired: true,
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{ "statusCode": 200 }' },
          IntegrationResponses: [{ StatusCode: '200' }],
        },
        MethodResponses: [{ StatusCode: '200' }],
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: ['Get'],
      Properties: { RestApiId: { Ref: 'Api' } },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId: { Ref: 'Api' },
        DeploymentId: { Ref: 'Deployment' },
        StageName: 'prod',
        TracingEnabled: true,
        MethodSettings: [
          { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 100, ThrottlingBurstLimit: 100 },
        ],
      },
    },
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: {
        UsagePlanName: 'basic',
        ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }],
        Throttle: { RateLimit: 1, BurstLimit: 2 },
        Quota: { Limit: 3, Period: 'DAY' },
      },
    },
    Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Name: 'ada' } },
    PlanKey: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
    },
  },
  Outputs: {
    Api: { Value: { Ref: 'Api' } },
    Key: { Value: { 'Fn::GetAtt': ['Key', 'APIKeyId'] } },
    Plan: { Value: { 'Fn::GetAtt': ['Plan', 'Id'] } },
    PlanKey: { Value: { Ref: 'PlanKey' } },
  },
}

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let url = ''
let value = ''
let outputs: Record<string, string> = {}

const TODAY = '2030-01-07'

beforeAll(async () => {
  cloud = await startTestCloud()
  cloud.clock.step(Date.parse(`${TODAY}T12:00:00Z`))
  const cloudformation = new CloudFormationClient(cloud.client)
  const StackName = 'limits'
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(TEMPLATE) }))
  await waitUntilStackCreateComplete(
    { client: cloudformation, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
    { StackName },
  )
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }))
  outputs = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  )
  url = `${cloud.endpoint}/_aws/execute-api/${outputs.Api}/prod/`
  const apigateway = new APIGatewayClient(cloud.client)
  const key = await apigateway.send(new GetApiKeyCommand({ apiKey: outputs.Key, includeValue: true }))
  value = key.value ?? ''
})
afterAll(() => cloud.stop())

const usage = async () => {
  const { items } = await new APIGatewayClient(cloud.client).send(
    new GetUsageCommand({ usagePlanId: outputs.Plan, startDate: TODAY, endDate: TODAY }),
  )
  return items
}

const traceOf = async (id: string) => {
  const { Traces } = await new XRayClient(cloud.client).send(new BatchGetTracesCommand({ TraceIds: [id] }))
  const document = Traces?.[0]?.Segments?.[0]?.Document
  return document === undefined ? undefined : (JSON.parse(document) as Record<string, unknown>)
}

describe('the limits of a deployed API', () => {
  it('are held, and seen in usage, metrics and traces', async () => {
    expect(outputs.PlanKey).toBe(`${outputs.Key}:${outputs.Plan}`)
    const root = `1-${Math.floor(cloud.clock.now() / 1_000).toString(16)}-${'a'.repeat(24)}`
    const call = (headers: Record<string, string> = {}) => fetch(url, { headers })
    const withKey = { 'x-api-key': value }
    expect((await call()).status).toBe(403)
    expect((await call(withKey)).status).toBe(200)
    expect((await call(withKey)).status).toBe(200)
    const refused = await call({ ...withKey, 'X-Amzn-Trace-Id': `Root=${root};Sampled=1` })
    expect([refused.status, await refused.text()]).toEqual([429, '{"message":"Too Many Requests"}'])
    await cloud.clock.advance(10_000)
    const statuses = [await call(withKey), await call(withKey)].map(({ status }) => status)
    expect(statuses).toEqual([200, 429])
    expect(await usage()).toEqual({ [outputs.Key ?? '']: [[3, 0]] })

    const segment = await vi.waitUntil(() => traceOf(root), { timeout: 10_000 })
    expect(segment).toMatchObject({
      name: 'limits/prod',
      throttle: true,
      error: true,
      http: { response: { status: 429 } },
    })
    expect(segment).not.toHaveProperty('fault')
    expect(segment).not.toHaveProperty('subsegments')

    await cloud.clock.advance(120_000)
    const sum = async (MetricName: string): Promise<number> => {
      const { Datapoints = [] } = await new CloudWatchClient(cloud.client).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/ApiGateway',
          MetricName,
          Dimensions: [{ Name: 'ApiName', Value: 'limits' }],
          Statistics: ['Sum'],
          Period: 3_600,
          StartTime: new Date(cloud.clock.now() - 3_600_000),
          EndTime: new Date(cloud.clock.now() + 3_600_000),
        }),
      )
      return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0)
    }
    expect([await sum('Count'), await sum('4XXError'), await sum('5XXError')]).toEqual([6, 3, 0])
  }, 30_000)
})

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// The cloud runs in this process: a client must not block it.
const run = async (command: string, args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(command, args, {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: TEST_ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_REGION: TEST_REGION,
      AWS_DEFAULT_REGION: TEST_REGION,
    },
  })
  return stdout
}

describe('foreign clients', () => {
  it.skipIf(!has('aws', '--version'))(
    'the AWS CLI reads usage and changes what is left of a quota',
    async () => {
      const cli = async (...args: string[]) => JSON.parse(await run('aws', ['apigateway', ...args]))
      const plan = ['--usage-plan-id', outputs.Plan ?? '']
      const remaining = ['--patch-operations', 'op=replace,path=/remaining,value=7']
      const updated = await cli('update-usage', ...plan, '--key-id', outputs.Key ?? '', ...remaining)
      expect(updated).toMatchObject({ items: { [outputs.Key ?? '']: [[expect.any(Number), 7]] } })
      const days = ['--start-date', TODAY, '--end-date', TODAY]
      expect(await cli('get-usage', ...plan, ...days)).toMatchObject({
        usagePlanId: outputs.Plan,
        startDate: TODAY,
        endDate: TODAY,
        items: updated.items,
      })
    },
    60_000,
  )

  it.skipIf(!has('python3', '-c', 'import boto3'))(
    'boto3 pages through plans and keys, imports keys and knows the errors',
    async () => {
      const output = await run('python3', [
        '-c',
        `
import boto3, json
client = boto3.client('apigateway')
plans = [plan['name'] for page in client.get_paginator('get_usage_plans').paginate() for plan in page['items']]
imported = client.import_api_keys(body=b'name,key\\nimported,imported-imported-imported\\n', format='csv')
keys = [key['name'] for page in client.get_paginator('get_api_keys').paginate(includeValues=True) for key in page['items']]
try:
    client.create_api_key(value='imported-imported-imported')
except client.exceptions.ConflictException as error:
    conflict = error.response['Error']['Message']
print(json.dumps([plans, len(imported['ids']), sorted(keys), conflict]))
`,
      ])
      expect(JSON.parse(output)).toEqual([['basic'], 1, ['ada', 'imported'], 'API Key already exists'])
    },
    60_000,
  )
})

describe('the stack of a usage plan', () => {
  it('is deleted with all of it', async () => {
    const cloudformation = new CloudFormationClient(cloud.client)
    await cloudformation.send(new DeleteStackCommand({ StackName: 'limits' }))
    await waitUntilStackDeleteComplete(
      { client: cloudformation, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { StackName: 'limits' },
    )
    await expect(
      new APIGatewayClient(cloud.client).send(new GetApiKeyCommand({ apiKey: outputs.Key })),
    ).rejects.toThrow('Invalid API Key identifier specified')
  }, 40_000)
})
