/** Exceptions as X-Ray documents have them. */
import type { RecordedException } from './entity.ts'

/** Frames beyond this are counted in `truncated`. */
const MAX_FRAMES = 20

/** Longest message, in characters. */
const MAX_MESSAGE_LENGTH = 1024

/** Longest path or label of a frame, in characters. */
const MAX_FRAME_LENGTH = 250

export interface StackFrame {
  readonly path: string
  readonly line: number
  readonly label: string
}

const WITH_LABEL = /^\s*at (.+) \((.+?):(\d+)(?::\d+)?\)$/
const WITHOUT_LABEL = /^\s*at (?:async )?(.+?):(\d+)(?::\d+)?$/

const frame = (line: string): StackFrame | undefined => {
  const labelled = WITH_LABEL.exec(line)
  if (labelled) return { path: labelled[2] ?? '', line: Number(labelled[3]), label: labelled[1] ?? '' }
  const bare = WITHOUT_LABEL.exec(line)
  return bare ? { path: bare[1] ?? '', line: Number(bare[2]), label: 'anonymous' } : undefined
}

const short = (text: string, length: number): string =>
  text.length > length ? text.slice(0, length).toWellFormed() : text

/** V8's stack text as frames, with the number of those left out. Lines that name no place are skipped. */
export const parseStack = (stack: string): { frames: StackFrame[]; truncated: number } => {
  const all = stack
    .split('\n')
    .map(frame)
    .filter(found => found !== undefined)
  return {
    frames: all.slice(0, MAX_FRAMES).map(({ path, line, label }) => ({
      path: short(path.replace(/^file:\/\//, ''), MAX_FRAME_LENGTH),
      line,
      label: short(label.replace(/^async /, ''), MAX_FRAME_LENGTH),
    })),
    truncated: Math.max(0, all.length - MAX_FRAMES),
  }
}

/** Reads what user code may have made a throwing getter or a strange type. */
const text = (read: () => unknown): string | undefined => {
  try {
    const value = read()
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

const printed = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return 'a value that has no text'
  }
}

/** One exception as its document has it. */
export const exceptionDocument = ({
  id,
  error,
  remote,
  cause,
}: RecordedException): Record<string, unknown> => {
  const isError = typeof error === 'object' && error !== null
  const fields = isError ? (error as { name?: unknown; message?: unknown; stack?: unknown }) : undefined
  const message = fields ? text(() => fields.message) : undefined
  const stack = fields ? text(() => fields.stack) : undefined
  const { frames, truncated } = stack ? parseStack(stack) : { frames: [], truncated: 0 }
  return {
    id,
    message: short(message ?? printed(error), MAX_MESSAGE_LENGTH),
    type: short((fields && text(() => fields.name)) || typeof error, MAX_FRAME_LENGTH),
    ...(remote && { remote: true }),
    ...(truncated > 0 && { truncated }),
    ...(cause !== undefined && { cause }),
    ...(frames.length > 0 && { stack: frames }),
  }
}
