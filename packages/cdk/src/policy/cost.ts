import type { AlarmFacts } from './alarm-facts.ts'

/** US dollars a month in us-east-1. https://aws.amazon.com/cloudwatch/pricing/ */
const PRICES = { metric: 0.1, highResolutionMetric: 0.3, composite: 0.5 }
/** A band is charged as three metrics: the metric itself and its two bounds. */
const ANOMALY_METRICS = 3

/** What a composite alarm costs a month, in US dollars. */
export const compositeAlarmCost = PRICES.composite

/** What decides on the price of a metric alarm. */
export interface Priced {
  readonly anomaly: boolean
  /** Of each metric it reads, in seconds. */
  readonly metrics: ReadonlyArray<{ readonly period: number | undefined }>
}

/** What one metric alarm costs a month, in US dollars. */
export const metricAlarmCost = ({ metrics, anomaly }: Priced): number => {
  if (anomaly) return ANOMALY_METRICS * PRICES.metric
  return metrics.reduce(
    (sum, { period = 60 }) => sum + (period < 60 ? PRICES.highResolutionMetric : PRICES.metric),
    0,
  )
}

/** What alarms cost a month together, in US dollars. */
export const alarmsCost = ({ metric, composite }: AlarmFacts): number =>
  metric.reduce((sum, alarm) => sum + metricAlarmCost(alarm), 0) + composite.length * PRICES.composite
