import type * as Sdk from '@aws-sdk/client-sqs'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { runBatch } from '../batch.ts'
import { batchTooLong, invalidParameter } from '../errors.ts'
import { messageBytes } from '../exchange.ts'
import { MAX_MESSAGE_BYTES, MAX_RECEIVE, MAX_VISIBILITY_SECONDS, MAX_WAIT_SECONDS } from '../limits.ts'
import { attributeValues, md5, md5OfAttributes, selectAttributes } from '../message-attributes.ts'
import { type MessageInput, outgoingMessage } from '../outgoing.ts'
import type { SqsParts } from '../parts.ts'
import { numberOf } from '../queue-attributes.ts'
import { receiptHandle } from '../receipt-handle.ts'
import type { MessageRecord, QueueAt, QueueRecord } from '../records.ts'

const SYSTEM_ATTRIBUTES: Readonly<Record<string, (message: MessageRecord) => string | undefined>> = {
  SenderId: ({ senderId }) => senderId,
  SentTimestamp: ({ sent }) => String(sent),
  ApproximateReceiveCount: ({ receives }) => String(receives),
  ApproximateFirstReceiveTimestamp: ({ firstReceived }) => String(firstReceived),
  AWSTraceHeader: ({ traceHeader }) => traceHeader,
  DeadLetterQueueSourceArn: ({ sourceArn }) => sourceArn,
}

const systemAttributes = (message: MessageRecord, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(SYSTEM_ATTRIBUTES).flatMap(([name, read]) => {
      const value = names.includes('All') || names.includes(name) ? read(message) : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )

type ReceiveInput = Sdk.ReceiveMessageCommandInput

const received = (queue: QueueRecord, message: MessageRecord, input: Partial<ReceiveInput>): Sdk.Message => {
  const attributes = selectAttributes(message.attributes, input.MessageAttributeNames)
  const digest = md5OfAttributes(attributes)
  const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
  const system = systemAttributes(message, asked)
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle(queue, message.id, message.receives),
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(digest !== undefined && {
      MD5OfMessageAttributes: digest,
      MessageAttributes: attributeValues(attributes),
    }),
  }
}

const sent = (message: MessageRecord) => {
  const { traceHeader } = message
  const attributes = md5OfAttributes(message.attributes)
  const system =
    traceHeader && md5OfAttributes({ AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } })
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    ...(attributes !== undefined && { MD5OfMessageAttributes: attributes }),
    ...(system && { MD5OfMessageSystemAttributes: system }),
  }
}

const checkVisibility = (seconds: number): number => {
  if (!(seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS)) {
    throw invalidParameter(
      seconds,
      'VisibilityTimeout',
      'VisibilityTimeout must be an integer between 0 and 43200.',
    )
  }
  return seconds
}

const checkRange = (name: string, value: number, min: number, max: number, reason: string): number => {
  if (!(value >= min && value <= max)) throw invalidParameter(value, name, reason)
  return value
}

/** Sending, receiving, deleting, hiding: one by one and in batches. */
export const messageOperations = ({ exchange, access }: SqsParts) => {
  const send = (at: QueueAt, input: MessageInput, { identity }: RequestContext) =>
    sent(exchange.send(at, outgoingMessage(input, identity.userId)))

  return {
    SendMessage: (input, context) =>
      send(access.open(input.QueueUrl, 'sqs:SendMessage', context), input, context),

    SendMessageBatch: ({ QueueUrl, Entries = [] }, context) => {
      const at = access.open(QueueUrl, 'sqs:SendMessage', context)
      const bytes = Entries.reduce((sum, { MessageBody = '' }) => {
        return sum + messageBytes({ body: MessageBody, attributes: {} })
      }, 0)
      if (bytes > MAX_MESSAGE_BYTES) throw batchTooLong(MAX_MESSAGE_BYTES, bytes)
      return runBatch(Entries, 'SendMessageBatchRequestEntry', entry => send(at, entry, context))
    },

    ReceiveMessage: async (input, context) => {
      const at = access.open(input.QueueUrl, 'sqs:ReceiveMessage', context)
      if (input.ReceiveRequestAttemptId !== undefined) {
        throw invalidParameter(
          input.ReceiveRequestAttemptId,
          'ReceiveRequestAttemptId',
          'The request includes a parameter that is not valid for this queue type.',
        )
      }
      const { MaxNumberOfMessages: max = 1, VisibilityTimeout, WaitTimeSeconds } = input
      checkRange('MaxNumberOfMessages', max, 1, MAX_RECEIVE, 'Must be between 1 and 10, if provided.')
      if (VisibilityTimeout !== undefined) checkVisibility(VisibilityTimeout)
      const waitSeconds = WaitTimeSeconds ?? numberOf(at.queue, 'ReceiveMessageWaitTimeSeconds')
      checkRange('WaitTimeSeconds', waitSeconds, 0, MAX_WAIT_SECONDS, 'Must be >= 0 and <= 20, if provided.')
      const messages = await exchange.receive(at, {
        max,
        visibilityTimeout: VisibilityTimeout,
        waitSeconds,
      })
      if (messages.length === 0) return {}
      return { Messages: messages.map(message => received(at.queue, message, input)) }
    },

    DeleteMessage: ({ QueueUrl, ReceiptHandle = '' }, context) => {
      exchange.delete(access.open(QueueUrl, 'sqs:DeleteMessage', context), ReceiptHandle)
      return {}
    },

    DeleteMessageBatch: ({ QueueUrl, Entries = [] }, context) => {
      const at = access.open(QueueUrl, 'sqs:DeleteMessage', context)
      return runBatch(Entries, 'DeleteMessageBatchRequestEntry', ({ ReceiptHandle = '' }) => {
        exchange.delete(at, ReceiptHandle)
        return {}
      })
    },

    ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 }, context) => {
      const at = access.open(QueueUrl, 'sqs:ChangeMessageVisibility', context)
      exchange.changeVisibility(at, ReceiptHandle, checkVisibility(VisibilityTimeout))
      return {}
    },

    ChangeMessageVisibilityBatch: ({ QueueUrl, Entries = [] }, context) => {
      const at = access.open(QueueUrl, 'sqs:ChangeMessageVisibility', context)
      return runBatch(
        Entries,
        'ChangeMessageVisibilityBatchRequestEntry',
        ({ ReceiptHandle = '', VisibilityTimeout = 0 }) => {
          exchange.changeVisibility(at, ReceiptHandle, checkVisibility(VisibilityTimeout))
          return {}
        },
      )
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
