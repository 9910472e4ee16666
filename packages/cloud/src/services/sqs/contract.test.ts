import { execFileSync } from 'node:child_process'
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../../testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let sqs: SQSClient
let url: string

beforeAll(async () => {
  cloud = await startTestCloud()
  sqs = new SQSClient(cloud.client)
})
afterAll(() => cloud.stop())
beforeEach(async () => {
  await cloud.reset()
  cloud.clock.follow()
  url = await create('work')
})

const create = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
  return QueueUrl ?? ''
}
const send = (MessageBody: string, options: object = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...options }))
const receive = async (options: object = {}) => {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, ...options }))
  return Messages
}
const attributes = async (QueueUrl = url) => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  )
  return Attributes
}

describe('queues', () => {
  it('have a URL of account and name, and the attributes that were set beside the defaults', async () => {
    expect(url).toBe(`${cloud.endpoint}/${TEST_ACCOUNT}/work`)
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(url)
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: '7' } }))
    expect(await attributes()).toMatchObject({
      VisibilityTimeout: '7',
      DelaySeconds: '0',
      MessageRetentionPeriod: '345600',
      QueueArn: `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:work`,
      ApproximateNumberOfMessages: '0',
    })
  })

  it('are the same for the same attributes, and refused for others', async () => {
    expect(await create('work', { DelaySeconds: '0' })).toBe(url)
    await expect(create('work', { DelaySeconds: '5' })).rejects.toMatchObject({
      name: 'QueueNameExists',
      message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
    })
  })

  it.each<[string, object, string]>([
    ['a b', {}, 'InvalidParameterValue'],
    ['x', { Nonsense: '1' }, 'InvalidAttributeName'],
    ['x', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['x', { QueueArn: 'arn' }, 'InvalidAttributeName'],
    ['x', { Policy: '{' }, 'InvalidAttributeValue'],
    ['x', { RedrivePolicy: '{"deadLetterTargetArn":"a"}' }, 'InvalidParameterValue'],
    ['x', { KmsMasterKeyId: 'alias/x' }, 'NotImplemented'],
    ['x.fifo', { FifoQueue: 'true' }, 'NotImplemented'],
  ])('are not made as %s with %o', async (QueueName, Attributes, name) => {
    await expect(sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).rejects.toMatchObject({ name })
  })

  it('are listed by prefix and in pages', async () => {
    for (const name of ['a1', 'a2', 'a3']) await create(name)
    const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 2 }))
    expect(first.QueueUrls?.map(item => item.split('/').pop())).toEqual(['a1', 'a2'])
    const second = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 2, NextToken: first.NextToken }),
    )
    expect(second.QueueUrls?.map(item => item.split('/').pop())).toEqual(['a3'])
    expect(second.NextToken).toBeUndefined()
  })

  it('take tags, and are gone when deleted', async () => {
    await sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { a: '1', b: '2' } }))
    await sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ['a'] }))
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags).toEqual({ b: '2' })
    await sqs.send(new DeleteQueueCommand({ QueueUrl: url }))
    await expect(send('x')).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    })
  })
})

