import type { GetTraceSummariesRequest, SamplingStrategy } from '@aws-sdk/client-xray'
import { invalidRequest } from '../errors.ts'
import { parse } from '../filter/parse.ts'
import type { SummariesCursor } from '../store/queries.ts'
import type { TraceOperationsDependencies, XRayOperations } from './context.ts'
import { readPageToken, writePageToken } from './page-token.ts'
import { readTimeRange } from './time-range.ts'

/** Ours: AWS's page sizes are not published. */
const SUMMARIES_PAGE = 500
/** Ours: AWS takes 5 ids at once, and the official clients' users keep to that. */
const MAX_TRACE_IDS = 100
/** https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html */
const MAX_TRACE_ID = 35

const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i
const RANGE_TYPES = ['TraceId', 'Event', 'Service'] as const

/** Ids that can be of a trace; others are of none, as on AWS. */
export const readTraceIds = (ids: readonly string[] | undefined): string[] => {
  const unique = [...new Set(ids)]
  if (unique.length > MAX_TRACE_IDS)
    throw invalidRequest(`At most ${MAX_TRACE_IDS} trace ids can be sent at once.`)
  for (const id of unique) {
    if (id.length < 1 || id.length > MAX_TRACE_ID) throw invalidRequest(`Invalid trace id: ${id}`)
  }
  return unique.filter(id => TRACE_ID.test(id))
}

/** `PartialScan` lets the service leave traces out; none are here. */
const rateOf = (
  sampling: boolean | undefined,
  strategy: SamplingStrategy | undefined,
): number | undefined => {
  if (sampling === false || strategy === undefined) return undefined
  const { Name, Value } = strategy
  if (Name === 'PartialScan') return undefined
  if (Name !== 'FixedRate') throw invalidRequest(`Invalid sampling strategy: ${Name}`)
  if (Value === undefined || !(Value >= 0 && Value <= 1)) {
    throw invalidRequest('The value of the sampling strategy FixedRate must be between 0 and 1')
  }
  return Value
}

const rangeTypeOf = ({ TimeRangeType: type = 'TraceId' }: GetTraceSummariesRequest) => {
  const found = RANGE_TYPES.find(one => one === type)
  if (!found) throw invalidRequest(`Invalid TimeRangeType: ${type}`)
  return found
}

/** The first moment of a trace that lies in the range asked for. */
const later = (a: Date | undefined, b: Date | undefined): Date | undefined => (a && b && a < b ? b : a)

export const createTraceOperations = ({
  traces,
  groups,
}: TraceOperationsDependencies): Pick<XRayOperations, 'BatchGetTraces' | 'GetTraceSummaries'> => ({
  BatchGetTraces: async (input, { scope }) => {
    const ids = readTraceIds(input.TraceIds)
    if (input.NextToken !== undefined) throw invalidRequest('Invalid NextToken.')
    // A trace that is not known is absent from both lists, as on AWS.
    return { Traces: await traces().traces(scope, ids), UnprocessedTraceIds: [] }
  },

  GetTraceSummaries: async (input, { scope }) => {
    const range = readTimeRange(input)
    const by = rangeTypeOf(input)
    const rate = rateOf(input.Sampling, input.SamplingStrategy)
    const { FilterExpression: text } = input
    const filter = text === undefined ? undefined : groups.resolve(scope, parse(text))
    const after = readPageToken(input) as SummariesCursor | undefined
    const page = await traces().summaries(scope, {
      range,
      by,
      limit: SUMMARIES_PAGE,
      ...(filter && { filter }),
      ...(rate !== undefined && { rate }),
      ...(after && { after }),
    })
    const { summaries } = page
    return {
      TraceSummaries:
        by === 'Event'
          ? summaries.map(one => ({ ...one, MatchedEventTime: later(one.StartTime, input.StartTime) }))
          : [...summaries],
      ApproximateTime: page.next ? new Date(page.next.start * 1_000) : input.StartTime,
      TracesProcessedCount: page.processed,
      ...(page.next && { NextToken: writePageToken(input, page.next) }),
    }
  },
})
