import { ServiceError } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { FunctionInvoker, QueueSender } from '../../../kernel/ports.ts'
import type { Collection } from '../../../kernel/store.ts'
import { type Envelope, type Envelopes, messageFor, printEnvelope } from '../envelope.ts'
import { filteredOut } from '../filter-policy/filter.ts'
import { type FilterPolicyScope, parseFilterPolicy } from '../filter-policy/policy.ts'
import type { Mailbox } from '../mailbox.ts'
import type { HttpDelivery, Notification, OutboxRecord, SubscriptionRecord } from '../records.ts'
import { effectivePolicy } from '../subscription-attributes.ts'
import type { Subscriptions } from '../subscriptions.ts'
import type { TopicMetrics } from '../topic-metrics.ts'
import { deliveryPolicyOf, parseTopicArn, type TopicAt, type Topics } from '../topics.ts'
import { confirmationMail, notificationMail } from './email.ts'
import { HttpDeliveries } from './http-deliveries.ts'
import { postHeaders } from './http-request.ts'
import { invokeFunction } from './lambda.ts'
import { retryDelays } from './retry-policy.ts'

export interface DispatcherDependencies {
  readonly records: Collection<HttpDelivery>
  /** Notifications that were taken and have not reached a subscription yet, nor what keeps them for it. */
  readonly outbox: Collection<OutboxRecord>
  readonly topics: Topics
  readonly clock: Clock
  readonly envelopes: Envelopes
  readonly subscriptions: Subscriptions
  readonly functions: FunctionInvoker
  readonly queues: QueueSender
  readonly mailbox: Mailbox
  readonly metrics: TopicMetrics
  readonly onDefect: (error: unknown) => void
}

/** Attributes of a raw message in SQS: more are a failure. */
const MAX_RAW_ATTRIBUTES = 10

interface Delivery {
  readonly at: TopicAt
  readonly subscription: SubscriptionRecord
  readonly notification: Notification
  /** Forgets that it is to be brought. */
  readonly settle: () => void
  /** Whether the cloud has been reset or stopped since. */
  readonly isOver: () => boolean
}

/** Why a delivery failed for good; its body may go to the subscription's dead-letter queue. */
class DeliveryFailed extends Error {}

const outboxKey = ({ messageId }: Notification, subscriptionArn: string): string =>
  `${messageId} ${subscriptionArn}`

/** Brings notifications and confirmations to the subscribers, off the publisher's path. */
export class Dispatcher {
  readonly #parts: DispatcherDependencies
  /** What began in an earlier one is not gone on with. */
  #era = 0
  readonly http: HttpDeliveries

  constructor(parts: DispatcherDependencies) {
    this.#parts = parts
    const { records, clock, subscriptions, metrics, onDefect } = parts
    this.http = new HttpDeliveries({
      records,
      clock,
      onDefect,
      isWanted: ({ subscriptionArn, isNotification }) =>
        !isNotification || subscriptions.find(subscriptionArn) !== undefined,
      onEnd: async ({ topicArn, subscriptionArn, body, isNotification }, delivered) => {
        if (!isNotification) return
        if (delivered) metrics.notification(topicArn, 'Delivered')
        else await this.#fail(subscriptionArn, topicArn, body)
      },
    })
  }

  /** Takes up what was to be brought when the cloud ended: once more, where that had been begun. */
  start(): void {
    const { outbox, topics, subscriptions } = this.#parts
    for (const { scope, key, value } of [...outbox.entries()]) {
      const topic = topics.find(scope, parseTopicArn(value.notification.topicArn).name)
      const subscription = subscriptions.find(value.subscriptionArn)
      if (topic && subscription) this.#bring({ scope, topic }, subscription, value.notification)
      else outbox.delete(scope, key)
    }
    this.http.start()
  }

  stop(): void {
    this.#era++
    this.http.stop()
  }

  reset(): void {
    this.#era++
    this.http.reset()
  }

  /**
   * Brings a notification to all confirmed subscriptions of its topic whose filters let it through. That it is to be done
   * is on the disk when this returns.
   */
  publish(at: TopicAt, notification: Notification): void {
    const subscriptions = this.#parts.subscriptions.ofTopic(at.topic.arn).filter(({ pending }) => !pending)
    for (const subscription of subscriptions) {
      const { arn } = subscription
      this.#parts.outbox.put(at.scope, outboxKey(notification, arn), { subscriptionArn: arn, notification })
      this.#bring(at, subscription, notification)
    }
  }

  /** Asks the endpoint of a pending subscription to confirm it. */
  confirm(at: TopicAt, subscription: SubscriptionRecord): void {
    const message =
      `You have chosen to subscribe to the topic ${at.topic.arn}.\nTo confirm the subscription, visit the SubscribeURL ` +
      'included in this message.'
    this.#start(() => this.#askFor('SubscriptionConfirmation', at, subscription, message))
  }

  /** Tells an HTTP endpoint that somebody unsubscribed it, and how to undo that. */
  unsubscribed(at: TopicAt, subscription: SubscriptionRecord): void {
    const message =
      `You have chosen to deactivate subscription ${subscription.arn}.\nTo cancel this operation and restore the ` +
      'subscription, visit the SubscribeURL included in this message.'
    this.#start(() => this.#askFor('UnsubscribeConfirmation', at, subscription, message))
  }

  #start(work: () => Promise<void>): void {
    const { clock, onDefect } = this.#parts
    const era = this.#era
    const started = Promise.resolve().then(work)
    // What fails because the cloud is being stopped is taken up by the next start.
    clock.hold(
      started.catch(error => {
        if (era === this.#era) onDefect(error)
      }),
    )
  }

