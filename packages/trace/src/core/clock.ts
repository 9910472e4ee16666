/** Milliseconds of the monotonic clock, with microseconds behind the point: what captures are timed with. */
export const now: () => number = performance.now.bind(performance)

/** Above this the monotonic clock was stopped (a frozen Lambda environment) or the wall clock was set. */
const MAX_DRIFT_MS = 2

let offset = performance.timeOrigin

/**
 * What to add to {@link now} for epoch milliseconds. Taken once per trace, so that all times in one trace agree, and
 * anchored anew where monotonic and wall clock have come apart.
 */
export const anchor = (): number => {
  const measured = Date.now() - now()
  // Date.now() counts whole milliseconds: within that, the old anchor is the better one.
  if (Math.abs(measured - offset) > MAX_DRIFT_MS) offset = measured
  return offset
}

/** Epoch seconds with six decimals, as JSON text. `milliseconds` are of the epoch. */
export const epochSeconds = (milliseconds: number): string => {
  const microseconds = Math.round(milliseconds * 1000).toString()
  // From 2001 to 2286 these have 16 digits; slicing is much cheaper than toFixed(6) of the quotient.
  if (microseconds.length !== 16) return (milliseconds / 1000).toFixed(6)
  return `${microseconds.slice(0, 10)}.${microseconds.slice(10)}`
}
