const ISO = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** A time as it was written. */
export interface IsoTime {
  /** ms since the epoch, by UTC where no zone was written. */
  readonly time: number
  readonly hasZone: boolean
}

/** Reads a date, or a date and time, in ISO 8601; `undefined` for what is none, and for days that no month has. */
export const parseIsoTime = (text: string): IsoTime | undefined => {
  const [, day, zone] = ISO.exec(text) ?? []
  if (day === undefined) return undefined
  const hasZone = zone !== undefined
  const time = Date.parse(text.includes('T') && !hasZone ? `${text}Z` : text)
  // Date.parse takes the 31st of April for the 1st of May.
  const midnight = Date.parse(`${day}T00:00Z`)
  if (Number.isNaN(time) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined
  return { time, hasZone }
}
