import type { MetricDatum } from '@aws-sdk/client-cloudwatch'
import type { UsageFigures } from './usage-figures.ts'

export const USAGE_NAMESPACE = 'Sonde/Usage'

/** The dimension of the figure over all plans. */
const ALL_PLANS = 'All'

export interface PlanReport extends UsageFigures {
  readonly plan: string
}

/** What a report is published as; `UsedPercent` of {Service: All} is that of the plan nearest to its limit. */
export const reportMetrics = (reports: readonly PlanReport[], time: Date): MetricDatum[] => {
  const datum = (
    MetricName: string,
    Value: number | undefined,
    dimensions: Readonly<Record<string, string>>,
    Unit: 'Count' | 'Percent' = 'Count',
  ): MetricDatum[] => {
    if (Value === undefined) return []
    const Dimensions = Object.entries(dimensions).map(([Name, Text]) => ({ Name, Value: Text }))
    return [{ MetricName, Value, Unit, Timestamp: time, Dimensions }]
  }
  const nearest = reports.map(({ usedPercent }) => usedPercent).filter(value => value !== undefined)
  return [
    ...reports.flatMap(({ plan, used, limit, usedPercent, keys }) => [
      ...datum('Used', used, { UsagePlan: plan }),
      ...datum('Limit', limit, { UsagePlan: plan }),
      ...datum('UsedPercent', usedPercent, { UsagePlan: plan }, 'Percent'),
      ...keys.flatMap(key => [
        ...datum('Used', key.used, { UsagePlan: plan, ApiKey: key.keyId }),
        ...datum('UsedPercent', key.usedPercent, { UsagePlan: plan, ApiKey: key.keyId }, 'Percent'),
      ]),
    ]),
    ...datum('UsedPercent', nearest.length > 0 ? Math.max(...nearest) : 0, { Service: ALL_PLANS }, 'Percent'),
    ...datum('Reports', 1, { Service: ALL_PLANS }),
  ]
}
