import { constraint, invalidParameter } from './errors.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BATCH_BYTES = 1_048_576
const EVENT_OVERHEAD = 26
const MAX_EVENTS = 10_000
const DAY = 86_400_000
const MAX_SPAN = DAY
const MAX_FUTURE = 2 * 3_600_000
const MAX_AGE = 14 * DAY

export interface BatchEvent {
  readonly timestamp: number
  readonly message: string
}

/** What AWS tells about events that it has not taken. Starts are inclusive, ends exclusive. */
export interface RejectedEvents {
  readonly tooNewLogEventStartIndex?: number
  readonly tooOldLogEventEndIndex?: number
  readonly expiredLogEventEndIndex?: number
}

/**
 * Checks a batch of PutLogEvents.
 *
 * @param expiry where the group's retention begins, in ms since the epoch
 * @returns the events to take, and what was rejected
 * @throws ServiceError `InvalidParameterException` for a batch that is refused as a whole
 */
export const checkBatch = (
  events: readonly { readonly timestamp?: number | undefined; readonly message?: string | undefined }[],
  now: number,
  expiry: number,
): { accepted: readonly BatchEvent[]; rejected: RejectedEvents | undefined } => {
  if (events.length === 0) throw constraint('[]', 'logEvents', 'have length greater than or equal to 1')
  if (events.length > MAX_EVENTS) {
    throw constraint('[...]', 'logEvents', `have length less than or equal to ${MAX_EVENTS}`)
  }
  const batch = events.map(({ timestamp = 0, message = '' }, index) => {
    if (message === '') {
      throw constraint(
        message,
        `logEvents.${index + 1}.member.message`,
        'have length greater than or equal to 1',
      )
    }
    if (!Number.isInteger(timestamp) || timestamp < 0) {
      throw constraint(
        timestamp,
        `logEvents.${index + 1}.member.timestamp`,
        'have value greater than or equal to 0',
      )
    }
    return { timestamp, message }
  })
  const bytes = batch.reduce((sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD, 0)
  if (bytes > MAX_BATCH_BYTES) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`)
  }
  for (const [index, event] of batch.entries()) {
    if (event.timestamp < (batch[index - 1]?.timestamp ?? 0)) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
    }
  }
  const [first, last] = [batch[0], batch.at(-1)]
  if (first && last && last.timestamp - first.timestamp > MAX_SPAN) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    )
  }
  const indexFrom = (time: number): number => {
    const index = batch.findIndex(event => event.timestamp >= time)
    return index < 0 ? batch.length : index
  }
  const tooOld = indexFrom(now - MAX_AGE)
  const expired = indexFrom(expiry)
  const tooNew = indexFrom(now + MAX_FUTURE + 1)
  const rejected: RejectedEvents = {
    ...(tooNew < batch.length && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  }
  return {
    accepted: batch.slice(Math.max(tooOld, expired), tooNew),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  }
}
