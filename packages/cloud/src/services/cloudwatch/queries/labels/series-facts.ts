import { average, max, min, sum } from '../metric-math/functions/aggregate.ts'
import type { Series } from '../series.ts'

/** A number, a time in ms since the epoch, or a length of time in ms; `undefined` for a series without points. */
export interface SeriesFact {
  readonly kind: 'number' | 'time' | 'duration'
  readonly read: (series: Series, now: number) => number | undefined
}

const first = ({ values }: Series): number | undefined => values[0]
const last = ({ values }: Series): number | undefined => values.at(-1)
const firstTime = ({ timestamps }: Series): number | undefined => timestamps[0]
const lastTime = ({ timestamps }: Series): number | undefined => timestamps.at(-1)

/** The earliest of the points that have a value. */
const timeOf =
  (extreme: (values: readonly number[]) => number) =>
  ({ timestamps, values }: Series): number | undefined =>
    timestamps[values.indexOf(extreme(values))]
const minTime = timeOf(min)
const maxTime = timeOf(max)

const number = (read: (series: Series) => number | undefined): SeriesFact => ({ kind: 'number', read })
const time = (read: (series: Series) => number | undefined): SeriesFact => ({ kind: 'time', read })
const between = (kind: SeriesFact['kind'], from: SeriesFact['read'], to: SeriesFact['read']): SeriesFact => ({
  kind,
  read: (series, now) => {
    const [low, high] = [from(series, now), to(series, now)]
    return low === undefined || high === undefined ? undefined : Math.abs(high - low)
  },
})
const untilNow = (read: (series: Series) => number | undefined): SeriesFact =>
  between('duration', read, (_series, now) => now)
const ofPoints =
  (fold: (values: readonly number[]) => number) =>
  ({ values }: Series): number | undefined =>
    values.length === 0 ? undefined : fold(values)

/**
 * What dynamic labels can tell of the returned range.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
 */
export const SERIES_FACTS: Readonly<Record<string, SeriesFact>> = {
  AVG: number(ofPoints(average)),
  DATAPOINT_COUNT: number(({ values }) => values.length),
  FIRST: number(first),
  FIRST_LAST_RANGE: between('number', first, last),
  FIRST_LAST_TIME_RANGE: between('duration', firstTime, lastTime),
  FIRST_TIME: time(firstTime),
  FIRST_TIME_RELATIVE: untilNow(firstTime),
  LAST: number(last),
  LAST_TIME: time(lastTime),
  LAST_TIME_RELATIVE: untilNow(lastTime),
  MAX: number(ofPoints(max)),
  MAX_TIME: time(maxTime),
  MAX_TIME_RELATIVE: untilNow(maxTime),
  MIN: number(ofPoints(min)),
  MIN_MAX_RANGE: between('number', ofPoints(min), ofPoints(max)),
  MIN_MAX_TIME_RANGE: between('duration', minTime, maxTime),
  MIN_TIME: time(minTime),
  MIN_TIME_RELATIVE: untilNow(minTime),
  SUM: number(ofPoints(sum)),
}
