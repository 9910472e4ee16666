import { newSegmentId } from '../kernel/trace-header.ts'
import type { InvocationRecord } from '../services/lambda/index.ts'
import { functionCause } from './function-cause.ts'
import { type ToEpoch, toSeconds } from './real-time.ts'
import { statusFlags } from './status-flags.ts'

type Document = Readonly<Record<string, unknown>>

/** A function that fails is seen both as an error and as a fault, also where its caller got status 200. */
const FAILED = { error: true, fault: true } as const

const ACCEPTED = 202

/**
 * What Lambda writes about an invocation: the service's segment (`AWS::Lambda`), and the function's
 * (`AWS::Lambda::Function`) with Initialization, Invocation and Overhead where it was reached. Initialization lies before
 * its segment's start. Of an asynchronous invocation the service's segment lasts until the last attempt; dwell time and
 * attempts are sent as subsegments of their own, as they become known.
 */
export const functionSegments = (record: InvocationRecord, toEpoch: ToEpoch): readonly Document[] => {
  const { execution, asyncAttempt } = record
  if (!execution) return asyncAttempt ? [] : [serviceSegment(record, toEpoch)]
  const own = functionSegment(record, execution, toEpoch)
  return asyncAttempt
    ? [...asyncSegments(record, asyncAttempt, toEpoch), own]
    : [serviceSegment(record, toEpoch), own]
}

/** The members of both kinds of service segment. */
const serviceMembers = ({ functionName, trace, requestId, invokedFunctionArn }: InvocationRecord) => ({
  id: trace.segmentId,
  name: functionName,
  trace_id: trace.traceId,
  ...(trace.parentId !== undefined && { parent_id: trace.parentId }),
  aws: { request_id: requestId },
  origin: 'AWS::Lambda',
  resource_arn: invokedFunctionArn,
})

const outcomeFlags = ({ execution, status }: InvocationRecord) =>
  execution?.failure ? FAILED : statusFlags(status)

const serviceSegment = (record: InvocationRecord, toEpoch: ToEpoch): Document => ({
  ...serviceMembers(record),
  start_time: toEpoch(record.receivedAt),
  end_time: toEpoch(record.answeredAt),
  http: { response: { status: record.status } },
  ...outcomeFlags(record),
})

const asyncSegments = (
  record: InvocationRecord,
  { acceptedAt, number, isLast }: NonNullable<InvocationRecord['asyncAttempt']>,
  toEpoch: ToEpoch,
): Document[] => {
  const { trace } = record
  const accepted = toSeconds(acceptedAt)
  const received = toEpoch(record.receivedAt)
  const answered = toEpoch(record.answeredAt)
  const isOver = isLast || !record.execution?.failure
  const subsegment = (name: string, start: number, end: number): Document => ({
    type: 'subsegment',
    id: newSegmentId(),
    name,
    trace_id: trace.traceId,
    parent_id: trace.segmentId,
    start_time: start,
    end_time: end,
  })
  return [
    {
      ...serviceMembers(record),
      start_time: accepted,
      ...(isOver ? { end_time: answered } : { in_progress: true }),
      http: { response: { status: ACCEPTED } },
      ...(isOver && outcomeFlags(record)),
    },
    ...(number === 1 ? [subsegment('Dwell Time', accepted, Math.max(accepted, received))] : []),
    {
      ...subsegment(`Attempt #${number}`, received, answered),
      http: { response: { status: record.status } },
      ...outcomeFlags(record),
    },
  ]
}

const functionSegment = (
  { functionName, functionArn, trace, scope }: InvocationRecord,
  { startedAt, answeredAt, endedAt, init, failure }: NonNullable<InvocationRecord['execution']>,
  toEpoch: ToEpoch,
): Document => {
  const failed = failure && functionCause(failure.errorType, failure.document)
  const phase = (name: string, start: number, end: number) => ({
    id: newSegmentId(),
    name,
    start_time: toEpoch(start),
    end_time: toEpoch(end),
    aws: { function_arn: functionArn },
  })
  return {
    id: trace.functionSegmentId,
    name: functionName,
    trace_id: trace.traceId,
    parent_id: trace.segmentId,
    start_time: toEpoch(startedAt),
    end_time: toEpoch(endedAt),
    aws: { account_id: scope.account, function_arn: functionArn, resource_names: [functionName] },
    origin: 'AWS::Lambda::Function',
    ...(failed && { ...FAILED, cause: failed.id }),
    subsegments: [
      ...(init ? [phase('Initialization', init.startedAt, init.startedAt + init.duration)] : []),
      { ...phase('Invocation', startedAt, answeredAt), ...(failed && { ...FAILED, cause: failed.cause }) },
      phase('Overhead', answeredAt, endedAt),
    ],
  }
}
