/** What `UnprocessedTraceSegments` names. AWS publishes no list of these codes. */
export type DocumentErrorCode =
  | 'ParseError'
  | 'MissingId'
  | 'InvalidId'
  | 'MissingName'
  | 'InvalidName'
  | 'MissingTraceId'
  | 'InvalidTraceId'
  | 'MissingStartTime'
  | 'InvalidTime'
  | 'MissingEndTime'
  | 'MissingParentId'
  | 'SegmentTooLarge'

/** A segment, or a subsegment sent alone. Members beyond these are kept as they are. */
export interface SegmentDocument extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly trace_id: string
  readonly name: string
  /** Seconds since the epoch. */
  readonly start_time: number
  readonly end_time?: number
  readonly in_progress?: boolean
  readonly parent_id?: string
  readonly type?: string
}

export type ReadDocument =
  | { readonly document: SegmentDocument }
  | { readonly error: DocumentErrorCode; readonly id: string | undefined }

/** https://docs.aws.amazon.com/general/latest/gr/xray.html: 64 KB a document, traces of the last 30 days. */
const MAX_DOCUMENT_BYTES = 64 * 1024
const MAX_TRACE_AGE = 30 * 86_400_000
const MAX_NAME = 200

const ID = /^[0-9a-f]{16}$/i
const TRACE_ID = /^1-([0-9a-f]{8})-[0-9a-f]{24}$/i
const NAME = /^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]+$/u

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const checkTraceId = (traceId: unknown, now: number): DocumentErrorCode | undefined => {
  if (isMissing(traceId)) return 'MissingTraceId'
  const match = typeof traceId === 'string' ? TRACE_ID.exec(traceId) : null
  if (!match) return 'InvalidTraceId'
  return Number.parseInt(match[1] ?? '', 16) * 1_000 < now - MAX_TRACE_AGE ? 'InvalidTraceId' : undefined
}

const checkName = (name: unknown): DocumentErrorCode | undefined => {
  if (isMissing(name)) return 'MissingName'
  return typeof name === 'string' && name.length <= MAX_NAME && NAME.test(name) ? undefined : 'InvalidName'
}

const checkTimes = ({ start_time: start, end_time: end, in_progress: running }: Record<string, unknown>) => {
  if (start === undefined || start === null) return 'MissingStartTime'
  if (!isTime(start)) return 'InvalidTime'
  if (end === undefined || end === null) return running === true ? undefined : 'MissingEndTime'
  return isTime(end) ? undefined : 'InvalidTime'
}

const checkDocument = (document: Record<string, unknown>, now: number): DocumentErrorCode | undefined => {
  const { id, parent_id: parent, type } = document
  if (isMissing(id)) return 'MissingId'
  if (typeof id !== 'string' || !ID.test(id)) return 'InvalidId'
  const error = checkTraceId(document.trace_id, now) ?? checkName(document.name) ?? checkTimes(document)
  if (error) return error
  if (isMissing(parent)) return type === 'subsegment' ? 'MissingParentId' : undefined
  return typeof parent === 'string' && ID.test(parent) ? undefined : 'InvalidId'
}

/**
 * Reads one document of PutTraceSegments.
 *
 * @param now in ms since the epoch, for the age of the trace
 */
export const readDocument = (text: string, now: number): ReadDocument => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { error: 'ParseError', id: undefined }
  }
  if (typeof value !== 'object' || value === null) return { error: 'ParseError', id: undefined }
  const document = value as Record<string, unknown>
  const id = typeof document.id === 'string' ? document.id : undefined
  const tooLarge = Buffer.byteLength(text) > MAX_DOCUMENT_BYTES
  const error = tooLarge ? 'SegmentTooLarge' : checkDocument(document, now)
  return error ? { error, id } : { document: document as SegmentDocument }
}
