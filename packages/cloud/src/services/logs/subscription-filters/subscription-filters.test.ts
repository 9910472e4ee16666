import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { ServiceError } from '@sonde/wire'
import { describe, expect, it } from 'vitest'
import type { InvokeRequest } from '../../../kernel/ports.ts'
import { resourceRequest, SCOPE, withGroup } from '../test-service.ts'

const NOON = Date.UTC(2030, 0, 1, 12)
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:archive'
const GROUP_ARN = 'arn:aws:logs:us-east-1:123456789012:log-group:g:*'
const NOT_ALLOWED =
  'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.'

const start = async ({ principal = 'logs.amazonaws.com', hasFunctions = true } = {}) => {
  const requests: InvokeRequest[] = []
  const allowed = new Set([FUNCTION])
  const authorize = ({ functionArn, caller }: Pick<InvokeRequest, 'functionArn' | 'caller'>): void => {
    if (!allowed.has(functionArn)) throw new ServiceError('ResourceNotFoundException', 'Function not found')
    if (caller?.service !== principal || caller.sourceArn !== GROUP_ARN) {
      throw new ServiceError('AccessDeniedException', 'not authorized')
    }
  }
  const functions = {
    dryRun: async (request: Pick<InvokeRequest, 'functionArn' | 'caller'>) => authorize(request),
    invoke: async (request: InvokeRequest) => {
      authorize(request)
      requests.push(request)
      return { status: 202, payload: new Uint8Array(), executedVersion: '$LATEST' }
    },
  }
  const running = await withGroup({ time: NOON, ...(hasFunctions && { functions }) })
  const { call, clock, samples } = running
  return {
    ...running,
    allowed,
    requests,
    put: (more: object = {}) =>
      call.PutSubscriptionFilter({
        logGroupName: 'g',
        filterName: 'f',
        filterPattern: '',
        destinationArn: FUNCTION,
        ...more,
      }),
    /** What the function was called with so far. */
    delivered: async () => {
      await clock.advance(0)
      return requests.map(({ payload }) => {
        const { awslogs } = JSON.parse(Buffer.from(payload).toString())
        return JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString())
      })
    },
    metrics: (name: string) =>
      samples.filter(sample => sample.name === name).map(({ value, dimensions }) => [value, dimensions]),
  }
}

describe('a subscription filter', () => {
  it('hands what it lets pass to the function, stream by stream, as AWS packs it', async () => {
    const logs = await start()
    await logs.put({ filterPattern: 'ERROR' })
    logs.log('a', 'ERROR one', 'fine')
    logs.log('a', 'ERROR two')
    logs.log('b', 'fine')
    const delivered = await logs.delivered()
    expect(delivered).toEqual([
      {
        messageType: 'DATA_MESSAGE',
        owner: '123456789012',
        logGroup: 'g',
        logStream: 'a',
        subscriptionFilters: ['f'],
        logEvents: [
          { id: expect.stringMatching(/^\d{56}$/), timestamp: NOON, message: 'ERROR one' },
          { id: expect.stringMatching(/^\d{56}$/), timestamp: NOON, message: 'ERROR two' },
        ],
      },
    ])
    expect(delivered[0].logEvents[0].id < delivered[0].logEvents[1].id).toBe(true)
    expect(logs.requests[0]).toMatchObject({ functionArn: FUNCTION, invocationType: 'Event' })
    const dimensions = { LogGroupName: 'g', DestinationType: 'Lambda', FilterName: 'f' }
    expect(logs.metrics('ForwardedLogEvents')).toEqual([[2, dimensions]])
    expect(logs.metrics('ForwardedBytes')).toEqual([[expect.any(Number), dimensions]])
  })

  it('names the fields of a space-delimited pattern', async () => {
    const logs = await start()
    await logs.put({ filterPattern: '[ip, status = 5*]' })
    logs.log('a', '10.0.0.1 503', '10.0.0.2 200')
    const [{ logEvents }] = await logs.delivered()
    expect(logEvents).toEqual([
      expect.objectContaining({ extractedFields: { ip: '10.0.0.1', status: '503' } }),
    ])
  })

  it('takes events of PutLogEvents too', async () => {
    const logs = await start()
    await logs.put()
    await logs.call.CreateLogStream({ logGroupName: 'g', logStreamName: 's' })
    await logs.call.PutLogEvents({
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [{ timestamp: NOON, message: 'by hand' }],
    })
    const [{ logEvents }] = await logs.delivered()
    expect(logEvents).toMatchObject([{ message: 'by hand' }])
  })

  it('splits what is more than an asynchronous invocation takes', async () => {
    const logs = await start()
    await logs.put()
    const messages = Array.from({ length: 8 }, () => randomBytes(150_000).toString('base64'))
    logs.log('a', ...messages)
    const delivered = await logs.delivered()
    expect(delivered.length).toBeGreaterThan(1)
    expect(logs.requests.every(({ payload }) => payload.length <= 1_048_576)).toBe(true)
    const found = delivered.flatMap(({ logEvents }) =>
      logEvents.map(({ message }: { message: string }) => message),
    )
    expect(found).toEqual(messages)
  })

  it('works with functions that permit Logs by its regional name', async () => {
    const logs = await start({ principal: 'logs.us-east-1.amazonaws.com' })
    await logs.put()
    logs.log('a', 'x')
    expect(await logs.delivered()).toHaveLength(1)
  })

  it('counts what it cannot deliver, and never stops the log', async () => {
    const logs = await start()
    await logs.put()
    logs.allowed.clear()
    logs.log('a', 'x')
    expect(await logs.delivered()).toEqual([])
    expect(logs.metrics('DeliveryErrors')).toHaveLength(1)
  })

  it('is described, changed and deleted, and goes with its group', async () => {
    const logs = await start()
    await logs.put()
    logs.clock.step(NOON + 1000)
    await logs.put({ filterPattern: 'ERROR' })
    await logs.put({ filterName: 'other', distribution: 'Random' })
    const described = {
      logGroupName: 'g',
      destinationArn: FUNCTION,
      distribution: 'ByLogStream',
      creationTime: NOON,
    }
    expect(await logs.call.DescribeSubscriptionFilters({ logGroupName: 'g', filterNamePrefix: 'f' })).toEqual(
      { subscriptionFilters: [{ ...described, filterName: 'f', filterPattern: 'ERROR' }] },
    )
    await expect(logs.put({ filterName: 'third' })).rejects.toMatchObject({
      code: 'LimitExceededException',
      message: 'Resource limit exceeded.',
    })
    await logs.call.DeleteSubscriptionFilter({ logGroupName: 'g', filterName: 'f' })
    await expect(
      logs.call.DeleteSubscriptionFilter({ logGroupName: 'g', filterName: 'f' }),
    ).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified subscription filter does not exist.',
    })
    await logs.call.DeleteLogGroup({ logGroupName: 'g' })
    await logs.call.CreateLogGroup({ logGroupName: 'g' })
    expect(await logs.call.DescribeSubscriptionFilters({ logGroupName: 'g' })).toEqual({
      subscriptionFilters: [],
    })
    logs.log('a', 'ERROR')
    expect(await logs.delivered()).toEqual([])
  })
})

