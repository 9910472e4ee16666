import type { AlarmState } from '../alarm.ts'
import type { DataPoint } from './comparison.ts'

/** How a warm-up goes on after one look at the data. */
export type WarmUpStep = { readonly over: true } | { readonly over: false; readonly dataSince?: number }

/** Within how many ms after it was written an alarm is looked at for the first time. */
const FIRST_LOOK = 60_000

/**
 * Whether an alarm still warms up: until its period ends or, unless it is to wait in full, until its evaluation window
 * is filled, which is its length after the first data came and with a data point in the newest bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
 * @param window evaluation periods times the period, in ms
 * @param cadence how often the alarm is looked at, in ms
 */
export const warmUpStep = (
  warmUp: NonNullable<AlarmState['warmUp']>,
  waitsInFull: boolean,
  range: ReadonlyArray<DataPoint | undefined>,
  window: number,
  cadence: number,
  now: number,
): WarmUpStep => {
  // Where the clock was set back to before it began, the alarm is none that was just written.
  if (now >= warmUp.until || now < warmUp.since - FIRST_LOOK) return { over: true }
  const oldest = range.find(point => point !== undefined)
  // Data that were not there at the last look are not older than that, even if their bucket began before.
  const lastLook = now - warmUp.since <= FIRST_LOOK ? Number.NEGATIVE_INFINITY : now - cadence
  const dataSince = warmUp.dataSince ?? (oldest && Math.max(oldest.time, lastLook))
  const filled = dataSince !== undefined && now - dataSince >= window && range.at(-1) !== undefined
  if (filled && !waitsInFull) return { over: true }
  return { over: false, ...(dataSince !== undefined && { dataSince }) }
}
