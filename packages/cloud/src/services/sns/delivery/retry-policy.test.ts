import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEFAULT_DELIVERY_POLICY,
  DEFAULT_RETRY_POLICY,
  parseSubscriptionDeliveryPolicy,
  parseTopicDeliveryPolicy,
  printTopicDeliveryPolicy,
  retryDelays,
} from './retry-policy.ts'

describe('retryDelays', () => {
  it('is three times 20 seconds by default', () => {
    expect(retryDelays(DEFAULT_RETRY_POLICY)).toEqual([20, 20, 20])
  })

  it('goes through the four phases', () => {
    const policy = {
      minDelayTarget: 1,
      maxDelayTarget: 60,
      numRetries: 10,
      numNoDelayRetries: 3,
      numMinDelayRetries: 2,
      numMaxDelayRetries: 2,
      backoffFunction: 'linear',
    } as const
    expect(retryDelays(policy)).toEqual([0, 0, 0, 1, 1, 1, 31, 60, 60, 60])
  })

  it('never decreases and keeps to its bounds, with any curve', () => {
    const policy = fc.record({
      minDelayTarget: fc.integer({ min: 1, max: 100 }),
      maxDelayTarget: fc.integer({ min: 100, max: 3_600 }),
      numRetries: fc.integer({ min: 0, max: 100 }),
      backoffFunction: fc.constantFrom('linear', 'arithmetic', 'geometric', 'exponential'),
    })
    fc.assert(
      fc.property(policy, given => {
        const delays = retryDelays({ ...DEFAULT_RETRY_POLICY, ...given })
        expect(delays).toHaveLength(given.numRetries)
        expect([...delays].sort((a, b) => a - b)).toEqual(delays)
        expect(delays.every(delay => delay >= given.minDelayTarget && delay <= given.maxDelayTarget)).toBe(
          true,
        )
      }),
    )
  })
})

describe('delivery policies', () => {
  it('are printed as AWS prints the default', () => {
    expect(JSON.parse(printTopicDeliveryPolicy(DEFAULT_DELIVERY_POLICY))).toEqual({
      http: {
        defaultHealthyRetryPolicy: {
          minDelayTarget: 20,
          maxDelayTarget: 20,
          numRetries: 3,
          numMaxDelayRetries: 0,
          numNoDelayRetries: 0,
          numMinDelayRetries: 0,
          backoffFunction: 'linear',
        },
        disableSubscriptionOverrides: false,
        defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
      },
    })
  })

  it('of subscriptions go before those of topics', () => {
    const topic = parseTopicDeliveryPolicy('{"http":{"defaultHealthyRetryPolicy":{"numRetries":5}}}')
    expect(topic.retry.numRetries).toBe(5)
    const own = parseSubscriptionDeliveryPolicy(
      '{"requestPolicy":{"headerContentType":"application/json"}}',
      topic,
    )
    expect(own).toMatchObject({ contentType: 'application/json', retry: { numRetries: 5 } })
  })

  it.each([
    ['{', 'Invalid parameter: DeliveryPolicy: failed to deserialize JSON.'],
    ['{"sqs":{}}', 'Invalid parameter: DeliveryPolicy: Unexpected JSON member: sqs'],
    ['{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}', 'from 0 to 100'],
    ['{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":30}}}', 'maxDelayTarget must be greater'],
    ['{"http":{"defaultHealthyRetryPolicy":{"backoffFunction":"x"}}}', 'backoffFunction must be one of'],
    [
      '{"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":1}}}',
      'defaultThrottlePolicy of delivery policies',
    ],
  ])('refuse %s', (text, message) => {
    expect(() => parseTopicDeliveryPolicy(text)).toThrow(message)
  })
})
