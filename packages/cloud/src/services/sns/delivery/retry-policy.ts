import { notImplemented } from '@sonde/wire'
import { invalidParameter } from '../errors.ts'

type Backoff = 'arithmetic' | 'exponential' | 'geometric' | 'linear'

/** Delays in seconds, numbers of retries of the four phases. */
export interface RetryPolicy {
  readonly minDelayTarget: number
  readonly maxDelayTarget: number
  /** In all. */
  readonly numRetries: number
  readonly numMaxDelayRetries: number
  readonly numNoDelayRetries: number
  readonly numMinDelayRetries: number
  readonly backoffFunction: Backoff
}

/** What a delivery policy says of the HTTP deliveries of a topic or subscription. */
export interface DeliveryPolicy {
  readonly retry: RetryPolicy
  readonly contentType: string
  /** Of topics: subscriptions may not have policies of their own. */
  readonly disableOverrides: boolean
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
}

const DEFAULT_CONTENT_TYPE = 'text/plain; charset=UTF-8'

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  retry: DEFAULT_RETRY_POLICY,
  contentType: DEFAULT_CONTENT_TYPE,
  disableOverrides: false,
}

const MAX_RETRIES = 100
/** Seconds. */
export const MAX_RETRY_DELAY = 3_600

/**
 * How far from the least to the greatest delay each of the backoff retries is, 0 to 1. AWS shows the curves and not their
 * formulas: ours have their order, exponential below geometric below arithmetic below linear.
 */
const CURVES: Readonly<Record<Backoff, (share: number) => number>> = {
  linear: share => share,
  arithmetic: share => (share * (share + 1)) / 2,
  geometric: share => share ** 2,
  exponential: share => (2 ** (10 * share) - 1) / (2 ** 10 - 1),
}

const CONTENT_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'application/json',
  'application/xml',
  'application/atom+xml',
  'application/soap+xml',
  'application/xhtml+xml',
  'application/svg+xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/markdown',
  'text/plain',
  'text/xml',
])

/** The delay before each retry, in seconds: at once, the least, backing off, the greatest. */
export const retryDelays = (policy: RetryPolicy): number[] => {
  const { minDelayTarget: min, maxDelayTarget: max, numRetries, backoffFunction } = policy
  const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy
  const backoff = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries
  const share = (index: number): number => (backoff === 1 ? 0 : index / (backoff - 1))
  return [
    ...Array<number>(numNoDelayRetries).fill(0),
    ...Array<number>(numMinDelayRetries).fill(min),
    ...Array.from({ length: backoff }, (_, index) => {
      return Math.round(min + (max - min) * CURVES[backoffFunction](share(index)))
    }),
    ...Array<number>(numMaxDelayRetries).fill(max),
  ]
}

const fail = (problem: string): never => {
  throw invalidParameter(`DeliveryPolicy: ${problem}`)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const objectOf = (value: unknown, name: string): Readonly<Record<string, unknown>> =>
  isObject(value) ? value : fail(`${name} must be an object`)

const checkMembers = (value: Readonly<Record<string, unknown>>, known: readonly string[]): void => {
  const unknown = Object.keys(value).find(name => !known.includes(name))
  if (unknown !== undefined) fail(`Unexpected JSON member: ${unknown}`)
}

const parseRetryPolicy = (given: unknown, name: string): RetryPolicy => {
  const value = objectOf(given, name)
  checkMembers(value, Object.keys(DEFAULT_RETRY_POLICY))
  const number = (
    member: Exclude<keyof RetryPolicy, 'backoffFunction'>,
    least: number,
    most: number,
  ): number => {
    const item = value[member] ?? DEFAULT_RETRY_POLICY[member]
    if (typeof item !== 'number' || !Number.isInteger(item) || item < least || item > most) {
      return fail(`${name}.${member} must be a whole number from ${least} to ${most}`)
    }
    return item
  }
  const backoffFunction = value.backoffFunction ?? 'linear'
  if (typeof backoffFunction !== 'string' || !Object.hasOwn(CURVES, backoffFunction)) {
    return fail(`${name}.backoffFunction must be one of ${Object.keys(CURVES).join(', ')}`)
  }
  const numRetries = number('numRetries', 0, MAX_RETRIES)
  const policy = {
    minDelayTarget: number('minDelayTarget', 1, MAX_RETRY_DELAY),
    maxDelayTarget: number('maxDelayTarget', 1, MAX_RETRY_DELAY),
    numRetries,
    numMaxDelayRetries: number('numMaxDelayRetries', 0, numRetries),
    numNoDelayRetries: number('numNoDelayRetries', 0, numRetries),
    numMinDelayRetries: number('numMinDelayRetries', 0, numRetries),
    backoffFunction: backoffFunction as Backoff,
  }
  if (policy.minDelayTarget > policy.maxDelayTarget) {
    fail(`${name}.maxDelayTarget must be greater than or equal to minDelayTarget`)
  }
  if (policy.numNoDelayRetries + policy.numMinDelayRetries + policy.numMaxDelayRetries > numRetries) {
    fail(`${name}.numRetries must be greater than or equal to the retries of all phases`)
  }
  return policy
}

const parseContentType = (given: unknown, name: string): string => {
  const value = objectOf(given, name)
  checkMembers(value, ['headerContentType'])
  const { headerContentType = DEFAULT_CONTENT_TYPE } = value
  const type = String(headerContentType).split(';')[0]?.trim() ?? ''
  if (typeof headerContentType !== 'string' || !CONTENT_TYPES.has(type) || /[\r\n]/.test(headerContentType)) {
    return fail(`${name}.headerContentType is not supported`)
  }
  return headerContentType
}

const parseJson = (text: string): Readonly<Record<string, unknown>> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    fail('failed to deserialize JSON.')
  }
  return objectOf(value, 'it')
}

