/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */

/** Bytes of a message with its attributes, and of a batch. */
export const MAX_MESSAGE_BYTES = 1_048_576
export const MIN_MESSAGE_BYTES = 1_024
export const MAX_BATCH_ENTRIES = 10
/** Messages of one receive. */
export const MAX_RECEIVE = 10
export const MAX_WAIT_SECONDS = 20
export const MAX_VISIBILITY_SECONDS = 43_200
export const MAX_DELAY_SECONDS = 900
export const MIN_RETENTION_SECONDS = 60
export const MAX_RETENTION_SECONDS = 1_209_600
export const MAX_MESSAGE_ATTRIBUTES = 10
export const MAX_RECEIVE_COUNT = 1_000
/** Queues of one page, and in all where a page is not asked for. */
export const MAX_LISTED_QUEUES = 1_000
export const MAX_TAGS = 50
/** Between two purges of a queue. */
export const PURGE_INTERVAL = 60_000
/** Ours: bytes of all messages of all queues. The disk and the memory of a laptop are not SQS's. */
export const MAX_STORED_BYTES = 512 * 1024 * 1024
