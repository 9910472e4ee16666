import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../../testing.ts'

type TestCloud = Awaited<ReturnType<typeof startTestCloud>>

const queueArn = (name: string): string => `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:${name}`
const ROLE = `arn:aws:iam::${TEST_ACCOUNT}:role/scheduler`

const createQueue = async (cloud: TestCloud, QueueName: string): Promise<string> => {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn(QueueName),
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:${TEST_REGION}:${TEST_ACCOUNT}:rule/*` } },
      },
    ],
  })
  const { QueueUrl = '' } = await new SQSClient(cloud.client).send(
    new CreateQueueCommand({ QueueName, Attributes: { Policy } }),
  )
  return QueueUrl
}

const receive = async (cloud: TestCloud, QueueUrl: string): Promise<string[]> => {
  const { Messages = [] } = await new SQSClient(cloud.client).send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  )
  return Messages.map(({ Body = '' }) => Body)
}

const createRole = async (cloud: TestCloud): Promise<void> => {
  const iam = new IAMClient(cloud.client)
  const document = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'scheduler',
      AssumeRolePolicyDocument: document({
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'scheduler',
      PolicyName: 'send',
      PolicyDocument: document({ Action: 'sqs:SendMessage', Resource: queueArn('*') }),
    }),
  )
}

describe('EventBridge and Scheduler through official clients', () => {
  let cloud: TestCloud
  let events: EventBridgeClient
  let scheduler: SchedulerClient

  beforeAll(async () => {
    cloud = await startTestCloud()
    events = new EventBridgeClient(cloud.client)
    scheduler = new SchedulerClient(cloud.client)
    await createRole(cloud)
    cloud.clock.step()
  })
  afterAll(() => cloud.stop())

  it('send an event to a queue and to a log group', async () => {
    const url = await createQueue(cloud, 'orders')
    await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }))
    const group = '/aws/events/orders'
    await events.send(
      new PutTargetsCommand({
        Rule: 'orders',
        Targets: [
          { Id: 'q', Arn: queueArn('orders'), InputPath: '$.detail' },
          { Id: 'l', Arn: `arn:aws:logs:${TEST_REGION}:${TEST_ACCOUNT}:log-group:${group}` },
        ],
      }),
    )
    const put = await events.send(
      new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"n":1}' }] }),
    )
    expect(put).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] })
    await cloud.clock.advance(0)
    expect(await receive(cloud, url)).toEqual(['{"n":1}'])
    const { logStreams } = await new CloudWatchLogsClient(cloud.client).send(
      new DescribeLogStreamsCommand({ logGroupName: group }),
    )
    expect(logStreams).toHaveLength(1)
  })

  it('say what is wrong, and what is not there', async () => {
    await expect(
      events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"a":[]}' })),
    ).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: 'Event pattern is not valid. Reason: Empty arrays are not allowed',
      $metadata: { httpStatusCode: 400 },
    })
    await expect(events.send(new DescribeRuleCommand({ Name: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    await expect(
      events.send(
        new StartReplayCommand({
          ReplayName: 'r',
          EventSourceArn: 'a',
          EventStartTime: new Date(),
          EventEndTime: new Date(),
          Destination: { Arn: 'a' },
        }),
      ),
    ).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } })
    await expect(scheduler.send(new GetScheduleCommand({ Name: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('schedule messages by the clock', async () => {
    const url = await createQueue(cloud, 'ticks')
    const at = new Date(cloud.clock.now() + 120_000).toISOString().slice(0, 19)
    const { ScheduleArn } = await scheduler.send(
      new CreateScheduleCommand({
        Name: 'tick',
        ScheduleExpression: `at(${at})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: queueArn('ticks'), RoleArn: ROLE, Input: '<aws.scheduler.scheduled-time>' },
      }),
    )
    expect(ScheduleArn).toBe(`arn:aws:scheduler:${TEST_REGION}:${TEST_ACCOUNT}:schedule/default/tick`)
    await cloud.clock.advance(60_000)
    expect(await receive(cloud, url)).toEqual([])
    await cloud.clock.advance(60_000)
    expect(await receive(cloud, url)).toEqual([`${at}Z`])
    expect(await scheduler.send(new GetScheduleCommand({ Name: 'tick' }))).toMatchObject({
      ScheduleExpressionTimezone: 'UTC',
      CreationDate: expect.any(Date),
    })
    await scheduler.send(new DeleteScheduleCommand({ Name: 'tick' }))
    const { Schedules } = await scheduler.send(new ListSchedulesCommand({}))
    expect(Schedules).toEqual([])
  })

  it('are provided to templates', async () => {
    const cloudformation = new CloudFormationClient(cloud.client)
    const TemplateBody = JSON.stringify({
      Resources: {
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } },
        BusPolicy: {
          Type: 'AWS::Events::EventBusPolicy',
          Properties: {
            EventBusName: { Ref: 'Bus' },
            StatementId: 'all',
            Statement: {
              Effect: 'Allow',
              Principal: '*',
              Action: 'events:PutEvents',
              Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
            },
          },
        },
        Matching: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventBusName: { Ref: 'Bus' },
            EventPattern: { source: ['shop'] },
            Targets: [{ Id: 'T', Arn: queueArn('orders'), RetryPolicy: { MaximumRetryAttempts: '2' } }],
          },
        },
        Hourly: {
          Type: 'AWS::Events::Rule',
          Properties: { Name: 'hourly', ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' },
        },
        Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'reports' } },
        Daily: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            GroupName: { Ref: 'Group' },
            ScheduleExpression: 'cron(0 9 * * ? *)',
            ScheduleExpressionTimezone: 'Europe/Berlin',
            FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
            Target: { Arn: queueArn('orders'), RoleArn: ROLE },
          },
        },
      },
    })
    const StackName = 'schedules'
    await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }))
    const wait = { client: cloudformation, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.1 }
    cloud.clock.follow()
    await waitUntilStackCreateComplete(wait, { StackName })
    const { StackResources = [] } = await cloudformation.send(
      new DescribeStackResourcesCommand({ StackName }),
    )
    const ids = Object.fromEntries(
      StackResources.map(({ LogicalResourceId, PhysicalResourceId }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    )
    expect(ids).toEqual({
      Bus: 'shop',
      BusPolicy: 'all',
      Matching: expect.stringMatching(/^shop\|schedules-Matching-/),
      Hourly: 'hourly',
      Group: 'reports',
      Daily: expect.stringMatching(/^schedules-Daily-/),
    })
    await cloudformation.send(new DeleteStackCommand({ StackName }))
    await waitUntilStackDeleteComplete(wait, { StackName })
    await expect(events.send(new ListRulesCommand({ EventBusName: 'shop' }))).rejects.toThrow(
      'does not exist',
    )
  })

  const run = async (command: string, args: readonly string[]): Promise<string> => {
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

  it.skipIf(!has('aws', '--version'))('the AWS CLI puts rules and schedules', async () => {
    const rule = await run('aws', [
      'events',
      'put-rule',
      '--name',
      'cli',
      '--schedule-expression',
      'rate(1 day)',
    ])
    expect(JSON.parse(rule).RuleArn).toMatch(/:rule\/cli$/)
    await run('aws', [
      ...['scheduler', 'create-schedule', '--name', 'cli', '--schedule-expression', 'rate(1 day)'],
      ...['--flexible-time-window', 'Mode=OFF', '--target', `Arn=${queueArn('q')},RoleArn=${ROLE}`],
    ])
    const listed = JSON.parse(await run('aws', ['scheduler', 'list-schedules']))
    expect(listed.Schedules).toMatchObject([{ Name: 'cli', State: 'ENABLED' }])
  })

  it.skipIf(!has('python3', '-c', 'import boto3'))('boto3 puts events, and knows the errors', async () => {
    const script = `
import boto3
events = boto3.client('events')
print(events.put_events(Entries=[{'Source': 'a', 'DetailType': 'b', 'Detail': '{}'}, {'Source': 'a'}])['FailedEntryCount'])
try:
    events.put_rule(Name='r', EventPattern='{"a": 1}')
except events.exceptions.InvalidEventPatternException as error:
    print(error.response['Error']['Message'])
scheduler = boto3.client('scheduler')
try:
    scheduler.get_schedule(Name='none')
except scheduler.exceptions.ResourceNotFoundException as error:
    print(error.response['Message'])
`
    expect(await run('python3', ['-c', script])).toBe(
      '1\nEvent pattern is not valid. Reason: "a" must be an object or an array\nSchedule none does not exist.\n',
    )
  })
})

describe('rules', () => {
  it('are kept in the directory of the cloud', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-events-'))
    const open = async (use: (events: EventBridgeClient, cloud: TestCloud) => Promise<void>) => {
      const cloud = await startTestCloud({ directory })
      try {
        await use(new EventBridgeClient(cloud.client), cloud)
      } finally {
        await cloud.stop()
      }
    }
    await open(async (events, cloud) => {
      await createQueue(cloud, 'kept')
      await events.send(new PutRuleCommand({ Name: 'kept', ScheduleExpression: 'rate(1 minute)' }))
      await events.send(
        new PutTargetsCommand({ Rule: 'kept', Targets: [{ Id: '1', Arn: queueArn('kept'), Input: '1' }] }),
      )
    })
    await open(async (_events, cloud) => {
      cloud.clock.step()
      await cloud.clock.advance(120_000)
      const url = `${cloud.endpoint}/${TEST_ACCOUNT}/kept`
      expect(await receive(cloud, url)).toEqual(['1', '1'])
    })
    rmSync(directory, { recursive: true })
  })
})

function has(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
