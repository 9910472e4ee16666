import { RejectedSpan } from './rejected-span.ts'

/** What X-Ray's exporter sends: two days less than the 30 that X-Ray keeps. */
const MAX_AGE = 28 * 86_400
const MAX_SKEW = 5 * 60

/**
 * `1-<8 digits>-<24 digits>` of a W3C trace id.
 *
 * @param now ms since the epoch
 * @throws RejectedSpan for an id that is missing or, where that is validated, whose time is out of the window
 */
export const amazonTraceId = (traceId: string, now: number, validateTime: boolean): string => {
  if (!/[1-9a-f]/.test(traceId)) throw new RejectedSpan('a span without a trace id')
  const time = traceId.slice(0, 8)
  if (validateTime) {
    const age = Math.floor(now / 1_000) - Number.parseInt(time, 16)
    if (age > MAX_AGE || age < -MAX_SKEW) throw new RejectedSpan(`invalid xray traceid: ${traceId}`)
  }
  return `1-${time}-${traceId.slice(8)}`
}
