const MINUTE = 60_000
/** Every zone's changes of offset lie on a quarter of an hour. */
const QUARTER = 15 * MINUTE
/** Half a year of quarters; then the cache starts over. */
const MAX_CACHED = 17_520

/** What to add to UTC for the wall clock of a zone at a time, both in ms. */
export type ZoneOffset = (time: number) => number

/** Whether a name is one of the tz database that this machine knows. */
export const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** `GMT`, `GMT+2`, `GMT-03:30` as ms. */
const parseOffset = (text: string): number => {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^GMT(?:([+-])(\d+)(?::(\d+))?(?::(\d+))?)?$/.exec(text) ?? []
  const size = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1_000
  return sign === '-' ? -size : size
}

/** By name; there are some 600 zones. */
const known = new Map<string, ZoneOffset>([['UTC', () => 0]])

/** @param name of the tz database, such as `Europe/Berlin`; see {@link isTimeZone} */
export const zoneOffset = (name: string): ZoneOffset => {
  const offset = known.get(name) ?? makeOffset(name)
  known.set(name, offset)
  return offset
}

const makeOffset = (name: string): ZoneOffset => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  const cache = new Map<number, number>()
  return time => {
    const quarter = Math.floor(time / QUARTER)
    let offset = cache.get(quarter)
    if (offset === undefined) {
      const parts = format.formatToParts(quarter * QUARTER)
      offset = parseOffset(parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT')
      if (cache.size >= MAX_CACHED) cache.clear()
      cache.set(quarter, offset)
    }
    return offset
  }
}
