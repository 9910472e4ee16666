import type { Scope } from '../../../kernel/scope.ts'
import type { MetricReader, Period, PeriodRange } from '../metrics/metric-reader.ts'
import { MINUTE, SECOND, startGrain } from '../metrics/tiers.ts'
import type { QueryRange } from './query-evaluator.ts'
import type { MetricSource, Series } from './series.ts'
import { UNIT_ORDER } from './unit-order.ts'

/**
 * What of a metric is read for a request's range, in ms: the start is rounded down to a minute, or to what is kept of
 * older data; below a minute, start and end are rounded down to the period.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * @param period in seconds
 * @param now in ms since the epoch
 */
export const metricRange = (
  { start, end, alignToStart }: QueryRange,
  period: number,
  now: number,
): PeriodRange => {
  const length = period * SECOND
  if (alignToStart) return { start, end, period: length, offset: start % length }
  if (length < MINUTE) {
    return {
      start: Math.floor(start / length) * length,
      end: Math.floor(end / length) * length,
      period: length,
    }
  }
  const grain = startGrain(start, now)
  return { start: Math.floor(start / grain) * grain, end, period: length }
}

/** The starts of all periods that lie in the range, or that its start lies in. */
export const gridOf = (range: QueryRange, period: number, now: number): number[] => {
  const { start, end, period: length, offset = 0 } = metricRange(range, period, now)
  const times: number[] = []
  const first = Math.floor((start - offset) / length) * length + offset
  for (let time = first; time < end; time += length) times.push(time)
  return times
}

/** How many periods that are. */
export const gridLength = ({ start, end }: QueryRange, period: number): number =>
  Math.max(0, Math.ceil((end - start) / (period * SECOND))) + 1

export interface ReadSeries {
  readonly series: Series
  readonly messages: ReadonlyArray<{ readonly Code: string; readonly Value: string }>
}

const NO_MESSAGES: ReadSeries['messages'] = []

const unitsOf = (periods: readonly Period[]): readonly string[] => {
  const first = periods[0]?.unit
  if (first === undefined) return []
  // Nearly every metric has one unit.
  if (periods.every(({ unit }) => unit === first)) return [first]
  const units = new Set(periods.map(({ unit }) => unit))
  return UNIT_ORDER.filter(unit => units.has(unit))
}

/**
 * A metric's statistic over time. Where there are data in several units and none is asked for, one unit's are taken
 * and a message tells. Periods whose data do not give the statistic are left out.
 */
export const readMetric = (
  reader: MetricReader,
  scope: Scope,
  source: MetricSource,
  range: QueryRange,
  now: number,
  label: string,
): ReadSeries => {
  const periods = reader.periods(
    scope,
    source.namespace,
    source.name,
    source.dimensions,
    metricRange(range, source.period, now),
  )
  const units = source.unit === undefined ? unitsOf(periods) : [source.unit]
  const [unit] = units
  const timestamps: number[] = []
  const values: number[] = []
  const sampleCounts: number[] = []
  for (const period of periods) {
    if (period.unit !== unit) continue
    const value = source.statistic(period)
    if (value === undefined || !Number.isFinite(value)) continue
    timestamps.push(period.time)
    values.push(value)
    sampleCounts.push(period.count)
  }
  const series = { label, period: source.period, timestamps, values, sampleCounts, source }
  return {
    series: unit === undefined ? series : { ...series, unit },
    messages:
      units.length > 1
        ? [{ Code: 'MultipleUnits', Value: `Multiple units returned: '[${units.join(', ')}]'` }]
        : NO_MESSAGES,
  }
}