describe('what is no subscription filter', () => {
  it.each([
    ['an unknown function', { destinationArn: `${FUNCTION}s` }, 'InvalidParameterException', NOT_ALLOWED],
    [
      'no ARN',
      { destinationArn: 'archive' },
      'InvalidParameterException',
      'The specified destinationArn is invalid.',
    ],
    [
      'a queue',
      { destinationArn: 'arn:aws:sqs:us-east-1:123456789012:q' },
      'InvalidParameterException',
      'PutSubscriptionFilter operation cannot work with destinationArn for vendor sqs',
    ],
    [
      'a stream',
      { destinationArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/s' },
      'NotImplemented',
      'logs:PutSubscriptionFilter to kinesis is not implemented by Sonde.',
    ],
    [
      'a role',
      { roleArn: 'arn:aws:iam::123456789012:role/r' },
      'InvalidParameterException',
      'destinationArn for vendor lambda cannot be used with roleArn',
    ],
    [
      'no distribution',
      { distribution: 'Even' },
      'InvalidParameterException',
      "1 validation error detected: Value 'Even' at 'distribution' failed to satisfy constraint: Member must satisfy enum value set: [Random, ByLogStream]",
    ],
    ['a wrong pattern', { filterPattern: '{ $.a = }' }, 'InvalidParameterException', /./],
    ['system fields', { emitSystemFields: ['@aws.account'] }, 'NotImplemented', /emitSystemFields/],
    [
      'no group',
      { logGroupName: 'none' },
      'ResourceNotFoundException',
      'The specified log group does not exist.',
    ],
  ])('%s is refused', async (_what, input, code, message) => {
    const logs = await start()
    await expect(logs.put(input)).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })

  it('a function is refused the log of its own', async () => {
    const logs = await start()
    await logs.call.CreateLogGroup({ logGroupName: '/aws/lambda/archive' })
    await expect(logs.put({ logGroupName: '/aws/lambda/archive' })).rejects.toMatchObject({
      message: 'The log group provided is reserved for the function log group of the destination function.',
    })
  })

  it('any is refused where there are no functions', async () => {
    const logs = await start({ hasFunctions: false })
    await expect(logs.put()).rejects.toMatchObject({ code: 'NotImplemented' })
  })
})

describe('AWS::Logs::SubscriptionFilter', () => {
  it('is made, changed in place and deleted', async () => {
    const logs = await start()
    const type = logs.service.resources?.['AWS::Logs::SubscriptionFilter']
    const properties = { LogGroupName: 'g', FilterPattern: 'ERROR', DestinationArn: FUNCTION }
    const request = (changes: object = {}) => resourceRequest({ ...properties, ...changes }, 's-L-1')
    const state = await type?.create(request())
    if (!type || !state) throw new Error('no such type')
    expect(state).toEqual({ physicalId: 's-L-1', attributes: {} })
    const previous = { ...state, properties }
    expect(await type.update?.(request({ FilterPattern: '' }), previous)).toEqual(state)
    expect(await type.update?.(request({ LogGroupName: 'other' }), previous)).toBe('replace')
    logs.log('a', 'fine')
    expect(await logs.delivered()).toHaveLength(1)
    await type.delete(SCOPE, state, properties)
    await type.delete(SCOPE, state, properties)
    logs.log('a', 'fine')
    expect(await logs.delivered()).toHaveLength(1)
  })
})
