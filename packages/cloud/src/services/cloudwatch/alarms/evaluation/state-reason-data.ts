import { javaTimestamp, jsonDouble } from '../java-text.ts'
import type { Assessment, Criteria } from './assessment.ts'
import { COMPARISONS, comparesWithBand, type DataPoint } from './comparison.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
const MAX_DATA = 4_000

/** What of an alarm's configuration its reason data repeat. */
export interface ReasonSubject {
  readonly unit: string | undefined
  /** Also an extended one. */
  readonly statistic: string | undefined
  /** Seconds. */
  readonly period: number
}

const evaluated = ({ time, value, sampleCount }: DataPoint) => ({
  timestamp: javaTimestamp(time),
  ...(sampleCount !== undefined && { sampleCount: jsonDouble(sampleCount) }),
  value: jsonDouble(value),
})

/** The counted points and as many of the latest gaps as were filled or are unknown, newest first. */
const evaluatedDatapoints = (
  criteria: Criteria,
  { counted }: Assessment,
  range: ReadonlyArray<DataPoint | undefined>,
  bucketTimes: readonly number[],
): object[] => {
  let gaps = criteria.evaluationPeriods - counted.length
  const points = new Set(counted.map(({ point }) => point))
  const listed: object[] = []
  for (let place = range.length - 1; place >= 0; place--) {
    const point = range[place]
    const time = bucketTimes[place]
    if (point && points.has(point)) listed.push(evaluated(point))
    else if (!point && gaps-- > 0 && time !== undefined) listed.push({ timestamp: javaTimestamp(time) })
  }
  return listed
}

/**
 * A reason's document, as JSON text with Java's doubles. Where it would exceed 4,000 characters, the oldest evaluated
 * data points are left out, and then the oldest recent ones.
 *
 * @param bucketTimes starts of the range's buckets, in ms since the epoch
 * @param now the time of the query, in ms since the epoch
 */
export const stateReasonData = (
  criteria: Criteria,
  subject: ReasonSubject,
  assessment: Assessment,
  range: ReadonlyArray<DataPoint | undefined>,
  bucketTimes: readonly number[],
  now: number,
): string => {
  const points = assessment.counted.map(({ point }) => point)
  const [oldest] = points
  const { lower, upper } = COMPARISONS[criteria.operator]
  const recent = (pick: (point: DataPoint) => number | undefined) => (skipped: number) =>
    points.slice(skipped).map(point => jsonDouble(pick(point) ?? Number.NaN))
  const values = recent(({ value }) => value)
  const lowers = recent(point => point.lower)
  const uppers = recent(point => point.upper)
  const list = evaluatedDatapoints(criteria, assessment, range, bucketTimes)
  const print = (shown: number, skipped: number): string =>
    JSON.stringify({
      version: '1.0',
      queryDate: javaTimestamp(now),
      ...(oldest && { startDate: javaTimestamp(oldest.time) }),
      ...(subject.unit !== undefined && { unit: subject.unit }),
      ...(subject.statistic !== undefined && { statistic: subject.statistic }),
      period: subject.period,
      recentDatapoints: values(skipped),
      ...(lower && { recentLowerThresholds: lowers(skipped) }),
      ...(upper && { recentUpperThresholds: uppers(skipped) }),
      ...(!comparesWithBand(criteria.operator) && { threshold: jsonDouble(criteria.threshold) }),
      evaluatedDatapoints: list.slice(0, shown),
    })
  // An entry has at least 44 characters, a recent value 4: no need to try what cannot fit.
  let shown = Math.min(list.length, Math.ceil(MAX_DATA / 44))
  let skipped = Math.max(0, points.length - Math.ceil(MAX_DATA / 4))
  let text = print(shown, skipped)
  while (text.length > MAX_DATA && (shown > 0 || skipped < points.length)) {
    if (shown > 0) shown -= Math.max(1, Math.min(shown, Math.floor((text.length - MAX_DATA) / 100)))
    else skipped += Math.max(1, Math.floor((text.length - MAX_DATA) / 30))
    text = print(shown, skipped)
  }
  return text
}
