import {
  CreateQueueCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../../testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let sqs: SQSClient
beforeAll(async () => {
  cloud = await startTestCloud()
  sqs = new SQSClient(cloud.client)
})
afterAll(() => cloud.stop())
beforeEach(() => cloud.reset())

const arnOf = (name: string): string => `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:${name}`
const urlOf = (name: string): string => `${cloud.endpoint}/${TEST_ACCOUNT}/${name}`

const create = (QueueName: string, deadLetters?: string, maxReceiveCount = 1) =>
  sqs.send(
    new CreateQueueCommand({
      QueueName,
      Attributes: {
        VisibilityTimeout: '0',
        ...(deadLetters !== undefined && {
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount }),
        }),
      },
    }),
  )
const redrive = (name: string, deadLetters: string) => {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: 1 })
  return sqs.send(new SetQueueAttributesCommand({ QueueUrl: urlOf(name), Attributes: { RedrivePolicy } }))
}
const send = (name: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody }))
const receive = async (name: string, WaitTimeSeconds = 0): Promise<string[]> => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: urlOf(name),
      WaitTimeSeconds,
      MessageSystemAttributeNames: ['All'],
    }),
  )
  return Messages.map(
    ({ Body, Attributes }) => `${Body} of ${Attributes?.DeadLetterQueueSourceArn ?? 'its sender'}`,
  )
}

describe('messages', () => {
  it('go to the dead-letter queue after their last receive', async () => {
    await create('dead')
    await create('work', 'dead', 2)
    const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: urlOf('dead') }))
    expect(sources.queueUrls).toEqual([urlOf('work')])
    await send('work', 'poison')
    expect(await receive('work')).toHaveLength(1)
    expect(await receive('work')).toHaveLength(1)
    expect(await receive('work')).toEqual([])
    expect(await receive('dead')).toEqual([`poison of ${arnOf('work')}`])
  })

  it('can be received in a dead-letter queue that has one itself', async () => {
    await create('last')
    await create('dead', 'last', 2)
    await create('work', 'dead', 3)
    await send('work', 'poison')
    for (let receives = 0; receives < 3; receives++) expect(await receive('work')).toHaveLength(1)
    expect(await receive('work')).toEqual([])
    for (let receives = 0; receives < 2; receives++) expect(await receive('dead')).toHaveLength(1)
    expect(await receive('dead')).toEqual([])
    expect(await receive('last')).toEqual([`poison of ${arnOf('dead')}`])
  })

  it('go round where two queues are dead-letter queues of each other, also while somebody waits', async () => {
    await create('d')
    await redrive('d', 'd')
    await send('d', 'to itself')
    expect(await receive('d')).toHaveLength(1)
    expect(await receive('d', 1)).toEqual([`to itself of ${arnOf('d')}`])
    await create('a')
    await create('b', 'a')
    await redrive('a', 'b')
    await send('b', 'round')
    expect(await receive('b')).toHaveLength(1)
    const waiting = receive('a', 5)
    expect(await receive('b')).toEqual([])
    expect(await waiting).toEqual([`round of ${arnOf('b')}`])
  })
})
