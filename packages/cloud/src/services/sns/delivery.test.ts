import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SubscribeCommandInput } from '@aws-sdk/client-sns'
import { ServiceError } from '@sonde/wire'
import { afterEach, describe, expect, it } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { Deliverer, InvokeRequest, MetricSample, QueueSender } from '../../kernel/ports.ts'
import { createStore } from '../../kernel/store.ts'
import { createSns } from './index.ts'
import { startSubscriber } from './testing.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:pages'
const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:pager'
const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: 'arn:aws:iam::123456789012:root', userId: SCOPE.account },
  requestId: 'r',
  endpoint: 'http://127.0.0.1:4566',
}

const cleanups: Array<() => void> = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

const start = async (directory?: string) => {
  const clock = createClock()
  clock.step(Date.UTC(2030, 0, 1))
  const store = createStore(directory)
  const invoked: InvokeRequest[] = []
  const queued: Array<Parameters<QueueSender['send']>[0]> = []
  const samples: MetricSample[] = []
  const defects: unknown[] = []
  const state: { refusal?: ServiceError } = {}
  const sns = createSns({
    store,
    clock,
    metrics: { record: (_scope, recorded) => samples.push(...recorded) },
    authorizer: { allows: () => false },
    functions: {
      invoke: async request => {
        if (state.refusal) throw state.refusal
        invoked.push(request)
        return { status: 202, payload: new Uint8Array(), executedVersion: '$LATEST' }
      },
    },
    queues: {
      send: async message => {
        queued.push(message)
        return 'id'
      },
    },
    endpoint: () => 'http://127.0.0.1:4566',
    onDefect: error => defects.push(error),
  })
  await sns.start?.()
  const operations = sns.apis[0]?.operations as Record<
    string,
    (input: object, context: RequestContext) => Record<string, string>
  >
  const call = (name: string, input: object) => operations[name]?.(input, CONTEXT) ?? {}
  const stop = async (): Promise<void> => {
    await sns.stop?.()
    clock.close()
    store.close()
  }
  /** Lets deliveries that are under way come to their end. */
  const settle = () => clock.advance(0)
  return { sns, clock, call, stop, settle, state, invoked, queued, samples, defects }
}

type Subscribe = Partial<SubscribeCommandInput>

const withFunction = async (options: Subscribe = {}) => {
  const cloud = await start()
  cleanups.push(() => void cloud.stop())
  cloud.call('CreateTopic', { Name: 'pages' })
  const subscribe = { TopicArn: TOPIC, Protocol: 'lambda', Endpoint: FUNCTION, ...options }
  const { SubscriptionArn = '' } = cloud.call('Subscribe', subscribe)
  return { ...cloud, SubscriptionArn }
}

describe('a function', () => {
  it('is invoked asynchronously in the name of the topic, with SNS’s event', async () => {
    const { sns, settle, invoked, SubscriptionArn, defects } = await withFunction()
    const MessageId = await sns.publish({
      topicArn: TOPIC,
      message: 'slow',
      attributes: { n: { type: 'Number', value: '1' } },
    })
    await settle()
    expect(defects).toEqual([])
    expect(invoked[0]).toMatchObject({
      functionArn: FUNCTION,
      invocationType: 'Event',
      caller: { service: 'sns.amazonaws.com', sourceArn: TOPIC },
    })
    const event = JSON.parse(Buffer.from(invoked[0]?.payload ?? []).toString())
    expect(event).toEqual({
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: SubscriptionArn,
          Sns: {
            Type: 'Notification',
            MessageId,
            TopicArn: TOPIC,
            Subject: null,
            Message: 'slow',
            Timestamp: '2030-01-01T00:00:00.000Z',
            SignatureVersion: '1',
            Signature: expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
            SigningCertUrl: expect.stringMatching(/\/SimpleNotificationService-[0-9a-f]{32}\.pem$/),
            UnsubscribeUrl: expect.stringContaining('Action=Unsubscribe'),
            MessageAttributes: { n: { Type: 'Number', Value: '1' } },
          },
        },
      ],
    })
  })

  it('that refuses leaves the message to the dead-letter queue, and both show in the metrics', async () => {
    const deadLetterTargetArn = 'arn:aws:sqs:eu-west-1:123456789012:dead'
    const { sns, settle, state, queued, samples } = await withFunction({
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) },
    })
    await sns.publish({ topicArn: TOPIC, message: 'one' })
    await settle()
    state.refusal = new ServiceError('AccessDeniedException', 'no')
    await sns.publish({ topicArn: TOPIC, message: 'two' })
    await settle()
    expect(queued).toMatchObject([
      { queueArn: deadLetterTargetArn, deliverer: { service: 'sns.amazonaws.com', sourceArn: TOPIC } },
    ])
    const counted = samples.filter(({ unit }) => unit === 'Count').map(({ name }) => name)
    expect(counted).toEqual([
      'NumberOfMessagesPublished',
      'NumberOfNotificationsDelivered',
      'NumberOfMessagesPublished',
      'NumberOfNotificationsFailed',
      'NumberOfNotificationsRedrivenToDlq',
    ])
    expect(samples[0]).toMatchObject({ namespace: 'AWS/SNS', dimensions: { TopicName: 'pages' } })
  })
})

