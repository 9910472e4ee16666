/** A message attribute; the value of a Binary one is in base64. */
export interface StoredAttribute {
  /** `String`, `String.Array`, `Number`, `Binary`, … */
  readonly type: string
  readonly value: string
}

export type StoredAttributes = Readonly<Record<string, StoredAttribute>>

export interface TopicRecord {
  readonly name: string
  readonly arn: string
  /** Those that were set. */
  readonly attributes: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** How many of its subscriptions were deleted. */
  readonly deletedSubscriptions: number
}

export const PROTOCOLS = ['lambda', 'sqs', 'http', 'https', 'email', 'email-json'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export interface SubscriptionRecord {
  readonly arn: string
  readonly topicArn: string
  readonly protocol: Protocol
  readonly endpoint: string
  /** The account that subscribed. */
  readonly owner: string
  /** Who subscribed. */
  readonly principal: string
  /** ms since the epoch. */
  readonly created: number
  readonly pending: boolean
  /** When a link unsubscribed it, in ms since the epoch: it can be restored for two days. */
  readonly unsubscribed?: number
  /** Confirms the subscription. */
  readonly token: string
  readonly confirmationWasAuthenticated: boolean
  /** Only signed requests of the owner may unsubscribe. */
  readonly authenticateOnUnsubscribe: boolean
  /** Those that were set: `FilterPolicy`, `RawMessageDelivery`, … */
  readonly attributes: Readonly<Record<string, string>>
}

/** A message that was published. */
export interface Notification {
  readonly messageId: string
  readonly topicArn: string
  readonly subject: string | undefined
  /** By protocol, and `default`. */
  readonly messages: Readonly<Record<string, string>>
  readonly attributes: StoredAttributes
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string
  readonly signatureVersion: string
}

/** A notification that is to be brought to a subscription. */
export interface OutboxRecord {
  readonly subscriptionArn: string
  readonly notification: Notification
}

/** An HTTP request that is to be made until it succeeds, or the retries are used up. */
export interface HttpDelivery {
  readonly id: string
  readonly topicArn: string
  readonly subscriptionArn: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Notifications count in metrics and go to dead-letter queues, confirmations do not. */
  readonly isNotification: boolean
  /** Seconds of the clock before each retry. */
  readonly delays: readonly number[]
  /** Retries that were made. */
  readonly retries: number
  /** When the next attempt is to be made, in ms since the epoch. */
  readonly due: number
}
