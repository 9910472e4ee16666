import { notImplemented, type ServiceError } from '@sonde/wire'
import { parseArn } from '../../kernel/arn.ts'
import { InvalidResourcePolicy, parseResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { Scope } from '../../kernel/scope.ts'
import { invalidAttributeName, invalidAttributeValue, invalidParameter } from './errors.ts'
import {
  MAX_DELAY_SECONDS,
  MAX_MESSAGE_BYTES,
  MAX_RECEIVE_COUNT,
  MAX_RETENTION_SECONDS,
  MAX_VISIBILITY_SECONDS,
  MAX_WAIT_SECONDS,
  MIN_MESSAGE_BYTES,
  MIN_RETENTION_SECONDS,
} from './limits.ts'
import type { QueueRecord } from './records.ts'

/** Where dead letters go, and after how many receives. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

interface Range {
  readonly default: number
  readonly min: number
  readonly max: number
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS = {
  DelaySeconds: { default: 0, min: 0, max: MAX_DELAY_SECONDS },
  MaximumMessageSize: { default: MAX_MESSAGE_BYTES, min: MIN_MESSAGE_BYTES, max: MAX_MESSAGE_BYTES },
  MessageRetentionPeriod: { default: 345_600, min: MIN_RETENTION_SECONDS, max: MAX_RETENTION_SECONDS },
  ReceiveMessageWaitTimeSeconds: { default: 0, min: 0, max: MAX_WAIT_SECONDS },
  VisibilityTimeout: { default: 30, min: 0, max: MAX_VISIBILITY_SECONDS },
} as const satisfies Record<string, Range>

export type NumberAttribute = keyof typeof NUMBERS

const UNSUPPORTED: ReadonlySet<string> = new Set([
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'RedriveAllowPolicy',
])

const checkPolicy = (text: string): string => {
  try {
    parseResourcePolicy(text)
    return text
  } catch (error) {
    if (error instanceof InvalidResourcePolicy) throw invalidAttributeValue('Policy')
    throw error
  }
}

const redriveError = (text: string, reason: string): ServiceError =>
  invalidParameter(text, 'RedrivePolicy', reason)

/**
 * Reads a redrive policy; AWS takes the count as a number or as text.
 *
 * @throws ServiceError `InvalidParameterValue` in SQS's words
 */
export const parseRedrivePolicy = (text: string): RedrivePolicy => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw redriveError(text, 'Redrive policy is not a valid JSON map.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw redriveError(text, 'Redrive policy is not a valid JSON map.')
  }
  const { deadLetterTargetArn, maxReceiveCount, ...rest } = value as Record<string, unknown>
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw redriveError(text, `Unknown attribute: ${unknown}.`)
  if (maxReceiveCount === undefined || maxReceiveCount === '') {
    throw redriveError(text, 'Redrive policy does not contain mandatory attribute: maxReceiveCount.')
  }
  if (typeof deadLetterTargetArn !== 'string' || deadLetterTargetArn === '') {
    throw redriveError(text, 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.')
  }
  const count = Number(maxReceiveCount)
  if (!Number.isInteger(count) || count < 1 || count > MAX_RECEIVE_COUNT) {
    throw redriveError(
      text,
      `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`,
    )
  }
  return { deadLetterTargetArn, maxReceiveCount: count }
}

const checkRedrivePolicy = (text: string, scope: Scope, exists: (name: string) => boolean): string => {
  const policy = parseRedrivePolicy(text)
  const target = parseArn(policy.deadLetterTargetArn)
  if (target?.service !== 'sqs') throw redriveError(text, 'Invalid value for deadLetterTargetArn.')
  if (target.account !== scope.account || target.region !== scope.region || !exists(target.resource)) {
    throw redriveError(text, 'Dead letter target does not exist.')
  }
  return JSON.stringify(policy)
}

const checkNumber = (name: string, { min, max }: Range, text: string): string => {
  if (!/^\d+$/.test(text) || Number(text) < min || Number(text) > max) throw invalidAttributeValue(name)
  return String(Number(text))
}

const checkValue = (name: string, value: string, scope: Scope, exists: (name: string) => boolean): string => {
  if (Object.hasOwn(NUMBERS, name)) return checkNumber(name, NUMBERS[name as NumberAttribute], value)
  if (name === 'Policy') return value === '' ? '' : checkPolicy(value)
  if (name === 'RedrivePolicy') return value === '' ? '' : checkRedrivePolicy(value, scope, exists)
  if (name === 'SqsManagedSseEnabled') {
    if (value !== 'true' && value !== 'false') throw invalidAttributeValue(name)
    return value
  }
  if (name === 'FifoQueue') {
    if (value === 'true') throw notImplemented('FIFO queues')
    throw invalidAttributeName(name)
  }
  if (UNSUPPORTED.has(name)) {
    // An empty value sets what every queue is without it.
    if (value === '') return ''
    throw notImplemented(`The queue attribute ${name}`)
  }
  throw invalidAttributeName(name)
}

/**
 * Checks attributes as SetQueueAttributes takes them, in the form that GetQueueAttributes prints; an empty value unsets.
 *
 * @param exists whether a queue of that name exists beside this one
 * @throws ServiceError `InvalidAttributeName`, `InvalidAttributeValue`, `InvalidParameterValue`, or 501 by name
 */
export const checkAttributes = (
  attributes: Readonly<Record<string, string | undefined>>,
  scope: Scope,
  exists: (name: string) => boolean,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, checkValue(name, value ?? '', scope, exists)]),
  )

/** A number that was set, or its default. */
export const numberOf = (queue: QueueRecord, name: NumberAttribute): number => {
  const text = queue.attributes[name]
  return text === undefined ? NUMBERS[name].default : Number(text)
}

export const redriveOf = (queue: QueueRecord): RedrivePolicy | undefined => {
  const text = queue.attributes.RedrivePolicy
  return text === undefined ? undefined : (JSON.parse(text) as RedrivePolicy)
}

/** All settable attributes with their values, defaults included. */
export const settledAttributes = (queue: QueueRecord): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(NUMBERS).map(([name, { default: value }]) => [name, String(value)])),
  SqsManagedSseEnabled: 'true',
  ...queue.attributes,
})