describe('a service', () => {
  const deliverer = (service: string, account = SCOPE.account): Deliverer => ({
    service: `${service}.amazonaws.com`,
    sourceArn: `arn:aws:${service}:eu-west-1:${account}:thing`,
  })
  const policyFor = (service: string, Condition?: object): string =>
    JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: `${service}.amazonaws.com` },
          Action: 'sns:Publish',
          Resource: TOPIC,
          ...(Condition && { Condition }),
        },
      ],
    })

  it.each<[string, Deliverer, string | undefined, boolean]>([
    ['alarms of the account, by the default policy', deliverer('cloudwatch'), undefined, true],
    ['alarms of another account', deliverer('cloudwatch', '210987654321'), undefined, false],
    ['EventBridge, without a policy for it', deliverer('events'), undefined, false],
    ['EventBridge, with a policy for it', deliverer('events'), policyFor('events'), true],
    ['alarms, with a policy that names others alone', deliverer('cloudwatch'), policyFor('events'), false],
    [
      'alarms of another account that the policy names',
      deliverer('cloudwatch', '210987654321'),
      policyFor('cloudwatch', { StringEquals: { 'aws:SourceAccount': '210987654321' } }),
      true,
    ],
  ])('publishes or not: %s', async (_name, from, policy, allowed) => {
    const { sns, call, stop } = await start()
    call('CreateTopic', { Name: 'pages', Attributes: policy === undefined ? {} : { Policy: policy } })
    const publishing = sns.publish({ topicArn: TOPIC, message: 'x', deliverer: from })
    if (allowed) await publishing
    else await expect(publishing).rejects.toMatchObject({ code: 'AuthorizationErrorException' })
    await stop()
  })
})

describe('a message that was taken', () => {
  const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:pager'
  const bodyOf = ({ body }: { body: string }): unknown => JSON.parse(body).Message

  const subscribed = async (directory: string) => {
    const cloud = await start(directory)
    cloud.call('CreateTopic', { Name: 'pages' })
    cloud.call('Subscribe', { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: QUEUE })
    cloud.call('Subscribe', { TopicArn: TOPIC, Protocol: 'lambda', Endpoint: FUNCTION })
    await cloud.settle()
    return cloud
  }

  it('reaches its subscribers after a restart, where the process was killed before it was signed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-sns-'))
    cleanups.push(() => rmSync(directory, { recursive: true }))
    const killed = await subscribed(directory)
    // The message is on the disk when publishing returns, and nothing is awaited from then on.
    void killed.sns.publish({ topicArn: TOPIC, message: 'page' })
    const restarted = await start(directory)
    await restarted.settle()
    expect(restarted.queued.map(bodyOf)).toEqual(['page'])
    expect(restarted.invoked).toHaveLength(1)
    await restarted.stop()

    const third = await start(directory)
    await third.settle()
    expect([third.queued, third.invoked]).toEqual([[], []])
    await third.stop()
    killed.clock.close()
  })

  it('waits for the next start where the cloud stops before it has been brought', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-sns-'))
    cleanups.push(() => rmSync(directory, { recursive: true }))
    const first = await subscribed(directory)
    await first.sns.publish({ topicArn: TOPIC, message: 'page' })
    await first.stop()
    const second = await start(directory)
    await second.settle()
    expect([...first.queued, ...second.queued].map(bodyOf)).toEqual(['page'])
    expect(first.defects).toEqual([])
    await second.stop()
  })

  it('goes nowhere once a reset has taken it away', async () => {
    const { sns, settle, invoked, samples, defects } = await withFunction()
    await sns.publish({ topicArn: TOPIC, message: 'page' })
    sns.reset?.()
    samples.length = 0
    await settle()
    expect([invoked, samples, defects]).toEqual([[], [], []])
  })
})

describe('an HTTP delivery', () => {
  it('that waits for its retry when the cloud ends goes on with the next start', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-sns-'))
    cleanups.push(() => rmSync(directory, { recursive: true }))
    const subscriber = await startSubscriber()
    subscriber.state.status = 500
    const first = await start(directory)
    first.call('CreateTopic', { Name: 'pages' })
    first.call('Subscribe', { TopicArn: TOPIC, Protocol: 'http', Endpoint: subscriber.url })
    await first.settle()
    expect(subscriber.requests).toHaveLength(1)
    await first.stop()

    const second = await start(directory)
    await second.clock.advance(20_000)
    expect(subscriber.requests).toHaveLength(2)
    expect(subscriber.requests[1]?.body).toBe(subscriber.requests[0]?.body)
    await second.stop()
    await subscriber.stop()
  })

  it('to nobody who listens is tried again and given up in the end', async () => {
    const subscriber = await startSubscriber()
    await subscriber.stop()
    const { call, clock, samples, defects, stop } = await start()
    call('CreateTopic', { Name: 'pages' })
    call('Subscribe', { TopicArn: TOPIC, Protocol: 'http', Endpoint: subscriber.url })
    await clock.advance(3_600_000)
    expect(defects).toEqual([])
    expect(samples).toEqual([])
    await stop()
  })
})