  #bring(at: TopicAt, subscription: SubscriptionRecord, notification: Notification): void {
    const era = this.#era
    const isOver = (): boolean => era !== this.#era
    const settle = (): void => {
      if (!isOver()) this.#parts.outbox.delete(at.scope, outboxKey(notification, subscription.arn))
    }
    this.#start(async () => {
      if (isOver()) return
      // What fails by a defect of ours would fail again.
      await this.#notify({ at, subscription, notification, settle, isOver }).finally(settle)
    })
  }

  async #notify(delivery: Delivery): Promise<void> {
    const { subscription, notification } = delivery
    const { metrics } = this.#parts
    const reason = this.#filteredOut(delivery)
    if (reason !== undefined) {
      metrics.notification(subscription.topicArn, 'FilteredOut')
      metrics.notification(subscription.topicArn, `FilteredOut-${reason}`)
      return
    }
    const { protocol, attributes, arn, topicArn } = subscription
    const isRaw = attributes.RawMessageDelivery === 'true'
    const envelope = isRaw ? {} : await this.#parts.envelopes.notification(notification, protocol, arn)
    // Signing has taken a turn.
    if (delivery.isOver()) return
    const body = isRaw ? messageFor(notification, protocol) : printEnvelope(envelope)
    if (protocol === 'http' || protocol === 'https') {
      const posted = this.#post(delivery.at, subscription, 'Notification', notification.messageId, body)
      // It is kept there from now on, and the answer may take its time.
      delivery.settle()
      return posted
    }
    try {
      await this.#deliver(delivery, envelope, body)
      metrics.notification(topicArn, 'Delivered')
    } catch (error) {
      // What Lambda and SQS refuse they would refuse again: that is no fault that passes.
      if (!(error instanceof ServiceError || error instanceof DeliveryFailed)) throw error
      await this.#fail(arn, topicArn, body)
    }
  }

  #filteredOut({ subscription, notification }: Delivery) {
    const { FilterPolicy, FilterPolicyScope = 'MessageAttributes' } = subscription.attributes
    if (FilterPolicy === undefined) return undefined
    const scope = FilterPolicyScope as FilterPolicyScope
    return filteredOut(parseFilterPolicy(FilterPolicy, scope), scope, {
      message: messageFor(notification, subscription.protocol),
      attributes: notification.attributes,
    })
  }

  async #deliver({ subscription, notification }: Delivery, envelope: Envelope, body: string): Promise<void> {
    const { functions, queues, mailbox } = this.#parts
    const { protocol, endpoint, topicArn, attributes } = subscription
    if (protocol === 'lambda') return invokeFunction(functions, subscription, notification, envelope)
    if (protocol !== 'sqs') return mailbox.add(notificationMail(subscription, notification, envelope))
    const isRaw = attributes.RawMessageDelivery === 'true'
    if (isRaw && Object.keys(notification.attributes).length > MAX_RAW_ATTRIBUTES) throw new DeliveryFailed()
    await queues.send({
      queueArn: endpoint,
      body,
      ...(isRaw && { attributes: notification.attributes }),
      deliverer: { service: 'sns.amazonaws.com', sourceArn: topicArn },
    })
  }

  async #fail(subscriptionArn: string, topicArn: string, body: string): Promise<void> {
    const { metrics, queues, subscriptions } = this.#parts
    metrics.notification(topicArn, 'Failed')
    const { RedrivePolicy } = subscriptions.find(subscriptionArn)?.attributes ?? {}
    if (RedrivePolicy === undefined) return
    const { deadLetterTargetArn } = JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }
    const deliverer = { service: 'sns.amazonaws.com', sourceArn: topicArn }
    try {
      await queues.send({ queueArn: deadLetterTargetArn, body, deliverer })
      metrics.notification(topicArn, 'RedrivenToDlq')
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      metrics.notification(topicArn, 'FailedToRedriveToDlq')
    }
  }

  async #askFor(
    type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
    at: TopicAt,
    subscription: SubscriptionRecord,
    message: string,
  ): Promise<void> {
    const { envelopes, clock, mailbox, queues } = this.#parts
    const era = this.#era
    const messageId = uuid()
    const { topicArn, token, protocol, endpoint } = subscription
    const envelope = await envelopes.confirmation(type, {
      messageId,
      token,
      topicArn,
      message,
      timestamp: new Date(clock.now()).toISOString(),
      signatureVersion: at.topic.attributes.SignatureVersion ?? '1',
    })
    if (era !== this.#era) return
    if (protocol === 'http' || protocol === 'https') {
      await this.#post(at, subscription, type, messageId, printEnvelope(envelope))
    } else if (protocol === 'email' || protocol === 'email-json') {
      mailbox.add(confirmationMail(subscription, envelope))
    } else if (protocol === 'sqs') {
      const deliverer = { service: 'sns.amazonaws.com', sourceArn: topicArn }
      await queues.send({ queueArn: endpoint, body: printEnvelope(envelope), deliverer }).catch(() => {})
    }
  }

  #post(
    { scope, topic }: TopicAt,
    subscription: SubscriptionRecord,
    type: string,
    messageId: string,
    body: string,
  ): Promise<void> {
    const { retry, contentType } = effectivePolicy(subscription, deliveryPolicyOf(topic))
    return this.http.submit(scope, {
      topicArn: topic.arn,
      subscriptionArn: subscription.arn,
      url: subscription.endpoint,
      headers: postHeaders(subscription, type, messageId, contentType),
      body,
      isNotification: type === 'Notification',
      delays: retryDelays(retry),
    })
  }
}
