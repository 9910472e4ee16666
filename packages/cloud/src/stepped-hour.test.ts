/**
 * An hour of a stepped clock, end to end, and minutes of a fast one: a rule invokes a real function every minute, the function counts a metric, an
 * alarm watches it and tells a queue through a topic.
 */
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch'
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it, vi } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from './testing.ts'

const MINUTE = 60_000
const START = Date.UTC(2030, 0, 1)
const SILENCE = { from: 31, to: 35 }

/** Counts the minute that its event is of, at the time that the cloud's clock shows. */
const SOURCE = `
const { CloudWatchClient, PutMetricDataCommand } = require('@aws-sdk/client-cloudwatch')
const client = new CloudWatchClient()
exports.handler = ({ time }) => client.send(new PutMetricDataCommand({
  Namespace: 'Hour',
  MetricData: [{ MetricName: 'Beat', Value: (Date.parse(time) - ${START}) / ${MINUTE} }],
}))`

const allow = (more: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] })

type TestCloud = Awaited<ReturnType<typeof startTestCloud>>

const createBeat = async ({ client }: TestCloud): Promise<void> => {
  const iam = new IAMClient(client)
  const lambda = new LambdaClient(client)
  const events = new EventBridgeClient(client)
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'beat',
      AssumeRolePolicyDocument: allow({
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  )
  const PolicyDocument = allow({ Action: ['cloudwatch:PutMetricData', 'logs:*'], Resource: '*' })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'beat', PolicyName: 'p', PolicyDocument }))
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'beat',
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 30,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(SOURCE) }) },
    }),
  )
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'beat',
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    }),
  )
  await events.send(new PutRuleCommand({ Name: 'beat', ScheduleExpression: 'rate(1 minute)' }))
  await events.send(new PutTargetsCommand({ Rule: 'beat', Targets: [{ Id: '1', Arn: FunctionArn }] }))
}

/** Silent for three periods of which AWS looks at five: an alarm that owns silence. */
const createAlarms = async ({ client }: TestCloud): Promise<string> => {
  const sqs = new SQSClient(client)
  const sns = new SNSClient(client)
  const Endpoint = `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:told`
  const Policy = allow({ Principal: '*', Action: 'sqs:SendMessage', Resource: Endpoint })
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'told', Attributes: { Policy } }),
  )
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'pager' }))
  const Attributes = { RawMessageDelivery: 'true' }
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }))
  const cloudwatch = new CloudWatchClient(client)
  const put = (alarm: Pick<PutMetricAlarmCommandInput, 'AlarmName' | 'TreatMissingData' | 'Statistic'>) =>
    cloudwatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        Namespace: 'Hour',
        MetricName: 'Beat',
        Period: 60,
        EvaluationPeriods: 3,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        AlarmActions: [TopicArn],
        OKActions: [TopicArn],
      }),
    )
  await put({ AlarmName: 'silent', Statistic: 'SampleCount', TreatMissingData: 'breaching' })
  // Silence is not theirs to tell.
  await put({ AlarmName: 'low', Statistic: 'Average', TreatMissingData: 'notBreaching' })
  await put({ AlarmName: 'lowest', Statistic: 'Minimum', TreatMissingData: 'ignore' })
  return QueueUrl
}

const minuteOf = (time: Date | string | undefined): number =>
  (new Date(time ?? Number.NaN).getTime() - START) / MINUTE

const beats = async ({ client }: TestCloud): Promise<Array<readonly [minute: number, value: number]>> => {
  const { Datapoints = [] } = await new CloudWatchClient(client).send(
    new GetMetricStatisticsCommand({
      Namespace: 'Hour',
      MetricName: 'Beat',
      Period: 60,
      Statistics: ['Sum'],
      StartTime: new Date(START),
      EndTime: new Date(START + 2 * 60 * MINUTE),
    }),
  )
  return Datapoints.map(({ Timestamp, Sum = Number.NaN }) => [minuteOf(Timestamp), Sum] as const).sort(
    ([a], [b]) => a - b,
  )
}

