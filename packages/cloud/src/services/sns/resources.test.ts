import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns'
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestCloud } from '../../testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

/** A topic that pages a queue, as CDK's constructs write it. */
const template = (timeout: number, rules: object, email: string[]) =>
  JSON.stringify({
    Resources: {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          DisplayName: 'Pages',
          Subscription: email.map(Endpoint => ({ Protocol: 'email', Endpoint })),
        },
      },
      Dead: { Type: 'AWS::SQS::Queue' },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: timeout,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'sns.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
                Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } },
              },
            ],
          },
        },
      },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [{ Ref: 'Topic' }],
          PolicyDocument: {
            Statement: [
              {
                Sid: 'events',
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sns:Publish',
                Resource: { Ref: 'Topic' },
              },
            ],
          },
        },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        DependsOn: 'QueuePolicy',
        Properties: {
          TopicArn: { Ref: 'Topic' },
          Protocol: 'sqs',
          Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          RawMessageDelivery: true,
          FilterPolicyScope: 'MessageBody',
          FilterPolicy: rules,
        },
      },
    },
    Outputs: { Topic: { Value: { Ref: 'Topic' } }, Queue: { Value: { Ref: 'Queue' } } },
  })

it('a stack makes, changes and deletes topics, subscriptions, queues and their policies', async () => {
  const cloudformation = new CloudFormationClient(cloud.client)
  const sns = new SNSClient(cloud.client)
  const sqs = new SQSClient(cloud.client)
  const StackName = 'pages'
  const settled = async (): Promise<Record<string, string>> => {
    for (;;) {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }))
      const stack = Stacks?.[0]
      if (!stack?.StackStatus?.endsWith('IN_PROGRESS')) {
        expect(stack?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/)
        return Object.fromEntries(
          stack?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]) ?? [],
        )
      }
    }
  }
  const received = async (QueueUrl: string | undefined) => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }))
    return Messages?.[0]?.Body
  }
  const publish = async (TopicArn: string | undefined, ...messages: string[]) => {
    for (const Message of messages) await sns.send(new PublishCommand({ TopicArn, Message }))
  }

  await cloudformation.send(
    new CreateStackCommand({ StackName, TemplateBody: template(7, { n: [1] }, ['a@example.com']) }),
  )
  const made = await settled()
  await publish(made.Topic, '{"n":2}', '{"n":1}')
  expect(await received(made.Queue)).toBe('{"n":1}')
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: made.Topic }))
  expect(Attributes).toMatchObject({ DisplayName: 'Pages', SubscriptionsPending: '1' })
  expect(JSON.parse(Attributes?.Policy ?? '').Statement[0].Sid).toBe('events')

  await cloudformation.send(
    new UpdateStackCommand({ StackName, TemplateBody: template(9, { n: [2] }, ['b@example.com']) }),
  )
  expect(await settled()).toEqual(made)
  await publish(made.Topic, '{"n":1}', '{"n":2}')
  expect(await received(made.Queue)).toBe('{"n":2}')
  const queue = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: made.Queue,
      AttributeNames: ['VisibilityTimeout', 'RedrivePolicy'],
    }),
  )
  expect(queue.Attributes).toMatchObject({ VisibilityTimeout: '9' })
  expect(JSON.parse(queue.Attributes?.RedrivePolicy ?? '').maxReceiveCount).toBe(3)
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: made.Topic }))
  expect(
    Subscriptions?.map(
      ({ Protocol, Endpoint }) => `${Protocol} ${Endpoint?.split(':').pop()?.slice(0, 11)}`,
    ).sort(),
  ).toEqual(['email b@example.c', 'sqs pages-Queue'])

  await cloudformation.send(new DeleteStackCommand({ StackName }))
  for (;;) {
    const { Topics = [] } = await sns.send(new ListTopicsCommand({}))
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
    if (Topics.length + QueueUrls.length === 0) break
  }
}, 20_000)

it.each([
  [
    'FilterPolicy',
    'AWS::SNS::Subscription',
    { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'a@example.com', FilterPolicy: [] },
  ],
  ['RedrivePolicy', 'AWS::SQS::Queue', { RedrivePolicy: [] }],
])('an empty list is refused as %s instead of standing for none', async (name, Type, Properties) => {
  const cloudformation = new CloudFormationClient(cloud.client)
  const StackName = `empty-${name}`
  const TemplateBody = JSON.stringify({
    Resources: { Topic: { Type: 'AWS::SNS::Topic' }, Wrong: { Type, Properties } },
  })
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }))
  for (;;) {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }))
    if (Stacks?.[0]?.StackStatus === 'ROLLBACK_COMPLETE') break
    expect(Stacks?.[0]?.StackStatus).toMatch(/_IN_PROGRESS$/)
  }
  const { StackEvents } = await cloudformation.send(new DescribeStackEventsCommand({ StackName }))
  const failed = StackEvents?.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')
  expect(failed?.LogicalResourceId).toBe('Wrong')
  expect(failed?.ResourceStatusReason?.toLowerCase()).toContain(name.toLowerCase().replace('policy', ''))
})

it('a stack that goes takes its policy from the topic it names alone, not from one of that name elsewhere', async () => {
  const cloudformation = new CloudFormationClient(cloud.client)
  const policy = (Sid: string) => ({
    Statement: [{ Sid, Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' }],
  })
  const [here, there] = await Promise.all(
    [cloud.client.region, 'us-east-1'].map(async region => {
      const sns = new SNSClient({ ...cloud.client, region })
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'same' }))
      const sid = async (): Promise<string> => {
        const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
        return JSON.parse(Attributes?.Policy ?? '').Statement[0].Sid
      }
      const set = (Sid: string) => {
        const AttributeValue = JSON.stringify(policy(Sid))
        return sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }))
      }
      return { TopicArn, sid, set }
    }),
  )
  await here?.set('mine')
  const StackName = 'elsewhere'
  const Properties = { Topics: [there?.TopicArn], PolicyDocument: policy('stack') }
  const TemplateBody = JSON.stringify({
    Resources: { Policy: { Type: 'AWS::SNS::TopicPolicy', Properties } },
  })
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }))
  await expect.poll(() => there?.sid()).toBe('stack')
  await expect
    .poll(async () => {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }))
      return Stacks?.[0]?.StackStatus
    })
    .toBe('CREATE_COMPLETE')
  await cloudformation.send(new DeleteStackCommand({ StackName }))
  await expect.poll(() => there?.sid()).toBe('__default_statement_ID')
  expect(await here?.sid()).toBe('mine')
})
