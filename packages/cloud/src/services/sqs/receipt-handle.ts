import { receiptHandleIsInvalid } from './errors.ts'
import type { QueueRecord } from './records.ts'

/** A handle names the queue, the message and which of its receives gave it. */
export const receiptHandle = (queue: QueueRecord, messageId: string, receives: number): string =>
  Buffer.from(`${queue.id}/${messageId}/${receives}`).toString('base64')

/**
 * The id of the message that a receipt handle is of.
 *
 * @throws ServiceError `ReceiptHandleIsInvalid` where it is not one of this queue
 */
export const messageIdOf = (queue: QueueRecord, handle: string): string => {
  const [queueId, messageId, receives] = Buffer.from(handle, 'base64').toString('latin1').split('/')
  if (queueId !== queue.id || !messageId || !receives) throw receiptHandleIsInvalid(handle)
  return messageId
}
