import type { Scope } from '../../../../kernel/scope.ts'
import type { MetricReader, Period } from '../../metrics/metric-reader.ts'

/** A metric, and the length of the buckets that an alarm looks at. */
export interface BucketSource {
  readonly scope: Scope
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  /** ms. */
  readonly period: number
}

/** The data of one bucket by unit; empty where there are none. Nearly every metric has one unit. */
export type Bucket = readonly Period[]

const MINUTE = 60_000
const HIGH_RESOLUTION = 10_000
const EMPTY: Bucket = []

/** What alarms of a period are evaluated by, and what their boundaries are counted back in. ms. */
export const grainOf = (period: number): number => (period < MINUTE ? HIGH_RESOLUTION : MINUTE)

/**
 * The buckets of a sliding window, oldest first: their boundaries are counted back from its end, so that a 5-minute
 * alarm that is evaluated each minute looks at the last 5 minutes, whatever the hour's grid.
 *
 * @param end of the newest bucket, in ms since the epoch: a multiple of {@link grainOf} the period
 */
export const readBuckets = (
  reader: MetricReader,
  { scope, namespace, name, dimensions, period }: BucketSource,
  end: number,
  count: number,
): readonly Bucket[] => {
  const start = end - count * period
  const range = { start, end, period, offset: end % period }
  const buckets: Bucket[] = new Array<Bucket>(count).fill(EMPTY)
  for (const part of reader.periods(scope, namespace, name, dimensions, range)) {
    const place = Math.floor((part.time - start) / period)
    const others = buckets[place]
    if (others) buckets[place] = others === EMPTY ? [part] : [...others, part]
  }
  return buckets
}