interface Names {
  readonly retry: string
  readonly throttle: string
  readonly request: string
}

const parsePolicy = (
  value: Readonly<Record<string, unknown>>,
  names: Names,
  base: DeliveryPolicy,
): DeliveryPolicy => {
  if (value[names.throttle] !== undefined && value[names.throttle] !== null) {
    throw notImplemented(`The member ${names.throttle} of delivery policies`)
  }
  const retry = value[names.retry] ?? undefined
  const request = value[names.request] ?? undefined
  return {
    retry: retry === undefined ? base.retry : parseRetryPolicy(retry, names.retry),
    contentType: request === undefined ? base.contentType : parseContentType(request, names.request),
    disableOverrides: value.disableSubscriptionOverrides === true,
  }
}

const TOPIC_NAMES: Names = {
  retry: 'defaultHealthyRetryPolicy',
  throttle: 'defaultThrottlePolicy',
  request: 'defaultRequestPolicy',
}

const SUBSCRIPTION_NAMES: Names = {
  retry: 'healthyRetryPolicy',
  throttle: 'throttlePolicy',
  request: 'requestPolicy',
}

/** Reads a topic's `DeliveryPolicy`. @throws ServiceError `InvalidParameter`, or 501 for throttling */
export const parseTopicDeliveryPolicy = (text: string): DeliveryPolicy => {
  const value = parseJson(text)
  checkMembers(value, ['http'])
  const http = objectOf(value.http, 'http')
  checkMembers(http, [...Object.values(TOPIC_NAMES), 'disableSubscriptionOverrides'])
  return parsePolicy(http, TOPIC_NAMES, DEFAULT_DELIVERY_POLICY)
}

/** Reads a subscription's; what it does not say is as `topic` has it. @throws as for topics */
export const parseSubscriptionDeliveryPolicy = (text: string, topic: DeliveryPolicy): DeliveryPolicy => {
  const value = parseJson(text)
  checkMembers(value, [...Object.values(SUBSCRIPTION_NAMES), 'sicklyRetryPolicy', 'guaranteed'])
  if (value.sicklyRetryPolicy) throw notImplemented('The member sicklyRetryPolicy of delivery policies')
  if (value.guaranteed) throw notImplemented('The member guaranteed of delivery policies')
  return parsePolicy(value, SUBSCRIPTION_NAMES, topic)
}

/** `EffectiveDeliveryPolicy` of a topic. */
export const printTopicDeliveryPolicy = ({ retry, contentType, disableOverrides }: DeliveryPolicy): string =>
  JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: retry,
      disableSubscriptionOverrides: disableOverrides,
      defaultRequestPolicy: { headerContentType: contentType },
    },
  })

/** `EffectiveDeliveryPolicy` of a subscription. */
export const printSubscriptionDeliveryPolicy = ({ retry, contentType }: DeliveryPolicy): string =>
  JSON.stringify({
    healthyRetryPolicy: retry,
    sicklyRetryPolicy: null,
    throttlePolicy: null,
    requestPolicy: { headerContentType: contentType },
    guaranteed: false,
  })
