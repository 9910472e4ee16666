import { execFile, execFileSync } from 'node:child_process'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '../../testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let sqs: SQSClient
let topic: string

beforeAll(async () => {
  cloud = await startTestCloud()
  sqs = new SQSClient(cloud.client)
  const sns = new SNSClient(cloud.client)
  topic = (await sns.send(new CreateTopicCommand({ Name: 'pages' }))).TopicArn ?? ''
})
afterAll(() => cloud.stop())

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
const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// The cloud runs in this process: a client must not block it.
const run = (command: string, args: string[]): Promise<string> => {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: TEST_ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: TEST_REGION,
    AWS_DEFAULT_REGION: TEST_REGION,
  }
  return new Promise((resolve, reject) => {
    execFile(command, args, { env }, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}

describe('foreign clients', () => {
  it.skipIf(!has('aws', '--version'))(
    'the AWS CLI makes a topic',
    async () => {
      const made = await run('aws', ['sns', 'create-topic', '--name', 'cli', '--tags', 'Key=a,Value=b'])
      expect(JSON.parse(made).TopicArn).toBe(`arn:aws:sns:${TEST_REGION}:${TEST_ACCOUNT}:cli`)
    },
    30_000,
  )

  it.skipIf(!has('python3', '-c', 'import boto3'))(
    'boto3 subscribes, publishes, and knows the errors',
    async () => {
      const { url, arn } = await queueFor('python')
      const script = `
import boto3
sns = boto3.client('sns')
sns.subscribe(TopicArn='${topic}', Protocol='sqs', Endpoint='${arn}', Attributes={'RawMessageDelivery': 'true'})
sns.publish(TopicArn='${topic}', Message='snake', MessageAttributes={'a': {'DataType': 'String', 'StringValue': 'b'}})
try:
    sns.publish(TopicArn='${topic}x', Message='x')
except sns.exceptions.NotFoundException as error:
    print(error.response['Error']['Code'])
`
      expect(await run('python3', ['-c', script])).toBe('NotFound\n')
      expect((await receive(url))?.Body).toBe('snake')
    },
    30_000,
  )
})
