import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { Duration } from 'aws-cdk-lib/core'
import type { Dimensions, MetricName, Namespace } from './catalogue.ts'

export interface MetricChoice {
  /** `Sum`, `p90`, `PR(:200)`, … */
  readonly statistic: string
  readonly period: Duration
  readonly label?: string
}

/**
 * A metric of the catalogue: names and dimensions that do not exist do not compile.
 *
 * @example
 * metricOf('AWS/ApiGateway', 'Latency', { ApiName: 'shop', Stage: 'prod' }, { statistic: 'p90', period })
 */
export const metricOf = <N extends Namespace>(
  namespace: N,
  metricName: MetricName<N>,
  dimensions: Dimensions<N>,
  { statistic, period, label }: MetricChoice,
): Metric => {
  const options: MetricOptions = { statistic, period, ...(label !== undefined && { label }) }
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: dimensions as Record<string, string>,
    ...options,
  })
}
