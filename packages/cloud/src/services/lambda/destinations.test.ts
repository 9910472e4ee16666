import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { QueueSender, ServiceEvent, TopicPublisher } from '../../kernel/ports.ts'
import { type LambdaUnderTest, ROLE, SCOPE, startLambda } from './testing/start-lambda.ts'

const QUEUE = `arn:aws:sqs:us-east-1:${SCOPE.account}:results`
const TOPIC = `arn:aws:sns:us-east-1:${SCOPE.account}:results`
const BUS = `arn:aws:events:us-east-1:${SCOPE.account}:event-bus/default`
const FUNCTION = `arn:aws:lambda:us-east-1:${SCOPE.account}:function:work:$LATEST`
const NOON = Date.UTC(2030, 0, 1, 12)

const SOURCE = `exports.handler = async ({ fail }) => {
  if (fail) throw new Error('no')
  return { done: true }
}`

describe('an asynchronous invocation', () => {
  let cloud: LambdaUnderTest
  let sent: Array<Parameters<QueueSender['send']>[0]>
  let published: Array<Parameters<TopicPublisher['publish']>[0]>
  let told: ServiceEvent[]
  let broken: boolean
  let denied: string | undefined
  beforeEach(async () => {
    sent = []
    published = []
    told = []
    broken = false
    denied = undefined
    cloud = await startLambda(undefined, {
      outlets: {
        queues: {
          send: async message => {
            if (broken) throw new Error('gone')
            sent.push(message)
            return 'id'
          },
        },
        topics: { publish: async message => String(published.push(message)) },
        events: { put: (_scope, event) => told.push(event) },
        authorizer: { allows: (role, action) => role === ROLE && action !== denied },
      },
    })
    await cloud.create('work', SOURCE)
    cloud.clock.step(NOON)
  })
  afterEach(() => cloud.stop())

  const configure = (config: object) =>
    cloud.operations.PutFunctionEventInvokeConfig({ FunctionName: 'work', ...config }, cloud.context)
  const send = async (event: object) => {
    await cloud.invoke('work', event, { InvocationType: 'Event', LogType: 'None' })
    await cloud.clock.advance(600_000)
  }
  const count = async (name: string) => {
    await cloud.clock.advance(0)
    return cloud.samples.filter(sample => sample.name === name && Object.keys(sample.dimensions).length === 0)
      .length
  }

  it('that succeeds is told to a queue', async () => {
    configure({ DestinationConfig: { OnSuccess: { Destination: QUEUE } } })
    await send({ a: 1 })
    expect(sent).toHaveLength(1)
    expect(sent[0]?.queueArn).toBe(QUEUE)
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      version: '1.0',
      timestamp: new Date(NOON).toISOString(),
      requestContext: {
        requestId: expect.any(String),
        functionArn: FUNCTION,
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { a: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { done: true },
    })
    expect(await count('DestinationDeliveryFailures')).toBe(0)
  })

  it('that fails for good is told to a topic, after all of its attempts', async () => {
    configure({ DestinationConfig: { OnFailure: { Destination: TOPIC } } })
    await send({ fail: true })
    expect(published.map(({ topicArn }) => topicArn)).toEqual([TOPIC])
    expect(JSON.parse(published[0]?.message ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no' },
    })
    expect(await count('AsyncEventsDropped')).toBe(1)
  })

  it('for which nothing is reserved is told to the event bus, without a response', async () => {
    configure({ DestinationConfig: { OnFailure: { Destination: BUS } } })
    cloud.operations.PutFunctionConcurrency(
      { FunctionName: 'work', ReservedConcurrentExecutions: 0 },
      cloud.context,
    )
    await send({ a: 1 })
    expect(told).toMatchObject([
      {
        source: 'lambda',
        detailType: 'Lambda Function Invocation Result - Failure',
        resources: [BUS, FUNCTION],
        detail: { requestContext: { condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 } },
      },
    ])
    expect(told[0]?.detail).not.toHaveProperty('responseContext')
  })

  it('is told to another function', async () => {
    await cloud.create('next', 'exports.handler = async event => console.log(JSON.stringify(event))')
    const next = `arn:aws:lambda:us-east-1:${SCOPE.account}:function:next`
    configure({ DestinationConfig: { OnSuccess: { Destination: next } } })
    await send({ a: 1 })
    expect(cloud.lines('/aws/lambda/next').join('')).toContain('"condition":"Success"')
  })

  it('that is given up goes to the dead-letter queue with what went wrong', async () => {
    await cloud.operations.UpdateFunctionConfiguration(
      { FunctionName: 'work', DeadLetterConfig: { TargetArn: QUEUE } },
      cloud.context,
    )
    const { DeadLetterConfig } = cloud.operations.GetFunctionConfiguration(
      { FunctionName: 'work' },
      cloud.context,
    )
    expect(DeadLetterConfig).toEqual({ TargetArn: QUEUE })
    await send({ fail: true })
    expect(sent).toEqual([
      {
        queueArn: QUEUE,
        body: '{"fail":true}',
        attributes: {
          RequestID: expect.any(String),
          ErrorCode: { type: 'Number', value: '200' },
          ErrorMessage: 'no',
        },
      },
    ])
    await cloud.operations.UpdateFunctionConfiguration(
      { FunctionName: 'work', DeadLetterConfig: { TargetArn: TOPIC } },
      cloud.context,
    )
    await send({ fail: true })
    expect(published).toMatchObject([{ topicArn: TOPIC, message: '{"fail":true}' }])
  })

  it.each([
    ['does not arrive', true, undefined],
    ['its role may not send', false, 'sqs:SendMessage'],
  ])('whose record %s is counted', async (_, isBroken, deniedAction) => {
    configure({ MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: QUEUE } } })
    await cloud.operations.UpdateFunctionConfiguration(
      { FunctionName: 'work', DeadLetterConfig: { TargetArn: QUEUE } },
      cloud.context,
    )
    broken = isBroken
    denied = deniedAction
    await send({ fail: true })
    expect(sent).toEqual([])
    expect(await count('DestinationDeliveryFailures')).toBe(1)
    expect(await count('DeadLetterErrors')).toBe(1)
  })

  it('has destinations that are described, kept by updates and taken away by name', async () => {
    configure({
      DestinationConfig: { OnSuccess: { Destination: QUEUE }, OnFailure: { Destination: TOPIC } },
    })
    const update = (config: object) =>
      cloud.operations.UpdateFunctionEventInvokeConfig({ FunctionName: 'work', ...config }, cloud.context)
        .DestinationConfig
    expect(update({ MaximumRetryAttempts: 1 })).toEqual({
      OnSuccess: { Destination: QUEUE },
      OnFailure: { Destination: TOPIC },
    })
    expect(update({ DestinationConfig: { OnSuccess: { Destination: '' } } })).toEqual({
      OnSuccess: {},
      OnFailure: { Destination: TOPIC },
    })
  })

  it.each([
    ['work', 'ValidationException', 'onFailure.destination'],
    ['arn:aws:s3:::bucket', 'NotImplemented', 'arn:aws:s3:::bucket'],
    [BUS.replace('default', 'own'), 'NotImplemented', 'besides the default one'],
    [
      FUNCTION,
      'InvalidParameterValueException',
      "You can't specify the function as a destination for itself.",
    ],
  ])('cannot be told to %s', (Destination, code, message) => {
    expect(() => configure({ DestinationConfig: { OnFailure: { Destination } } })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })

  it('cannot have a dead-letter target that its role may not send to', () => {
    denied = 'sns:Publish'
    expect(() =>
      cloud.operations.UpdateFunctionConfiguration(
        { FunctionName: 'work', DeadLetterConfig: { TargetArn: TOPIC } },
        cloud.context,
      ),
    ).toThrow('The provided execution role does not have permissions to call Publish on SNS')
  })
})
