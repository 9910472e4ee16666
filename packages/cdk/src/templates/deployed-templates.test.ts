import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricStatisticsCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { startTestCloud } from '@sonde/cloud/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../templates')
const API_ACCOUNT = '111111111111'
const CHECKING_ACCOUNT = '222222222222'

const SHOP = {
  Service: 'shop',
  ApiName: 'shop-api',
  StageName: 'live',
  FunctionName: 'predict',
  AvailabilityTarget: '99.9',
  LatencyBound: '350',
  TrafficHighCriticalThreshold: '5700',
  Owner: 'ml-platform',
  Runbook: 'https://runbooks.example/shop',
}

describe('the templates, deployed', () => {
  let cloud: Awaited<ReturnType<typeof startTestCloud>>
  beforeAll(async () => {
    cloud = await startTestCloud()
    cloud.clock.step(Date.UTC(2099, 0, 5, 12))
  })
  afterAll(() => cloud.stop())

  let deployments = 0
  const clientOf = (accessKeyId: string) => ({
    ...cloud.client,
    credentials: { accessKeyId, secretAccessKey: 'test' },
  })

  const deploy = async (
    account: string,
    name: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<Record<string, string>>> => {
    const client = clientOf(account)
    const s3 = new S3Client({ ...client, forcePathStyle: true })
    const bucket = `templates-${deployments++}`
    await s3.send(new CreateBucketCommand({ Bucket: bucket }))
    const Body = readFileSync(join(FOLDER, `${name}.template.yaml`))
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body }))
    const cloudFormation = new CloudFormationClient(client)
    await cloudFormation.send(
      new CreateStackCommand({
        StackName: name,
        TemplateURL: `${cloud.endpoint}/${bucket}/${name}`,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    )
    for (;;) {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }))
      const { StackStatus, StackStatusReason, Outputs = [] } = Stacks?.[0] ?? {}
      if (StackStatus === 'CREATE_COMPLETE') {
        return Object.fromEntries(
          Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
        )
      }
      if (StackStatus !== 'CREATE_IN_PROGRESS') throw new Error(`${StackStatus}: ${StackStatusReason}`)
      await pause(10)
    }
  }

  const sumOf = async (account: string, Namespace: string, MetricName: string, service: string) => {
    const now = cloud.clock.now()
    const { Datapoints = [] } = await new CloudWatchClient(clientOf(account)).send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions: [{ Name: 'Service', Value: service }],
        StartTime: new Date(now - 3_600_000),
        EndTime: new Date(now + 3_600_000),
        Period: 7_200,
        Statistics: ['Sum'],
      }),
    )
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0)
  }

  it('alarm on what their parameters name, and on no part that is not there', async () => {
    const outputs = await deploy(API_ACCOUNT, 'alarms', SHOP)
    const client = new CloudWatchClient(clientOf(API_ACCOUNT))
    const names: string[] = []
    const pages = paginateDescribeAlarms({ client }, { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
      names.push(...[...MetricAlarms, ...CompositeAlarms].map(({ AlarmName = '' }) => AlarmName))
    }
    expect(names).toEqual(
      expect.arrayContaining([
        'shop-sla-at-risk',
        'shop-function-throttled',
        'shop-traffic-high-critical',
        'shop-latency-burn-fast-long',
      ]),
    )
    expect(names.filter(name => /-(table|model|endpoint|traffic-low|traffic-high-warn)/.test(name))).toEqual(
      [],
    )
    expect(outputs).toMatchObject({ Pager: 'shop-sla-at-risk', PagesTo: expect.stringContaining(':sns:') })
  })

  it('have the thresholds of the agreement that was chosen', async () => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await new CloudWatchClient(
      clientOf(API_ACCOUNT),
    ).send(
      new DescribeAlarmsCommand({
        AlarmNames: [
          'shop-availability-burn-fast-long',
          'shop-latency-burn-fast-long',
          'shop-traffic-high-critical',
          'shop-sla-at-risk',
        ],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      }),
    )
    const alarm = (key: string) => MetricAlarms.find(({ AlarmName }) => AlarmName === `shop-${key}`)
    expect(alarm('availability-burn-fast-long')).toMatchObject({
      Threshold: 0.0144,
      AlarmDescription: expect.stringContaining('0.1 % may be bad in 30 days; 14.4 times that is 1.44 %.'),
    })
    expect(alarm('latency-burn-fast-long')?.Metrics?.map(({ MetricStat }) => MetricStat?.Stat)).toContain(
      'PR(:350)',
    )
    expect(alarm('traffic-high-critical')).toMatchObject({
      Threshold: 5_700,
      AlarmDescription: expect.stringContaining(
        'Owner: ml-platform\nRunbook: https://runbooks.example/shop#',
      ),
    })
    expect(alarm('traffic-high-critical')?.Metrics?.[0]?.MetricStat?.Metric?.Dimensions).toEqual([
      { Name: 'ApiName', Value: 'shop-api' },
      { Name: 'Stage', Value: 'live' },
    ])
    expect(CompositeAlarms[0]?.AlarmRule).toMatch(/ OR FALSE OR /)
    expect(CompositeAlarms[0]?.AlarmRule).toContain('shop-function-throttled')
  })

  it('check a service of another account, and count in both', async () => {
    await deploy(API_ACCOUNT, 'health-check-target', {
      Service: 'shop',
      RequestUrl: `${cloud.endpoint}/_sonde/health`,
      HealthCheckAccount: CHECKING_ACCOUNT,
    })
    await deploy(CHECKING_ACCOUNT, 'health-check', {
      Service: 'shop',
      ApiAccount: API_ACCOUNT,
      Method: 'GET',
      Expect: '{"json":{"status":{"equals":"ready"}}}',
    })
    await cloud.clock.advance(90_000)
    for (const account of [API_ACCOUNT, CHECKING_ACCOUNT]) {
      expect(await sumOf(account, 'Sonde/HealthCheck', 'Availability', 'shop')).toBeGreaterThan(0)
      expect(await sumOf(account, 'Sonde/HealthCheck', 'Failures', 'shop')).toBe(0)
    }
  })

  it('refuse a health check without an address, or with two', async () => {
    const both = { Service: 'shop', ApiAccount: API_ACCOUNT, RequestUrl: cloud.endpoint }
    for (const parameters of [{ Service: 'shop' }, both]) {
      await expect(deploy('333333333333', 'health-check', parameters)).rejects.toThrow(/Give ApiAccount/)
    }
  })

  it('report the use of usage plans', async () => {
    const { Function: FunctionName } = await deploy(API_ACCOUNT, 'usage-report')
    const before = await sumOf(API_ACCOUNT, 'Sonde/Usage', 'Reports', 'All')
    const Payload = JSON.stringify({ time: new Date(cloud.clock.now()).toISOString() })
    const { FunctionError } = await new LambdaClient(clientOf(API_ACCOUNT)).send(
      new InvokeCommand({ FunctionName, Payload }),
    )
    expect(FunctionError).toBeUndefined()
    expect(await sumOf(API_ACCOUNT, 'Sonde/Usage', 'Reports', 'All')).toBe(before + 1)
  })

  it('show a dashboard', async () => {
    const { Owner: _, Runbook: __, TrafficHighCriticalThreshold: ___, ...parameters } = SHOP
    const { Name } = await deploy(API_ACCOUNT, 'dashboard', parameters)
    const { DashboardBody = '' } = await new CloudWatchClient(clientOf(API_ACCOUNT)).send(
      new GetDashboardCommand({ DashboardName: Name }),
    )
    const { widgets } = JSON.parse(DashboardBody) as { widgets: Array<{ properties: { markdown?: string } }> }
    expect(widgets[0]?.properties.markdown).toContain('99.9 % available, 90 % of responses under 350 ms')
    expect(DashboardBody).toContain(`:${API_ACCOUNT}:alarm:shop-sla-at-risk`)
  })
})
