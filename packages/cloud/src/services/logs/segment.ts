/** One event as it is kept. */
export interface StoredEvent {
  /** ms since the epoch. */
  readonly timestamp: number
  readonly ingestionTime: number
  readonly message: string
  /**
   * Where it stands among all events of all streams: grows with time of ingestion, and orders those that have the same
   * timestamp.
   */
  readonly position: number
  readonly streamId: string
}

/** Lines of one segment are counted below this. */
export const MAX_LINES = 1_000_000

/** A file of events of one stream, in order of ingestion: one JSON array a line. */
export interface Segment {
  readonly streamId: string
  /** Unique among all segments; later segments have higher ones. */
  readonly number: number
  bytes: number
  lines: number
  /** Timestamps of its events. `min > max` while it has none. */
  min: number
  max: number
}

export const newSegment = (streamId: string, number: number): Segment => ({
  streamId,
  number,
  bytes: 0,
  lines: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
})

/** A line for {@link readLines}, newline included. */
export const writeLine = (timestamp: number, ingestionTime: number, message: string): string =>
  `[${timestamp},${ingestionTime},${JSON.stringify(message)}]\n`

/** The events of a segment's text. What follows the last newline was torn by a kill, and is left out. */
export const readLines = (text: string, { streamId, number }: Segment): StoredEvent[] => {
  const events: StoredEvent[] = []
  const lines = text.split('\n')
  lines.pop()
  for (const [index, line] of lines.entries()) {
    const [timestamp, ingestionTime, message] = JSON.parse(line) as [number, number, string]
    events.push({ timestamp, ingestionTime, message, position: number * MAX_LINES + index, streamId })
  }
  return events
}

/**
 * A sealed segment's file is named after what it holds, so that a start need not read it. One that was open when the
 * process was killed has no times in its name.
 */
export const fileName = (segment: Segment, sealed: boolean): string => {
  const id = `${segment.streamId}-${segment.number}`
  return sealed ? `${id}-${segment.min}-${segment.max}-${segment.lines}.ndjson` : `${id}.ndjson`
}

const FILE_NAME = /^([0-9a-f]+)-(\d+)(?:-(\d+)-(\d+)-(\d+))?\.ndjson$/

/** The segment of a file's name; `sealed` tells whether its times are known. */
export const parseFileName = (
  name: string,
  bytes: number,
): { segment: Segment; sealed: boolean } | undefined => {
  const match = FILE_NAME.exec(name)
  if (!match) return undefined
  const [, streamId = '', number, min, max, lines] = match
  const segment = newSegment(streamId, Number(number))
  segment.bytes = bytes
  if (min === undefined) return { segment, sealed: false }
  segment.min = Number(min)
  segment.max = Number(max)
  segment.lines = Number(lines)
  return { segment, sealed: true }
}

/** Takes an event's time into a segment's. */
export const widen = (segment: Segment, timestamp: number): void => {
  if (timestamp < segment.min) segment.min = timestamp
  if (timestamp > segment.max) segment.max = timestamp
}
