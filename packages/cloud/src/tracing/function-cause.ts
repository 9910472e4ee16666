import { newSegmentId } from '../kernel/trace-header.ts'

/** X-Ray's documents hold 64 KB: what a function says of its error is cut to a part of that. */
const MAXIMUM_DOCUMENT = 1024 * 1024
const MAXIMUM_MESSAGE = 4096
const MAXIMUM_TEXT = 250
const MAXIMUM_FRAMES = 50

/** `at label (path:line:column)`, or without a label. */
const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.*?):(\d+)(?::\d+)?\)?$/

interface Frame {
  readonly path: string
  readonly line: number
  readonly label: string
}

/** One line of a Node.js stack, or `undefined` where it is none. */
export const parseFrame = (line: string): Frame | undefined => {
  const match = FRAME.exec(line.slice(0, 2 * MAXIMUM_TEXT))
  if (!match) return undefined
  const [, label = 'anonymous', path = '', number] = match
  return { path: path.slice(-MAXIMUM_TEXT), line: Number(number), label: label.slice(0, MAXIMUM_TEXT) }
}

const parse = (document: Uint8Array): Record<string, unknown> => {
  if (document.length > MAXIMUM_DOCUMENT) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(document).toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/**
 * A segment's `cause` for a failed invocation.
 *
 * @param errorType such as `TypeError` or `Sandbox.Timedout`
 * @param document the error document as the caller gets it: JSON with errorMessage and, of Node.js, trace
 * @returns the exception's id too, for the segments that it passed through
 */
export const functionCause = (
  errorType: string,
  document: Uint8Array,
): { readonly id: string; readonly cause: object } => {
  const { errorMessage, trace } = parse(document)
  const lines = Array.isArray(trace) ? trace.filter(line => typeof line === 'string') : []
  const calls = lines.filter(line => line.trimStart().startsWith('at '))
  const frames = calls
    .slice(0, MAXIMUM_FRAMES)
    .map(parseFrame)
    .filter(frame => frame !== undefined)
  const truncated = calls.length - MAXIMUM_FRAMES
  const id = newSegmentId()
  const exception = {
    id,
    type: errorType.slice(0, MAXIMUM_TEXT),
    message: typeof errorMessage === 'string' ? errorMessage.slice(0, MAXIMUM_MESSAGE) : '',
    ...(frames.length > 0 && { stack: frames }),
    ...(truncated > 0 && { truncated }),
  }
  return { id, cause: { exceptions: [exception] } }
}
