import { createVerify, X509Certificate } from 'node:crypto'
import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  RemovePermissionCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../../testing.ts'
import { startSubscriber } from './testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let sns: SNSClient
let sqs: SQSClient
let topic: string

beforeAll(async () => {
  cloud = await startTestCloud()
  sns = new SNSClient(cloud.client)
  sqs = new SQSClient(cloud.client)
})
afterAll(() => cloud.stop())
beforeEach(async () => {
  await cloud.reset()
  cloud.clock.follow()
  topic = await create('pages')
})

const create = async (Name: string, Attributes: Record<string, string> = {}): Promise<string> => {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name, Attributes }))
  return TopicArn
}
const topicAttributes = async (): Promise<Record<string, string>> => {
  const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topic }))
  return Attributes
}
const subscribe = async (Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) => {
  const { SubscriptionArn = '' } = await sns.send(
    new SubscribeCommand({ TopicArn: topic, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }),
  )
  return SubscriptionArn
}
const publish = (Message: string, options: object = {}) =>
  sns.send(new PublishCommand({ TopicArn: topic, Message, ...options }))

/** A queue that the topic may send to. */
const queueFor = async (QueueName: string): Promise<{ url: string; arn: string }> => {
  const arn = `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:${QueueName}`
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnEquals: { 'aws:SourceArn': topic } },
    },
  })
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { Policy } }))
  return { url: QueueUrl, arn }
}
const receive = async (QueueUrl: string) => {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] }),
  )
  return Messages?.[0]
}
const mails = async () => {
  const answer = await fetch(`${cloud.endpoint}/_sonde/mailbox`)
  return ((await answer.json()) as { mails: Array<Record<string, string>> }).mails
}
const linkIn = (body: string): string => /http:\S+/.exec(body)?.[0] ?? ''

describe('topics', () => {
  it('have AWS’s attributes by default', async () => {
    const attributes = await topicAttributes()
    expect(attributes).toMatchObject({
      DisplayName: '',
      Owner: TEST_ACCOUNT,
      SubscriptionsConfirmed: '0',
      TopicArn: `arn:aws:sns:${TEST_REGION}:${TEST_ACCOUNT}:pages`,
    })
    expect(JSON.parse(attributes.Policy ?? '')).toMatchObject({ Id: '__default_policy_ID' })
    expect(
      JSON.parse(attributes.EffectiveDeliveryPolicy ?? '').http.defaultHealthyRetryPolicy.numRetries,
    ).toBe(3)
  })

  it('are the same for the same attributes, and refused for others', async () => {
    expect(await create('pages')).toBe(topic)
    await expect(create('pages', { DisplayName: 'x' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    })
  })

  it('are listed, tagged, and gone when deleted', async () => {
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topic }])
    await sns.send(new TagResourceCommand({ ResourceArn: topic, Tags: [{ Key: 'a', Value: '1' }] }))
    await sns.send(new TagResourceCommand({ ResourceArn: topic, Tags: [{ Key: 'b', Value: '2' }] }))
    await sns.send(new UntagResourceCommand({ ResourceArn: topic, TagKeys: ['a'] }))
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: topic }))
    expect(Tags).toEqual([{ Key: 'b', Value: '2' }])
    await sns.send(new DeleteTopicCommand({ TopicArn: topic }))
    await sns.send(new DeleteTopicCommand({ TopicArn: topic }))
    await expect(publish('x')).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
    })
  })

  it('get and lose permissions by label', async () => {
    const grant = {
      TopicArn: topic,
      Label: 'friend',
      AWSAccountId: ['210987654321'],
      ActionName: ['Publish'],
    }
    const other = new SNSClient({
      ...cloud.client,
      credentials: { accessKeyId: '210987654321', secretAccessKey: 'x' },
    })
    const command = new PublishCommand({ TopicArn: topic, Message: 'x' })
    await expect(other.send(command)).rejects.toMatchObject({ name: 'AuthorizationErrorException' })
    await sns.send(new AddPermissionCommand(grant))
    await other.send(command)
    await sns.send(new RemovePermissionCommand({ TopicArn: topic, Label: 'friend' }))
    await expect(other.send(command)).rejects.toMatchObject({ name: 'AuthorizationErrorException' })
  })

  it.each<[string, string, string]>([
    ['Policy', '{', 'Invalid parameter: Policy Error: no JSON'],
    ['Nonsense', 'x', 'Invalid parameter: AttributeName'],
    ['SignatureVersion', '3', 'Invalid parameter: SignatureVersion'],
    ['KmsMasterKeyId', 'alias/x', 'The topic attribute KmsMasterKeyId is not implemented by Sonde.'],
    ['DeliveryPolicy', '{"http":{"x":1}}', 'Invalid parameter: DeliveryPolicy: Unexpected JSON member: x'],
  ])('refuse the attribute %s = %s', async (AttributeName, AttributeValue, message) => {
    await expect(
      sns.send(new SetTopicAttributesCommand({ TopicArn: topic, AttributeName, AttributeValue })),
    ).rejects.toMatchObject({ message })
  })
})

