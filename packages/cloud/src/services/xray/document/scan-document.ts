import {
  type Bytes,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  findQuote,
  isTrue,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipBlanks,
  skipColon,
  skipValue,
  tableOf,
  UNSURE,
} from './json-bytes.ts'
import { memberTable } from './member-table.ts'
import { MAX_DOCUMENT_BYTES, MAX_NAME } from './read-document.ts'
import { skipId, skipTime, skipTraceId } from './skip-member.ts'

/** What of the characters that names may have is one byte, but for the escaped ones. */
const NAME_BYTES = tableOf('_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .:/%&#=+-@')

const ID = 1
const NAME = 2
const START = 4
const END = 8
const RUNNING = 16
const SUBSEGMENTS = 32
const TRACE = 64
const PARENT = 128
const TYPE = 256
/** Besides bits of what is there: `in_progress` is true, `type` is `subsegment`. */
const IS_RUNNING = 512
const IS_SUBSEGMENT = 1_024

const BITS = {
  id: ID,
  name: NAME,
  start_time: START,
  end_time: END,
  in_progress: RUNNING,
  subsegments: SUBSEGMENTS,
  // Checked at the top alone.
  trace_id: TRACE,
  parent_id: PARENT,
  type: TYPE,
} as const
const OF_DOCUMENT = TRACE | PARENT | TYPE

const memberAt = memberTable(Object.keys(BITS))
const BIT_OF: readonly number[] = Object.values(BITS)

const SUBSEGMENT = new TextEncoder().encode('subsegment')

const isText = (bytes: Bytes, at: number, text: Uint8Array): boolean => {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false
  return true
}

const skipName = (bytes: Bytes, at: number): number => {
  if (bytes[at] !== QUOTE) return UNSURE
  let end = at + 1
  while (NAME_BYTES[bytes[end] as number] === 1) end++
  const length = end - at - 1
  return bytes[end] === QUOTE && length > 0 && length <= MAX_NAME ? end + 1 : UNSURE
}

const skipSubsegments = (bytes: Bytes, at: number, depth: number): number => {
  if (bytes[at] !== OPEN_LIST) return UNSURE
  let position = skipBlanks(bytes, at + 1)
  if (bytes[position] === CLOSE_LIST) return position + 1
  for (;;) {
    position = skipEntity(bytes, position, depth + 1)
    if (position === UNSURE) return UNSURE
    position = skipBlanks(bytes, position)
    if (bytes[position] === CLOSE_LIST) return position + 1
    if (bytes[position] !== COMMA) return UNSURE
    position = skipBlanks(bytes, position + 1)
  }
}

const skipMember = (bytes: Bytes, at: number, depth: number, bit: number): number => {
  switch (bit) {
    case ID:
    case PARENT:
      return skipId(bytes, at)
    case NAME:
      return skipName(bytes, at)
    case TRACE:
      return skipTraceId(bytes, at)
    case START:
    case END:
      return skipTime(bytes, at)
    case SUBSEGMENTS:
      return skipSubsegments(bytes, at, depth)
    default:
      return skipValue(bytes, at, depth)
  }
}

/** Of a member whose value says more than that it is there. */
const saidBy = (bytes: Bytes, at: number, end: number, bit: number): number => {
  if (bit === RUNNING) return isTrue(bytes, at) ? IS_RUNNING : 0
  if (bit !== TYPE) return 0
  const isSubsegment = end - at === SUBSEGMENT.length + 2 && isText(bytes, at + 1, SUBSEGMENT)
  return isSubsegment ? IS_SUBSEGMENT : 0
}

const isComplete = (seen: number, isDocument: boolean): boolean =>
  (seen & (ID | NAME | START)) === (ID | NAME | START) &&
  (seen & (END | IS_RUNNING)) !== 0 &&
  (!isDocument || ((seen & TRACE) !== 0 && (seen & (PARENT | IS_SUBSEGMENT)) !== IS_SUBSEGMENT))

/** Where the trace id of the document that was scanned last begins. */
let traceIdAt = 0

/** @param depth 0 for the document itself */
const skipEntity = (bytes: Bytes, at: number, depth: number): number => {
  if (bytes[at] !== OPEN_OBJECT || depth > MAX_SUBSEGMENT_DEPTH) return UNSURE
  const checked = depth === 0 ? -1 : ~OF_DOCUMENT
  let seen = 0
  for (let position = skipBlanks(bytes, at + 1); ; ) {
    if (bytes[position] !== QUOTE) return UNSURE
    const quote = findQuote(bytes, position + 1)
    if (quote === UNSURE) return UNSURE
    const member = memberAt(bytes, position + 1, quote)
    const bit = member < 0 ? 0 : (BIT_OF[member] as number) & checked
    const value = skipColon(bytes, quote + 1)
    // Of a member that is there twice the last one counts.
    if (value === UNSURE || (seen & bit) !== 0) return UNSURE
    const end = bit === 0 ? skipValue(bytes, value, depth) : skipMember(bytes, value, depth, bit)
    if (end === UNSURE) return UNSURE
    seen |= bit | saidBy(bytes, value, end, bit)
    if (bit === TRACE) traceIdAt = value + 1
    position = skipBlanks(bytes, end)
    if (bytes[position] === CLOSE_OBJECT) return isComplete(seen, depth === 0) ? position + 1 : UNSURE
    if (bytes[position] !== COMMA) return UNSURE
    position = skipBlanks(bytes, position + 1)
  }
}

/** Deeper subsegments are left to `readDocument`. */
const MAX_SUBSEGMENT_DEPTH = 50

/**
 * Tells valid documents at a third of what `readDocument` costs, which decides over those that it is not sure of: JSON on
 * several lines, names that are not plain ASCII, members that are there twice, and whatever is invalid.
 *
 * @param from where the document begins in the bytes
 * @param to where it ends; a line break must stand there
 * @returns where its trace id begins in the bytes, {@link UNSURE} where it may be invalid
 */
export const scanDocument = (bytes: Bytes, from: number, to: number): number => {
  if (to - from > MAX_DOCUMENT_BYTES) return UNSURE
  const end = skipEntity(bytes, skipBlanks(bytes, from), 0)
  return end !== UNSURE && skipBlanks(bytes, end) === to ? traceIdAt : UNSURE
}
