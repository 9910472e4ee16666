import type { MetricDatum } from '@aws-sdk/client-cloudwatch'
import type { CheckOutcome } from './check.ts'

export const HEALTH_CHECK_NAMESPACE = 'Sonde/HealthCheck'

/**
 * What a check is recorded as, stamped with the minute that it was scheduled for: two runs for the same minute lie on the same
 * datapoint, and a minute without a run shows as missing.
 */
export const outcomeMetrics = (service: string, scheduled: Date, outcome: CheckOutcome): MetricDatum[] => {
  const datum = (
    MetricName: string,
    Value: number,
    Unit: 'Count' | 'Milliseconds' = 'Count',
  ): MetricDatum => ({
    MetricName,
    Value,
    Unit,
    Timestamp: scheduled,
    Dimensions: [{ Name: 'Service', Value: service }],
  })
  return [
    datum('Runs', 1),
    datum('Failures', outcome.succeeded ? 0 : 1),
    // A counter of successes alone: silence and failure look the same to who waits for it.
    ...(outcome.succeeded ? [datum('Availability', 1)] : []),
    ...(outcome.latency === undefined ? [] : [datum('Latency', outcome.latency, 'Milliseconds')]),
  ]
}
