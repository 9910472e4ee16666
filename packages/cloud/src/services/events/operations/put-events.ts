import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge'
import { notImplemented, ServiceError } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { uuid } from '../../../kernel/ids.ts'
import { RequestCheck } from '../../../kernel/request-check.ts'
import { validation } from '../errors.ts'
import { envelopeOf, eventTime, readDetail } from '../event.ts'
import { MAX_ENTRIES, MAX_ENTRIES_SIZE } from '../limits.ts'
import { busArn, busAt } from '../names.ts'
import type { EventsOperations, EventsParts } from '../service.ts'

/** Bytes that a time counts for. */
const TIME_SIZE = 14

/** Events print their time with four digits of the year. */
const LATEST_TIME = Date.UTC(10_000, 0, 1)

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const sizeOf = ({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry) =>
  (Time ? TIME_SIZE : 0) +
  [Source, DetailType, Detail, ...Resources].reduce((size, text) => size + Buffer.byteLength(text), 0)

const invalidArgument = (name: string): PutEventsResultEntry => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
})

const accessDenied = (identityArn: string, resource: string): ServiceError =>
  new ServiceError(
    'AccessDeniedException',
    `User: ${identityArn} is not authorized to perform: events:PutEvents on resource: ${resource} because no ` +
      'resource-based policy allows the events:PutEvents action',
  )

/** What came of an entry, and what puts it on its bus. */
interface CheckedEntry {
  readonly result: PutEventsResultEntry
  readonly put?: () => void
}

/** Checks one event; what is wrong with it is its own result. @throws ServiceError that refuses the whole request */
const checkEntry = (
  { buses, router, clock }: EventsParts,
  entry: PutEventsRequestEntry,
  { scope, identity }: RequestContext,
): CheckedEntry => {
  const { Source, DetailType, Detail, Resources = [], Time, EventBusName, TraceHeader } = entry
  if (!Source) return { result: invalidArgument('Source') }
  if (!DetailType) return { result: invalidArgument('DetailType') }
  if (!Detail) return { result: invalidArgument('Detail') }
  if (Source.startsWith('aws.')) {
    return {
      result: { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' },
    }
  }
  if (Time && !(Time.getTime() >= 0 && Time.getTime() < LATEST_TIME)) {
    return { result: { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' } }
  }
  const detail = readDetail(Detail)
  if (!detail) return { result: { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' } }
  const id = uuid()
  const at = busAt(scope, EventBusName)
  // AWS takes events for buses that are not there, and drops them.
  if (!buses.find(at)) return { result: { EventId: id } }
  if (!buses.mayPut(at, identity)) throw accessDenied(identity.arn, busArn(at))
  const event = envelopeOf(
    { account: identity.account, region: at.scope.region },
    {
      id,
      detailType: DetailType,
      source: Source,
      time: eventTime(Time?.getTime() ?? clock.now()),
      resources: Resources,
      detail,
    },
  )
  return { result: { EventId: id }, put: () => router.route(at, event, { traceHeader: TraceHeader }) }
}

/** PutEvents. */
export const putEventsOperation = (parts: EventsParts): Pick<Required<EventsOperations>, 'PutEvents'> => ({
  PutEvents: ({ Entries = [], EndpointId }, context) => {
    if (EndpointId !== undefined) throw notImplemented('EndpointId of PutEvents')
    const check = new RequestCheck()
    check.list('entries', Entries, 1, MAX_ENTRIES)
    Entries.forEach(({ TraceHeader }, index) => {
      check.text(`entries.${index + 1}.member.traceHeader`, TraceHeader, { min: 1, max: 500 })
    })
    check.report()
    if (Entries.reduce((size, entry) => size + sizeOf(entry), 0) > MAX_ENTRIES_SIZE) {
      throw validation('Total size of the entries in the request is over the limit.')
    }
    // All are checked first: a request that is refused puts none of its events.
    const checked = Entries.map(entry => checkEntry(parts, entry, context))
    for (const { put } of checked) put?.()
    const results = checked.map(({ result }) => result)
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
    }
  },
})
