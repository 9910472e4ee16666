import { type Entity, objectOf, textOf } from './entity.ts'

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
  | 'InvalidSubsegments'
  | 'SegmentTooLarge'

/** A segment, or a subsegment that was sent alone, with what places it. */
export interface SegmentDocument extends Entity {
  /** `1-` + 8 hexadecimal digits + `-` + 24 hexadecimal digits. */
  readonly trace_id: string
}

/** Why a document was not taken, as one entry of `UnprocessedTraceSegments`. */
export interface UnprocessedDocument {
  readonly id: string | undefined
  readonly code: DocumentErrorCode
  /** `Invalid segment. ErrorCode: InvalidTraceId` */
  readonly message: string
}

export type ReadDocument = { readonly document: SegmentDocument } | { readonly error: UnprocessedDocument }

/** https://docs.aws.amazon.com/general/latest/gr/xray.html */
export const MAX_DOCUMENT_BYTES = 64 * 1024
/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
export const MAX_NAME = 200
/** Ours: what nests deeper could be read, but never be written again without overflowing the stack. */
const MAX_DEPTH = 1_000

const ID = /^[0-9a-f]{16}$/i
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i
const PLAIN_NAME = /^[\w .:/%&#=+\\\-@]+$/
const NAME = /^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@\s]+$/u

const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether valid JSON nests too deep. What is short cannot. */
const isTooDeep = (text: string): boolean => {
  if (text.length <= 2 * MAX_DEPTH) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) {
      for (index++; index < text.length && text.charCodeAt(index) !== QUOTE; index++) {
        if (text.charCodeAt(index) === BACKSLASH) index++
      }
    } else if (OPENING.has(code)) {
      depth++
      if (depth > MAX_DEPTH) return true
    } else if (CLOSING.has(code)) depth--
  }
  return false
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0

const checkTraceId = (traceId: unknown): DocumentErrorCode | undefined => {
  if (isMissing(traceId)) return 'MissingTraceId'
  // The digits that once were the time are not checked, as X-Ray's API says: W3C ids, which OpenTelemetry makes, are random.
  return typeof traceId === 'string' && TRACE_ID.test(traceId) ? undefined : 'InvalidTraceId'
}

const checkName = (name: unknown): DocumentErrorCode | undefined => {
  if (isMissing(name)) return 'MissingName'
  if (typeof name !== 'string' || name.length > MAX_NAME) return 'InvalidName'
  return PLAIN_NAME.test(name) || NAME.test(name) ? undefined : 'InvalidName'
}

const checkTimes = (entity: Record<string, unknown>): DocumentErrorCode | undefined => {
  const { start_time: start, end_time: end, in_progress: running } = entity
  if (start === undefined || start === null) return 'MissingStartTime'
  if (!isTime(start)) return 'InvalidTime'
  if (end === undefined || end === null) return running === true ? undefined : 'MissingEndTime'
  return isTime(end) ? undefined : 'InvalidTime'
}

const checkId = (id: unknown): DocumentErrorCode | undefined => {
  if (isMissing(id)) return 'MissingId'
  return typeof id === 'string' && ID.test(id) ? undefined : 'InvalidId'
}

const checkPlace = (document: Record<string, unknown>): DocumentErrorCode | undefined => {
  const { trace_id: traceId, parent_id: parent, type } = document
  const error = checkTraceId(traceId)
  if (error) return error
  if (isMissing(parent)) return type === 'subsegment' ? 'MissingParentId' : undefined
  return checkId(parent)
}

/** What is wrong with an embedded subsegment, at whatever depth. */
const checkSubsegments = (document: Record<string, unknown>): DocumentErrorCode | undefined => {
  const pending: Array<Record<string, unknown>> = [document]
  for (let entity = pending.pop(); entity; entity = pending.pop()) {
    const { subsegments } = entity
    if (subsegments === undefined || subsegments === null) continue
    if (!Array.isArray(subsegments)) return 'InvalidSubsegments'
    for (const child of subsegments) {
      if (typeof child !== 'object' || child === null) return 'InvalidSubsegments'
      const error = checkId(child.id) ?? checkName(child.name) ?? checkTimes(child)
      if (error) return error
      pending.push(child)
    }
  }
  return undefined
}

const refuse = (code: DocumentErrorCode, document: unknown, kind = 'segment'): ReadDocument => ({
  error: { id: textOf(objectOf(document).id), code, message: `Invalid ${kind}. ErrorCode: ${code}` },
})

const checkValue = (value: unknown): ReadDocument => {
  const document = value as Record<string, unknown>
  const kind = document.type === 'subsegment' ? 'subsegment' : 'segment'
  const error =
    checkId(document.id) ?? checkName(document.name) ?? checkPlace(document) ?? checkTimes(document)
  if (error) return refuse(error, document, kind)
  const embedded = checkSubsegments(document)
  if (embedded) return refuse(embedded, document, 'subsegment')
  return { document: value as SegmentDocument }
}

/**
 * Reads one document of PutTraceSegments or of a datagram: its size, what must be there, and the same of every
 * subsegment in it. Members that X-Ray does not know are kept.
 */
export const readDocument = (text: string): ReadDocument => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('ParseError', undefined)
  }
  if (typeof value !== 'object' || value === null) return refuse('ParseError', undefined)
  // Three bytes are the most that one of JavaScript's characters takes.
  if (text.length * 3 > MAX_DOCUMENT_BYTES && Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    return refuse('SegmentTooLarge', value)
  }
  return isTooDeep(text) ? refuse('ParseError', value) : checkValue(value)
}