describe('a queue', () => {
  it('gets the envelope, whose signature verifies with the certificate at its URL', async () => {
    const { url, arn } = await queueFor('inbox')
    const subscription = await subscribe('sqs', arn)
    const MessageAttributes = { k: { DataType: 'String', StringValue: 'v' } }
    const { MessageId } = await publish('hello', { Subject: 'greeting', MessageAttributes })
    const envelope = JSON.parse((await receive(url))?.Body ?? '')
    expect(envelope).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn: topic,
      Subject: 'greeting',
      Message: 'hello',
      SignatureVersion: '1',
      MessageAttributes: { k: { Type: 'String', Value: 'v' } },
    })
    expect(envelope.UnsubscribeURL).toContain(encodeURIComponent(subscription))
    const certificate = new X509Certificate(await (await fetch(envelope.SigningCertURL)).text())
    const signed = `Message\nhello\nMessageId\n${MessageId}\nSubject\ngreeting\nTimestamp\n${envelope.Timestamp}\nTopicArn\n${topic}\nType\nNotification\n`
    expect(
      createVerify('RSA-SHA1').update(signed).verify(certificate.publicKey, envelope.Signature, 'base64'),
    ).toBe(true)
  })

  it('gets raw messages with their attributes, of its own text', async () => {
    const { url, arn } = await queueFor('raw')
    await subscribe('sqs', arn, { RawMessageDelivery: 'true' })
    const Message = JSON.stringify({ default: 'for all', sqs: 'for queues' })
    const MessageAttributes = {
      n: { DataType: 'Number', StringValue: '1' },
      b: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    }
    await publish(Message, { MessageStructure: 'json', MessageAttributes })
    const message = await receive(url)
    expect(message).toMatchObject({ Body: 'for queues', MessageAttributes })
  })

  it('gets what its filter policy lets through, also after a change', async () => {
    const { url, arn } = await queueFor('filtered')
    const subscription = await subscribe('sqs', arn, {
      FilterPolicy: '{"kind":["page"]}',
      RawMessageDelivery: 'true',
    })
    const of = (kind: string) => ({ MessageAttributes: { kind: { DataType: 'String', StringValue: kind } } })
    await publish('no', of('mail'))
    await publish('yes', of('page'))
    expect((await receive(url))?.Body).toBe('yes')
    const change = (AttributeName: string, AttributeValue: string) =>
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: subscription,
          AttributeName,
          AttributeValue,
        }),
      )
    await change('FilterPolicyScope', 'MessageBody')
    await change('FilterPolicy', '{"a":{"b":[1]}}')
    await publish('{"a":{"b":2}}')
    await publish('{"a":{"b":1}}')
    expect((await receive(url))?.Body).toBe('{"a":{"b":1}}')
    await expect(change('FilterPolicyScope', 'MessageAttributes')).rejects.toMatchObject({
      message:
        'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    })
  })

  it('that does not let the topic in leaves the message to the dead-letter queue', async () => {
    const dead = await queueFor('dead')
    await subscribe('sqs', `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:missing`, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
    })
    await publish('lost')
    expect(JSON.parse((await receive(dead.url))?.Body ?? '').Message).toBe('lost')
  })

  it('gets each message of a batch that is good', async () => {
    const { url, arn } = await queueFor('batch')
    await subscribe('sqs', arn, { RawMessageDelivery: 'true' })
    const answer = await sns.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: [
          { Id: 'a', Message: 'A' },
          { Id: 'b', Message: 'B', Subject: 'x\ny' },
        ],
      }),
    )
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['a'])
    expect(answer.Failed).toEqual([
      { Id: 'b', Code: 'InvalidParameter', Message: 'Invalid parameter: Subject', SenderFault: true },
    ])
    expect((await receive(url))?.Body).toBe('A')
  })
})

