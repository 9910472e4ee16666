import type { Segment, StoredEvent } from './segment.ts'

/** A place in the order of events: by timestamp, then by position. */
export interface Cursor {
  readonly timestamp: number
  readonly position: number
}

export interface Selection {
  /** Inclusive. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** Only events behind it, when forward; before it, when backward. */
  readonly cursor?: Cursor | undefined
  readonly direction: 'forward' | 'backward'
  readonly limit: number
  /** Bytes of messages on one page. An event that alone has more is still given. */
  readonly maxBytes: number
  readonly matches: (message: string) => boolean
}

export interface Page {
  /** From old to new in both directions. */
  readonly events: readonly StoredEvent[]
  /** Whether more events match beyond this page. */
  readonly more: boolean
}

/** Before 0 when `a` stands before `b`. */
export const compare = (a: Cursor, b: Cursor): number => a.timestamp - b.timestamp || a.position - b.position

const takePage = (
  sorted: readonly StoredEvent[],
  { limit, maxBytes }: Selection,
): { page: StoredEvent[]; more: boolean } => {
  const page: StoredEvent[] = []
  let bytes = 0
  for (const event of sorted) {
    bytes += Buffer.byteLength(event.message)
    if (page.length === limit || (bytes > maxBytes && page.length > 0)) return { page, more: true }
    page.push(event)
  }
  return { page, more: false }
}

/**
 * One page of events out of segments whose times may overlap. Reads the segments in the order of the times they begin
 * (or end, backward) and stops as soon as none of those unread can hold an event of the page.
 *
 * @param read gives a segment's events in any order
 */
export const select = async (
  segments: readonly Segment[],
  selection: Selection,
  read: (segment: Segment) => Promise<readonly StoredEvent[]>,
): Promise<Page> => {
  const { start, end, cursor, limit, matches } = selection
  const forward = selection.direction === 'forward'
  const sign = forward ? 1 : -1
  const edge = (segment: Segment): number => (forward ? segment.min : -segment.max)
  const within = ({ min, max }: Segment): boolean => {
    if (min >= end || max < start) return false
    if (!cursor) return true
    return forward ? max >= cursor.timestamp : min <= cursor.timestamp
  }
  const candidates = segments.filter(within).sort((a, b) => edge(a) - edge(b))
  let found: StoredEvent[] = []
  for (const segment of candidates) {
    const last = found[limit]
    // One more than the page was found: what begins behind it cannot come before it.
    if (last && edge(segment) > sign * last.timestamp) break
    for (const event of await read(segment)) {
      if (event.timestamp < start || event.timestamp >= end) continue
      if (cursor && sign * compare(event, cursor) <= 0) continue
      if (matches(event.message)) found.push(event)
    }
    found.sort((a, b) => sign * compare(a, b))
    if (found.length > limit + 1) found = found.slice(0, limit + 1)
  }
  const { page, more } = takePage(found, selection)
  return { events: forward ? page : page.reverse(), more }
}
