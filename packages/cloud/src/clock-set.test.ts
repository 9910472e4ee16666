/** What waits on the clock when it returns from a future that it was stepped to. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from './testing.ts'

const MINUTE = 60_000
const QUEUE = `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:q`
const FUTURE = Date.UTC(2031, 0, 1)
const anybody = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: QUEUE }],
})

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let sqs: SQSClient
let url = ''
beforeAll(async () => {
  cloud = await startTestCloud()
  sqs = new SQSClient(cloud.client)
  const created = await sqs.send(
    new CreateQueueCommand({ QueueName: 'q', Attributes: { Policy: anybody, VisibilityTimeout: '600' } }),
  )
  url = created.QueueUrl ?? ''
})
afterAll(() => cloud.stop())

const bodies = async (): Promise<string[]> => {
  const found: string[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    )
    if (Messages.length === 0) return found
    found.push(...Messages.map(({ Body = '' }) => Body))
  }
}

/** There and back; the present then stands still, so that what follows is told by steps. */
const visitFuture = async (work: () => Promise<void>): Promise<void> => {
  cloud.clock.step(FUTURE)
  await cloud.clock.advance(2 * MINUTE)
  await work()
  cloud.clock.follow()
  cloud.clock.step()
}

describe('a clock that returns from a future', () => {
  it('lets schedules go on within their period, those that were made there as well', async () => {
    const events = new EventBridgeClient(cloud.client)
    const scheduler = new SchedulerClient(cloud.client)
    const iam = new IAMClient(cloud.client)
    const rule = async (Name: string): Promise<void> => {
      await events.send(new PutRuleCommand({ Name, ScheduleExpression: 'rate(1 minute)' }))
      const Targets = [{ Id: '1', Arn: QUEUE, Input: JSON.stringify(Name) }]
      await events.send(new PutTargetsCommand({ Rule: Name, Targets }))
    }
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }],
    })
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument }))
    await iam.send(new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument }))
    const schedule = (Name: string) =>
      scheduler.send(
        new CreateScheduleCommand({
          Name,
          ScheduleExpression: 'rate(1 minute)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: QUEUE, RoleArn: Role?.Arn, Input: Name },
        }),
      )
    await rule('rule')
    await schedule('schedule')
    await visitFuture(async () => {
      await rule('future-rule')
      await schedule('future-schedule')
      await cloud.clock.advance(MINUTE)
      await sqs.send(new PurgeQueueCommand({ QueueUrl: url }))
    })
    await cloud.clock.advance(MINUTE)
    expect((await bodies()).sort()).toEqual(['"future-rule"', '"rule"', 'future-schedule', 'schedule'])
  })

  it('evaluates alarms on the next minute', async () => {
    const cloudwatch = new CloudWatchClient(cloud.client)
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'a',
        Namespace: 'N',
        MetricName: 'm',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    )
    const state = async () => {
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}))
      return MetricAlarms[0]?.StateValue
    }
    await visitFuture(async () => expect(await state()).toBe('OK'))
    const Timestamp = new Date(cloud.clock.now())
    await cloudwatch.send(
      new PutMetricDataCommand({ Namespace: 'N', MetricData: [{ MetricName: 'm', Value: 5, Timestamp }] }),
    )
    await cloud.clock.advance(MINUTE)
    expect(await state()).toBe('ALARM')
  })

  it('shows messages that are hidden no later than it would have', async () => {
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url })).catch(() => {})
    await bodies()
    await visitFuture(async () => {
      await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'later', DelaySeconds: 60 }))
      await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'received' }))
      expect(await bodies()).toContain('received')
    })
    await cloud.clock.advance(59_000)
    expect((await bodies()).filter(body => body === 'later' || body === 'received')).toEqual([])
    await cloud.clock.advance(1_000)
    expect((await bodies()).filter(body => body === 'later' || body === 'received')).toEqual(['later'])
    await cloud.clock.advance(540_000)
    expect((await bodies()).filter(body => body === 'later' || body === 'received')).toEqual(['received'])
  })
})