describe('an HTTP endpoint', () => {
  it('confirms by the SubscribeURL, gets notifications, and leaves and returns by links', async () => {
    const subscriber = await startSubscriber()
    try {
      const answer = await sns.send(
        new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint: subscriber.url }),
      )
      expect(answer.SubscriptionArn).toBe('pending confirmation')
      const asked = await subscriber.request(0)
      expect(asked.headers).toMatchObject({
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': 'SubscriptionConfirmation',
        'x-amz-sns-topic-arn': topic,
      })
      expect(asked.headers['x-amz-sns-subscription-arn']).toBeUndefined()
      await publish('too early')
      const confirmation = JSON.parse(asked.body)
      expect((await topicAttributes()).SubscriptionsPending).toBe('1')
      const confirmed = await fetch(confirmation.SubscribeURL)
      expect(await confirmed.text()).toContain('<ConfirmSubscriptionResult><SubscriptionArn>arn:aws:sns')
      await publish('in time')
      const notified = await subscriber.request(1)
      expect(notified.headers['x-amz-sns-subscription-arn']).toContain(`${topic}:`)
      const notification = JSON.parse(notified.body)
      expect(notification.Message).toBe('in time')
      await fetch(notification.UnsubscribeURL)
      const left = JSON.parse((await subscriber.request(2)).body)
      expect(left.Type).toBe('UnsubscribeConfirmation')
      expect(await topicAttributes()).toMatchObject({
        SubscriptionsConfirmed: '0',
        SubscriptionsDeleted: '1',
      })
      await fetch(left.SubscribeURL)
      expect(await topicAttributes()).toMatchObject({ SubscriptionsConfirmed: '1' })
    } finally {
      await subscriber.stop()
    }
  })

  it('that is down is tried four times, 20 seconds apart, and then its message is dead', async () => {
    const subscriber = await startSubscriber()
    try {
      const dead = await queueFor('dead')
      cloud.clock.step()
      await subscribe('http', subscriber.url, {
        RawMessageDelivery: 'true',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      })
      await fetch(JSON.parse((await subscriber.request(0)).body).SubscribeURL)
      subscriber.state.status = 503
      await publish('raw text')
      await cloud.clock.advance(0)
      expect(subscriber.requests).toHaveLength(2)
      expect(subscriber.requests[1]).toMatchObject({
        body: 'raw text',
        headers: { 'x-amz-sns-rawdelivery': 'true' },
      })
      await cloud.clock.advance(19_999)
      expect(subscriber.requests).toHaveLength(2)
      await cloud.clock.advance(1)
      expect(subscriber.requests).toHaveLength(3)
      await cloud.clock.advance(24 * 3_600_000)
      expect(subscriber.requests).toHaveLength(5)
      expect((await receive(dead.url))?.Body).toBe('raw text')
    } finally {
      await subscriber.stop()
    }
  })

  it.each([404, 302])('that answers %i is not tried again, and no redirect is followed', async status => {
    const subscriber = await startSubscriber()
    try {
      cloud.clock.step()
      subscriber.state.status = status
      subscriber.state.headers = { location: `${subscriber.url}/elsewhere` }
      await subscribe('http', subscriber.url)
      await cloud.clock.advance(3_600_000)
      expect(subscriber.requests).toHaveLength(1)
    } finally {
      await subscriber.stop()
    }
  })
})

describe('an email subscription', () => {
  it('is confirmed by the link in its mail, and then gets mails with the subject', async () => {
    cloud.clock.step()
    await subscribe('email', 'ops@example.com')
    await subscribe('email-json', 'machine@example.com')
    await cloud.clock.advance(0)
    const asked = await mails()
    expect(asked.map(({ to }) => to).sort()).toEqual(['machine@example.com', 'ops@example.com'])
    for (const { subject, body = '', to } of asked) {
      expect(subject).toBe('AWS Notification - Subscription Confirmation')
      await fetch(to === 'ops@example.com' ? linkIn(body) : JSON.parse(body).SubscribeURL)
    }
    await publish('the model is slow', { Subject: 'ALARM' })
    await publish('again')
    await cloud.clock.advance(0)
    const received = (await mails()).filter(({ to }) => to === 'ops@example.com')
    expect(received).toHaveLength(3)
    expect(received.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['ALARM', 'AWS Notification Message']),
    )
    const page = received.find(({ subject }) => subject === 'ALARM')
    expect(page?.body).toMatch(/^the model is slow\n/)
    await fetch(linkIn(page?.body ?? ''))
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }))
    expect(Subscriptions?.map(({ Endpoint }) => Endpoint)).toEqual(['machine@example.com'])
  })

  it('that nobody confirms is gone after two days', async () => {
    cloud.clock.step()
    const arn = await subscribe('email', 'a@example.com')
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }))
    expect(Subscriptions?.[0]?.SubscriptionArn).toBe('PendingConfirmation')
    const ask = () => sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }))
    expect((await ask()).Attributes).toMatchObject({ PendingConfirmation: 'true', Protocol: 'email' })
    await cloud.clock.advance(2 * 24 * 3_600_000)
    await expect(ask()).rejects.toMatchObject({ message: 'Subscription does not exist' })
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }))
  })
})
