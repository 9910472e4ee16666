import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from '../../testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let sns: SNSClient
let topic: string | undefined

beforeAll(async () => {
  cloud = await startTestCloud()
  sns = new SNSClient(cloud.client)
  topic = (await sns.send(new CreateTopicCommand({ Name: 'pages' }))).TopicArn
})
afterAll(() => cloud.stop())

const publish = (Message: string, options: object = {}) =>
  sns.send(new PublishCommand({ TopicArn: topic, Message, ...options }))
const subscribe = (Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) =>
  sns.send(new SubscribeCommand({ TopicArn: topic, Protocol, Endpoint, Attributes }))

describe('requests that SNS refuses', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'no ARN',
      () => publish('x', { TopicArn: 'abc' }),
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    ],
    ['no message', () => publish(''), 'Invalid parameter: Empty message'],
    ['a long message', () => publish('x'.repeat(262_145)), 'Invalid parameter: Message too long'],
    ['a subject of two lines', () => publish('x', { Subject: 'a\nb' }), 'Invalid parameter: Subject'],
    ['a subject of 101', () => publish('x', { Subject: 'a'.repeat(101) }), 'Invalid parameter: Subject'],
    [
      'no target',
      () => publish('x', { TopicArn: undefined }),
      'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
    ],
    [
      'a structure without default',
      () => publish('{"sqs":"x"}', { MessageStructure: 'json' }),
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    ],
    [
      'a text message',
      () => publish('x', { TopicArn: undefined, PhoneNumber: '+1' }),
      'Publish to a PhoneNumber is not implemented by Sonde.',
    ],
    [
      'an unknown protocol',
      () => subscribe('x', 'y'),
      'Invalid parameter: Amazon SNS does not support this protocol string: x',
    ],
    ['sms', () => subscribe('sms', '+1'), 'Subscribe with the protocol sms is not implemented by Sonde.'],
    ['a queue that is none', () => subscribe('sqs', 'q'), 'Invalid parameter: SQS endpoint ARN'],
    [
      'another protocol’s URL',
      () => subscribe('http', 'https://x'),
      'Invalid parameter: Endpoint must match the specified protocol',
    ],
    [
      'a bad filter',
      () => subscribe('email', 'a@b.c', { FilterPolicy: '{"a":"b"}' }),
      'Invalid parameter: Attributes Reason: FilterPolicy: "a" must be an object or an array',
    ],
  ])('%s', async (_name, call, message) => {
    await expect(call()).rejects.toMatchObject({ message })
  })
})
