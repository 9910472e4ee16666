import type { AlarmFacts, MetricAlarmFact } from './alarm-facts.ts'

/** US dollars a month in us-east-1. https://aws.amazon.com/cloudwatch/pricing/ */
const PRICES = { metric: 0.1, highResolutionMetric: 0.3, composite: 0.5 }
/** A band is charged as three metrics: the metric itself and its two bounds. */
const ANOMALY_METRICS = 3

/** What one alarm costs a month, in US dollars. */
export const metricAlarmCost = ({
  metrics,
  anomaly,
}: Pick<MetricAlarmFact, 'metrics' | 'anomaly'>): number => {
  if (anomaly) return ANOMALY_METRICS * PRICES.metric
  return metrics.reduce(
    (sum, { period = 60 }) => sum + (period < 60 ? PRICES.highResolutionMetric : PRICES.metric),
    0,
  )
}

/** What alarms cost a month together, in US dollars. */
export const alarmsCost = ({ metric, composite }: AlarmFacts): number =>
  metric.reduce((sum, alarm) => sum + metricAlarmCost(alarm), 0) + composite.length * PRICES.composite