describe('messages', () => {
  it('arrive with their attributes, digests and counts', async () => {
    const MessageAttributes = {
      word: { DataType: 'String', StringValue: 'hi' },
      number: { DataType: 'Number.int', StringValue: '7' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    }
    const sent = await send('hello', { MessageAttributes })
    expect(sent.MD5OfMessageBody).toBe('5d41402abc4b2a76b9719d911017c592')
    const [message] = await receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] })
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'hello',
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', SenderId: TEST_ACCOUNT },
    })
    expect(message?.MessageAttributes).toEqual(MessageAttributes)
  })

  it('are hidden when received, return after their timeout, and are gone when deleted', async () => {
    cloud.clock.step()
    await send('one')
    const [first] = await receive({ VisibilityTimeout: 30 })
    expect(await receive()).toEqual([])
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '1' })
    await cloud.clock.advance(30_000)
    const [again] = await receive()
    expect(again?.MessageId).toBe(first?.MessageId)
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: again?.ReceiptHandle }))
    await cloud.clock.advance(60_000)
    expect(await receive()).toEqual([])
  })

  it('wait for their delay, and for a changed visibility', async () => {
    cloud.clock.step()
    await send('late', { DelaySeconds: 10 })
    expect(await receive()).toEqual([])
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' })
    await cloud.clock.advance(10_000)
    const [message] = await receive()
    const change = (VisibilityTimeout: number) =>
      sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout,
        }),
      )
    await change(0)
    await expect(change(5)).rejects.toMatchObject({ name: 'MessageNotInflight' })
    expect(await receive()).toHaveLength(1)
  })

  it('end a long poll when they come', async () => {
    const polling = receive({ WaitTimeSeconds: 20 })
    await send('now')
    expect((await polling)[0]?.Body).toBe('now')
  })

  it('end a long poll when they become visible', async () => {
    cloud.clock.step()
    await send('later', { DelaySeconds: 60 })
    const polling = receive({ WaitTimeSeconds: 20 })
    // The request must have come before the clock moves.
    await sqs.send(new ListQueuesCommand({}))
    await cloud.clock.advance(60_000)
    expect((await polling)[0]?.Body).toBe('later')
  })

  it('are forgotten after the retention period', async () => {
    cloud.clock.step()
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { MessageRetentionPeriod: '60' } }),
    )
    await send('old')
    await cloud.clock.advance(60_000)
    expect(await receive()).toEqual([])
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessages: '0' })
  })

  it('print their redrive policy as SQS does', async () => {
    await create('dead')
    const deadLetterTargetArn = `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:dead`
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: '2' })
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy } }))
    expect((await attributes()).RedrivePolicy).toBe(
      JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
    )
  })

  it('come and go in batches, of which each entry fails by itself', async () => {
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'a', MessageBody: 'A' },
          { Id: 'b', MessageBody: 'bad\u0000' },
        ],
      }),
    )
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a'])
    expect(sent.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidMessageContents', SenderFault: true }])
    const [message] = await receive()
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: '1', ReceiptHandle: message?.ReceiptHandle },
          { Id: '2', ReceiptHandle: 'nonsense' },
        ],
      }),
    )
    expect(deleted.Successful).toEqual([{ Id: '1' }])
    expect(deleted.Failed).toMatchObject([{ Id: '2', Code: 'ReceiptHandleIsInvalid' }])
  })

  it.each<[string, object, string]>([
    ['an empty batch', { Entries: [] }, 'EmptyBatchRequest'],
    [
      'eleven entries',
      { Entries: Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, MessageBody: 'x' })) },
      'TooManyEntriesInBatchRequest',
    ],
    [
      'the same id twice',
      {
        Entries: [
          { Id: 'a', MessageBody: 'x' },
          { Id: 'a', MessageBody: 'y' },
        ],
      },
      'BatchEntryIdsNotDistinct',
    ],
    ['a bad id', { Entries: [{ Id: 'a b', MessageBody: 'x' }] }, 'InvalidBatchEntryId'],
  ])('are refused in a batch of %s', async (_name, input, name) => {
    const command = new SendMessageBatchCommand({ QueueUrl: url, ...(input as { Entries: [] }) })
    await expect(sqs.send(command)).rejects.toMatchObject({ name })
  })

  it('are all deleted by a purge, once a minute', async () => {
    await send('x')
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }))
    expect(await receive()).toEqual([])
    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
    })
  })

  it('of another account need the policy of the queue', async () => {
    const other = new SQSClient({
      ...cloud.client,
      credentials: { accessKeyId: '210987654321', secretAccessKey: 'x' },
    })
    const command = new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' })
    await expect(other.send(command)).rejects.toMatchObject({ name: 'AccessDenied' })
    const Policy = JSON.stringify({
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: '210987654321' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:${TEST_REGION}:${TEST_ACCOUNT}:work`,
      },
    })
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }))
    await other.send(command)
    expect(await receive()).toHaveLength(1)
  })
})

const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const environment = () => ({
  ...process.env,
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_ACCESS_KEY_ID: TEST_ACCOUNT,
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_REGION: TEST_REGION,
  AWS_DEFAULT_REGION: TEST_REGION,
})

// The cloud runs in this process: a client must not block it.
const run = async (command: string, args: string[]): Promise<string> => {
  const { execFile } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    execFile(command, args, { env: environment() }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    )
  })
}

describe('foreign clients', () => {
  it.skipIf(!has('aws', '--version'))(
    'the AWS CLI sends and receives',
    async () => {
      // For SQS alone, version 1 of the CLI does not heed AWS_ENDPOINT_URL.
      const sqsCli = (...args: string[]) =>
        run('aws', ['--endpoint-url', cloud.endpoint, 'sqs', ...args, '--queue-url', url])
      await sqsCli('send-message', '--message-body', 'cli')
      const output = await sqsCli('receive-message')
      expect(JSON.parse(output).Messages[0].Body).toBe('cli')
    },
    30_000,
  )

  it.skipIf(!has('python3', '-c', 'import boto3'))(
    'boto3 sends, and knows the errors',
    async () => {
      const script = `
import boto3
sqs = boto3.client('sqs')
url = sqs.get_queue_url(QueueName='work')['QueueUrl']
sqs.send_message(QueueUrl=url, MessageBody='boto', MessageAttributes={'a': {'DataType': 'String', 'StringValue': 'b'}})
print(sqs.receive_message(QueueUrl=url, MessageAttributeNames=['All'])['Messages'][0]['MessageAttributes']['a']['StringValue'])
try:
    sqs.get_queue_url(QueueName='none')
except sqs.exceptions.QueueDoesNotExist as error:
    print(error.response['Error']['Code'])
`
      expect(await run('python3', ['-c', script])).toBe('b\nAWS.SimpleQueueService.NonExistentQueue\n')
    },
    30_000,
  )

  it('the Query protocol sends and receives', async () => {
    const call = async (parameters: Record<string, string>): Promise<string> => {
      const body = new URLSearchParams({ Version: '2012-11-05', QueueUrl: url, ...parameters })
      const headers = {
        authorization: `AWS4-HMAC-SHA256 Credential=${TEST_ACCOUNT}/20260101/${TEST_REGION}/sqs/aws4_request`,
      }
      return (await fetch(url, { method: 'POST', body, headers })).text()
    }
    const sent = await call({
      Action: 'SendMessage',
      MessageBody: 'a<b',
      'MessageAttribute.1.Name': 'k',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'v',
    })
    expect(sent).toContain('<MD5OfMessageBody>')
    const received = await call({ Action: 'ReceiveMessage', 'MessageAttributeName.1': 'All' })
    expect(received).toContain('<Message><MessageId>')
    expect(received).toContain('<Body>a&lt;b</Body>')
    expect(received).toContain('<MessageAttribute><Name>k</Name><Value>')
    const failed = await call({ Action: 'DeleteMessage', ReceiptHandle: 'x' })
    expect(failed).toContain('<Code>ReceiptHandleIsInvalid</Code>')
  })
})
