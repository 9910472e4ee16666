import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startTestCloud } from './testing.ts'

const SOURCE = `
const { gunzipSync } = require('node:zlib')
exports.handler = async ({ awslogs }) => {
  const { logGroup, logEvents } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')))
  console.log('collected ' + logGroup + ': ' + logEvents.map(({ message }) => message).join())
}`

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

it('a function gets the log events that its subscription filter lets through', async () => {
  const logs = new CloudWatchLogsClient(cloud.client)
  const lambda = new LambdaClient(cloud.client)
  const { Role } = await new IAMClient(cloud.client).send(
    new CreateRoleCommand({
      RoleName: 'collector',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  )
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'collector',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(SOURCE) }) },
    }),
  )
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'collector',
      StatementId: 'logs',
      Action: 'lambda:InvokeFunction',
      Principal: 'logs.amazonaws.com',
    }),
  )
  const logGroupName = '/shop/orders'
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'one' }))
  await logs.send(
    new PutSubscriptionFilterCommand({
      logGroupName,
      filterName: 'errors',
      filterPattern: 'ERROR',
      destinationArn: FunctionArn,
    }),
  )
  const timestamp = Date.now()
  await logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName: 'one',
      logEvents: ['INFO fine', 'ERROR out of stock'].map(message => ({ message, timestamp })),
    }),
  )
  const collected = async (): Promise<string[]> => {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/lambda/collector', filterPattern: 'collected' }),
    )
    return events.map(({ message = '' }) => message.split('\t').at(-1)?.trim() ?? '')
  }
  await vi.waitFor(
    async () => expect(await collected()).toEqual(['collected /shop/orders: ERROR out of stock']),
    {
      timeout: 10_000,
    },
  )
})
