import { ServiceError } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { LogEvent } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { checkBatch } from './batch.ts'
import type { LogsOperations } from './context.ts'
import { invalidParameter } from './errors.ts'
import type { GroupRecord, Groups, StreamRecord } from './groups.ts'
import { parseFilterPattern } from './patterns/filter-pattern.ts'
import { LogMessage } from './patterns/log-message.ts'
import type { SegmentFiles } from './segment-files.ts'
import { type Cursor, type Selection, select } from './selection.ts'
import { eventId, readToken, writeToken } from './tokens.ts'
import { checkLimit, groupNameOf, refuse } from './validation.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MAX_EVENTS = 10_000
const MAX_PAGE_BYTES = 1024 ** 2
const MAX_STREAM_NAMES = 100

const text = (value: string | undefined): string => value ?? ''

interface TimeRange {
  readonly startTime?: number | undefined
  readonly endTime?: number | undefined
}

type EventOperation = 'PutLogEvents' | 'GetLogEvents' | 'FilterLogEvents'

/** The operations on events. */
export const createEventOperations = (
  groups: Groups,
  files: () => SegmentFiles,
  clock: Clock,
  onWritten: (scope: Scope, group: string, stream: string, events: readonly LogEvent[]) => void,
): Pick<LogsOperations, EventOperation> => {
  /** What is expired is not there, whether its segment is swept already or not. */
  const range = (group: GroupRecord, { startTime, endTime }: TimeRange) => ({
    start: Math.max(startTime ?? 0, groups.expiry(group)),
    end: endTime ?? Number.POSITIVE_INFINITY,
  })

  const page = async (streams: readonly StreamRecord[], selection: Omit<Selection, 'maxBytes'>) => {
    await files().flush()
    const segments = streams.flatMap(stream => groups.segments(stream))
    return select(segments, { ...selection, maxBytes: MAX_PAGE_BYTES }, files().read)
  }

  return {
    PutLogEvents: async (input, { scope }) => {
      refuse('PutLogEvents', { entity: input.entity })
      const group = groups.require(scope, text(input.logGroupName))
      const stream = groups.requireStream(scope, group.name, text(input.logStreamName))
      const now = clock.now()
      const { accepted, rejected } = checkBatch(input.logEvents ?? [], now, groups.expiry(group))
      if (accepted.length > 0) {
        if (files().append(stream.id, accepted, now) > 0) {
          throw new ServiceError('ServiceUnavailableException', 'The disk does not keep up.', { status: 503 })
        }
        await files().flush()
        onWritten(scope, group.name, stream.name, accepted)
      }
      return {
        nextSequenceToken: eventId({ timestamp: now, position: 0 }),
        ...(rejected && { rejectedLogEventsInfo: rejected }),
      }
    },

    GetLogEvents: async (input, { scope }) => {
      refuse('GetLogEvents', { unmask: input.unmask })
      const group = groups.require(scope, groupNameOf(input))
      const stream = groups.requireStream(scope, group.name, text(input.logStreamName))
      const token = input.nextToken === undefined ? undefined : readToken(input.nextToken)
      const direction = token?.direction ?? (input.startFromHead ? 'forward' : 'backward')
      const { events } = await page([stream], {
        ...range(group, input),
        cursor: token?.cursor,
        direction,
        limit: checkLimit(input.limit, MAX_EVENTS, MAX_EVENTS),
        matches: () => true,
      })
      // Without an event on the page, both tokens stand where the page was looked for.
      const place: Cursor = token?.cursor ?? { timestamp: range(group, input).start, position: 0 }
      const { position } = place
      const after = direction === 'forward' ? place : { ...place, position: Math.max(0, position - 1) }
      const before = direction === 'forward' ? { ...place, position: position + 1 } : place
      return {
        events: events.map(({ timestamp, message, ingestionTime }) => ({
          timestamp,
          message,
          ingestionTime,
        })),
        nextForwardToken: writeToken('forward', events.at(-1) ?? after),
        nextBackwardToken: writeToken('backward', events[0] ?? before),
      }
    },

    FilterLogEvents: async (input, { scope }) => {
      const { logStreamNames: names, logStreamNamePrefix: prefix, unmask } = input
      // `interleaved` has had no effect since 2019: results always are.
      refuse('FilterLogEvents', { unmask })
      const group = groups.require(scope, groupNameOf(input))
      if (names && prefix !== undefined) {
        throw invalidParameter('LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters.')
      }
      if (names && names.length > MAX_STREAM_NAMES) {
        throw invalidParameter(`At most ${MAX_STREAM_NAMES} log stream names can be given.`)
      }
      const streams =
        names?.map(name => groups.requireStream(scope, group.name, name)) ??
        groups.streams(scope, group.name).filter(({ name }) => name.startsWith(prefix ?? ''))
      const pattern = parseFilterPattern(input.filterPattern ?? '')
      const byId = new Map(streams.map(stream => [stream.id, stream.name]))
      const token = input.nextToken === undefined ? undefined : readToken(input.nextToken)
      const direction = input.startFromHead === false ? 'backward' : 'forward'
      if (token && token.direction !== direction)
        throw invalidParameter('The specified nextToken is invalid.')
      const { events, more } = await page(streams, {
        ...range(group, input),
        cursor: token?.cursor,
        direction,
        limit: checkLimit(input.limit, MAX_EVENTS, MAX_EVENTS),
        matches: message => pattern.match(new LogMessage(message)) !== undefined,
      })
      const last = direction === 'forward' ? events.at(-1) : events[0]
      const ordered = direction === 'forward' ? events : events.toReversed()
      return {
        events: ordered.map(event => ({
          logStreamName: text(byId.get(event.streamId)),
          timestamp: event.timestamp,
          message: event.message,
          ingestionTime: event.ingestionTime,
          eventId: eventId(event),
        })),
        searchedLogStreams: [],
        ...(more && last && { nextToken: writeToken(direction, last) }),
      }
    },
  }
}
