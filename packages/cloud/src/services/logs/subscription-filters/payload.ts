import { gzipSync } from 'node:zlib'

/** One event as a subscriber gets it. */
export interface SubscribedEvent {
  readonly id: string
  /** ms since the epoch. */
  readonly timestamp: number
  readonly message: string
  /** The fields of a space-delimited pattern, by name. */
  readonly extractedFields?: Readonly<Record<string, string>>
}

/** Where events come from, and by which filter. */
export interface SubscriptionSource {
  /** The account. */
  readonly owner: string
  readonly logGroup: string
  readonly logStream: string
  readonly filterName: string
}

/**
 * What a function is invoked with: the events as JSON, gzipped, in base64.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 * @returns the event, and the bytes of what is gzipped in it
 */
export const subscriptionPayload = (
  { owner, logGroup, logStream, filterName }: SubscriptionSource,
  logEvents: readonly SubscribedEvent[],
): { readonly payload: Uint8Array; readonly compressedBytes: number } => {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup,
    logStream,
    subscriptionFilters: [filterName],
    logEvents,
  }
  const data = gzipSync(JSON.stringify(message))
  return {
    payload: Buffer.from(JSON.stringify({ awslogs: { data: data.toString('base64') } })),
    compressedBytes: data.length,
  }
}
