const DAY = 86_400_000
const MINUTE = 60_000
/** A zone changes its offset at most once in this time, in ms. */
const SPAN = 7 * DAY
/** Weeks remembered of one zone: some ten years. */
const MAX_SPANS = 512

/** The offset of one span: one before `change`, another from then on. */
interface Span {
  readonly before: number
  readonly change: number
  readonly after: number
}

/** A time zone of the IANA database. Local times are written as ms since the epoch as if they were UTC. */
export interface TimeZone {
  /** What local time is ahead of UTC at a time, in ms. */
  offset(time: number): number
  /**
   * The first time at which the zone's clocks show `local`, or `undefined` where they never do: in spring they leave
   * an hour out. In autumn they show an hour twice.
   */
  toUtc(local: number): number | undefined
}

export const UTC: TimeZone = { offset: () => 0, toUtc: local => local }

/** `GMT`, `GMT+05:30`, `GMT-00:44:30` */
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/

const reader = (name: string): ((time: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  return time => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(format.format(time)) ?? []
    const milliseconds = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
    return sign === '-' ? -milliseconds : milliseconds
  }
}

const createZone = (read: (time: number) => number): TimeZone => {
  const spans = new Map<number, Span>()

  const findSpan = (index: number): Span => {
    const start = index * SPAN
    const end = start + SPAN
    const before = read(start)
    const after = read(end)
    let low = start
    let high = end
    if (before !== after) {
      while (high - low > MINUTE) {
        const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE
        if (read(middle) === before) low = middle
        else high = middle
      }
    }
    return { before, change: high, after }
  }

  const offset = (time: number): number => {
    const index = Math.floor(time / SPAN)
    let span = spans.get(index)
    if (!span) {
      span = findSpan(index)
      if (spans.size >= MAX_SPANS) spans.clear()
      spans.set(index, span)
    }
    return time < span.change ? span.before : span.after
  }

  return {
    offset,
    toUtc: local => {
      // Zones are at most 14 hours from UTC, so a day either way sees both sides of a change.
      const times = [local - offset(local - DAY), local - offset(local + DAY)]
      return times.toSorted((a, b) => a - b).find(time => time + offset(time) === local)
    },
  }
}

const zones = new Map<string, TimeZone>([['UTC', UTC]])

/** The zone of that name, such as `Europe/Berlin`, or `undefined` where there is none. Each is read once. */
export const timeZone = (name: string): TimeZone | undefined => {
  const known = zones.get(name)
  if (known) return known
  // Intl also takes offsets such as +01:00, which are no names of the database.
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    const zone = createZone(reader(name))
    zones.set(name, zone)
    return zone
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