const told = async ({ client }: TestCloud, QueueUrl: string): Promise<string[]> => {
  const { Messages = [] } = await new SQSClient(client).send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  )
  return Messages.map(({ Body = '' }) => {
    const { AlarmName, OldStateValue, NewStateValue, StateChangeTime } = JSON.parse(Body)
    return `${minuteOf(StateChangeTime)} ${AlarmName}: ${OldStateValue} → ${NewStateValue}`
  }).sort()
}

const changes = async ({ client }: TestCloud): Promise<string[]> => {
  const { AlarmHistoryItems = [] } = await new CloudWatchClient(client).send(
    new DescribeAlarmHistoryCommand({
      AlarmName: 'silent',
      HistoryItemType: 'StateUpdate',
      ScanBy: 'TimestampAscending',
    }),
  )
  return AlarmHistoryItems.map(({ Timestamp, HistorySummary }) => `${minuteOf(Timestamp)}: ${HistorySummary}`)
}

const liveAnHour = async () => {
  const cloud = await startTestCloud()
  try {
    const events = new EventBridgeClient(cloud.client)
    const passUntil = (minute: number) => cloud.clock.advance(START + minute * MINUTE - cloud.clock.now())
    cloud.clock.step(START)
    await createBeat(cloud)
    await passUntil(10.5)
    const url = await createAlarms(cloud)
    await passUntil(SILENCE.from - 0.5)
    await events.send(new DisableRuleCommand({ Name: 'beat' }))
    await passUntil(SILENCE.to + 0.5)
    await events.send(new EnableRuleCommand({ Name: 'beat' }))
    await passUntil(60.5)
    return { beats: await beats(cloud), told: await told(cloud, url), changes: await changes(cloud) }
  } finally {
    await cloud.stop()
  }
}

describe('an hour of a stepped clock', () => {
  it('invokes on each minute, and alarms on the minute that the tables of missing data say, every time', async () => {
    const hour = await liveAnHour()
    const minutes = Array.from({ length: 60 }, (_, index) => index + 1)
    expect(hour.beats).toEqual(
      minutes.filter(minute => minute < SILENCE.from || minute > SILENCE.to).map(minute => [minute, minute]),
    )
    // At 36 the five periods from 31 on are missing; before that one of the five has a beat. At 37 one has again.
    expect(hour.told).toEqual([
      '11 low: INSUFFICIENT_DATA → OK',
      '11 lowest: INSUFFICIENT_DATA → OK',
      '11 silent: INSUFFICIENT_DATA → OK',
      '36 silent: OK → ALARM',
      '37 silent: ALARM → OK',
    ])
    expect(hour.changes).toEqual([
      '11: Alarm updated from INSUFFICIENT_DATA to OK',
      '36: Alarm updated from OK to ALARM',
      '37: Alarm updated from ALARM to OK',
    ])
    expect(await liveAnHour()).toEqual(hour)
  }, 60_000)
})

describe('a clock at speed 300', () => {
  it('invokes a real function once for every minute', async () => {
    const cloud = await startTestCloud()
    try {
      cloud.clock.step(START)
      await createBeat(cloud)
      cloud.clock.scale(300)
      const cloudwatch = new CloudWatchClient(cloud.client)
      await vi.waitFor(
        async () => {
          const { Datapoints = [] } = await cloudwatch.send(
            new GetMetricStatisticsCommand({
              Namespace: 'Hour',
              MetricName: 'Beat',
              Period: 86_400,
              Statistics: ['Maximum', 'SampleCount', 'Sum'],
              StartTime: new Date(START),
              EndTime: new Date(START + 86_400_000),
            }),
          )
          const { Maximum = 0, SampleCount, Sum } = Datapoints[0] ?? {}
          expect(Maximum).toBeGreaterThanOrEqual(10)
          expect({ SampleCount, Sum }).toEqual({ SampleCount: Maximum, Sum: (Maximum * (Maximum + 1)) / 2 })
        },
        { timeout: 20_000, interval: 50 },
      )
    } finally {
      await cloud.stop()
    }
  }, 30_000)
})
