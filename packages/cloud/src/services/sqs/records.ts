import type { Scope } from '../../kernel/scope.ts'

/** A queue as it is kept. */
export interface QueueRecord {
  /** Of this incarnation of the name: messages of a deleted queue never come back. */
  readonly id: string
  readonly name: string
  readonly arn: string
  /** ms since the epoch. */
  readonly created: number
  readonly modified: number
  readonly purged?: number
  /** Those that were set, as SQS prints them; the others have their defaults. */
  readonly attributes: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** A queue and where it is. */
export interface QueueAt {
  readonly scope: Scope
  readonly queue: QueueRecord
}

export interface StoredAttribute {
  readonly DataType: string
  readonly StringValue?: string
  /** In base64. */
  readonly BinaryValue?: string
}

export type StoredAttributes = Readonly<Record<string, StoredAttribute>>

/** A message as it is kept. */
export interface MessageRecord {
  readonly id: string
  readonly body: string
  readonly attributes: StoredAttributes
  /** `AWSTraceHeader`. */
  readonly traceHeader?: string
  readonly senderId: string
  /** ms since the epoch, as the following. */
  readonly sent: number
  readonly visibleAt: number
  /** How often it was received. */
  readonly receives: number
  /** Those of them that were in other queues: the queue where a message is counts its own towards its dead-letter queue. */
  readonly formerReceives?: number
  readonly firstReceived?: number
  /** Of a dead letter: the ARN of the queue that it came from. */
  readonly sourceArn?: string
}
