import type { MessageAttributeValue, MessageSystemAttributeValue } from '@aws-sdk/client-sqs'
import { notImplemented } from '@sonde/wire'
import {
  invalidMessageContents,
  invalidParameter,
  invalidParameterValue,
  missingParameter,
} from './errors.ts'
import type { OutgoingMessage } from './exchange.ts'
import { MAX_DELAY_SECONDS } from './limits.ts'
import { storeAttributes } from './message-attributes.ts'

/** What SendMessage and an entry of SendMessageBatch have in common. */
export interface MessageInput {
  readonly MessageBody?: string | undefined
  readonly DelaySeconds?: number | undefined
  readonly MessageAttributes?: Record<string, MessageAttributeValue> | undefined
  readonly MessageSystemAttributes?:
    | Partial<Record<'AWSTraceHeader', MessageSystemAttributeValue>>
    | undefined
  readonly MessageDeduplicationId?: string | undefined
  readonly MessageGroupId?: string | undefined
}

/** What is no character of XML 1.0: SQS takes none of it. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

export const checkBody = (body: string): string => {
  if (body === '') throw missingParameter('MessageBody')
  if (FORBIDDEN.test(body)) throw invalidMessageContents()
  return body
}

const traceHeaderOf = (attributes: MessageInput['MessageSystemAttributes'] = {}): string | undefined => {
  const unknown = Object.keys(attributes).find(name => name !== 'AWSTraceHeader')
  if (unknown !== undefined) {
    throw invalidParameterValue(`Message system attribute name '${unknown}' is invalid.`)
  }
  return attributes.AWSTraceHeader?.StringValue
}

/**
 * A message as it was asked to be sent, checked but for its size.
 *
 * @throws ServiceError in SQS's words, or 501 naming a parameter of FIFO queues
 */
export const outgoingMessage = (input: MessageInput, senderId: string): OutgoingMessage => {
  if (input.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      input.MessageDeduplicationId,
      'MessageDeduplicationId',
      'The request includes a parameter that is not valid for this queue type.',
    )
  }
  if (input.MessageGroupId !== undefined) throw notImplemented('SendMessage with MessageGroupId')
  const { DelaySeconds } = input
  if (DelaySeconds !== undefined && !(DelaySeconds >= 0 && DelaySeconds <= MAX_DELAY_SECONDS)) {
    throw invalidParameter(DelaySeconds, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.')
  }
  return {
    body: checkBody(input.MessageBody ?? ''),
    attributes: storeAttributes(input.MessageAttributes),
    traceHeader: traceHeaderOf(input.MessageSystemAttributes),
    delaySeconds: DelaySeconds,
    senderId,
  }
}
