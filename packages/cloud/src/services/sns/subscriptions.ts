import { notImplemented } from '@sonde/wire'
import { parseArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import { hex, uuid } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { invalidParameter, subscriptionNotFound } from './errors.ts'
import { CONFIRMATION_LIFETIME } from './limits.ts'
import { PROTOCOLS, type Protocol, type SubscriptionRecord } from './records.ts'

/** Of AWS's tokens: 2,336 bits would print on a page; ours cannot be guessed either. */
const TOKEN_DIGITS = 192
const REFUSED_PROTOCOLS = ['sms', 'application', 'firehose']

const isUrl = (endpoint: string, protocol: string): boolean => {
  try {
    const url = new URL(endpoint)
    return url.protocol === `${protocol}:` && url.hostname !== ''
  } catch {
    return false
  }
}

const isArnOf = (endpoint: string, service: string): boolean => parseArn(endpoint)?.service === service

const ENDPOINT_CHECKS: Readonly<Record<Protocol, readonly [(endpoint: string) => boolean, problem: string]>> =
  {
    lambda: [endpoint => isArnOf(endpoint, 'lambda'), 'Lambda endpoint ARN'],
    sqs: [endpoint => isArnOf(endpoint, 'sqs') && !endpoint.endsWith('.fifo'), 'SQS endpoint ARN'],
    http: [endpoint => isUrl(endpoint, 'http'), 'Endpoint must match the specified protocol'],
    https: [endpoint => isUrl(endpoint, 'https'), 'Endpoint must match the specified protocol'],
    email: [endpoint => /^[^\s@]+@[^\s@]+$/.test(endpoint), 'Email address'],
    'email-json': [endpoint => /^[^\s@]+@[^\s@]+$/.test(endpoint), 'Email address'],
  }

/** @throws ServiceError `InvalidParameter` in SNS's words, or 501 for text messages, push and Firehose */
export const checkEndpoint = (protocol: string, endpoint: string): Protocol => {
  if (REFUSED_PROTOCOLS.includes(protocol)) throw notImplemented(`Subscribe with the protocol ${protocol}`)
  const known = PROTOCOLS.find(name => name === protocol)
  if (!known) throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`)
  const [check, problem] = ENDPOINT_CHECKS[known]
  if (!check(endpoint)) throw invalidParameter(problem)
  return known
}

/** A subscription to be made. */
export type NewSubscription = Pick<
  SubscriptionRecord,
  'topicArn' | 'protocol' | 'endpoint' | 'owner' | 'principal' | 'pending' | 'attributes'
>

/** The subscriptions of all topics. Those that nobody confirmed in two days are gone. */
export class Subscriptions {
  readonly #records: Collection<SubscriptionRecord>
  readonly #clock: Clock
  /** By topic and ARN; the records' index. */
  readonly #byTopic = new Map<string, Map<string, SubscriptionRecord>>()

  constructor(records: Collection<SubscriptionRecord>, clock: Clock) {
    this.#records = records
    this.#clock = clock
    for (const { scope, key, value } of [...records.entries()]) {
      if (this.#isAlive(value) || this.#isRestorable(value)) this.#index(value)
      else records.delete(scope, key)
    }
  }

  ofTopic(topicArn: string): SubscriptionRecord[] {
    return [...(this.#byTopic.get(topicArn)?.values() ?? [])].filter(record => this.#isAlive(record))
  }

  /** Those to topics of an account and region. */
  list(scope: Scope): SubscriptionRecord[] {
    return this.#records.list(scope).filter(record => this.#isAlive(record))
  }

  find(arn: string): SubscriptionRecord | undefined {
    const record = this.#byTopic.get(arn.slice(0, arn.lastIndexOf(':')))?.get(arn)
    return record && this.#isAlive(record) ? record : undefined
  }

  /** @throws ServiceError `InvalidParameter` for what is no ARN of a subscription, `NotFound` */
  get(arn: string): SubscriptionRecord {
    const record = this.lookUp(arn)
    if (!record) throw subscriptionNotFound()
    return record
  }

  /** The same, where one that is gone is no error. */
  lookUp(arn: string): SubscriptionRecord | undefined {
    if (arn === '') throw invalidParameter('SubscriptionArn Reason: no value for required parameter')
    if (arn.split(':').length !== 7 || parseArn(arn)?.service !== 'sns') {
      const elements = arn.split(':').length
      throw elements < 6
        ? invalidParameter(`SubscriptionArn Reason: An ARN must have at least 6 elements, not ${elements}`)
        : invalidParameter('SubscriptionId')
    }
    return this.find(arn)
  }

  create(given: NewSubscription): SubscriptionRecord {
    const record: SubscriptionRecord = {
      ...given,
      arn: `${given.topicArn}:${uuid()}`,
      created: this.#clock.now(),
      token: hex(TOKEN_DIGITS),
      confirmationWasAuthenticated: !given.pending,
      authenticateOnUnsubscribe: false,
    }
    this.#put(record)
    return record
  }

  change(record: SubscriptionRecord, changes: Partial<SubscriptionRecord>): SubscriptionRecord {
    const changed = { ...record, ...changes }
    this.#put(changed)
    return changed
  }

  /** The subscription that a token confirms or restores. */
  byToken(topicArn: string, token: string): SubscriptionRecord | undefined {
    return [...(this.#byTopic.get(topicArn)?.values() ?? [])].find(
      record => record.token === token && (this.#isAlive(record) || this.#isRestorable(record)),
    )
  }

  /** Confirms a subscription, or restores one that a link unsubscribed. */
  confirm({ unsubscribed, ...record }: SubscriptionRecord, changes: Partial<SubscriptionRecord>): void {
    if (record.pending || unsubscribed !== undefined) this.#put({ ...record, ...changes, pending: false })
  }

  delete({ arn, topicArn }: SubscriptionRecord): void {
    this.#records.delete(this.#scopeOf(topicArn), arn)
    this.#byTopic.get(topicArn)?.delete(arn)
  }

  forget(): void {
    this.#byTopic.clear()
  }

  #isAlive({ pending, created, unsubscribed }: SubscriptionRecord): boolean {
    return unsubscribed === undefined && (!pending || this.#clock.now() - created < CONFIRMATION_LIFETIME)
  }

  #isRestorable({ unsubscribed }: SubscriptionRecord): boolean {
    return unsubscribed !== undefined && this.#clock.now() - unsubscribed < CONFIRMATION_LIFETIME
  }

  #scopeOf(topicArn: string): Scope {
    const { account = '', region = '' } = parseArn(topicArn) ?? {}
    return { account, region }
  }

  #put(record: SubscriptionRecord): void {
    this.#records.put(this.#scopeOf(record.topicArn), record.arn, record)
    this.#index(record)
  }

  #index(record: SubscriptionRecord): void {
    const { arn, topicArn } = record
    const subscriptions = this.#byTopic.get(topicArn)
    if (subscriptions) subscriptions.set(arn, record)
    else this.#byTopic.set(topicArn, new Map([[arn, record]]))
  }
}
