import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { constraint } from '../errors.ts'
import { checkLength, checkNamespace, readDimensions } from '../metrics/metric-datum.ts'
import { readStatistic } from '../metrics/statistics.ts'
import { UNITS } from '../metrics/units.ts'
import { validationError } from './errors.ts'
import { checkPeriod } from './read-query.ts'
import type { MetricSource } from './series.ts'

const MAX_NAME = 255

const required = <T>(value: T | undefined, path: string): T => {
  if (value === undefined) throw validationError(`The parameter ${path} is required.\n`)
  return value
}

/**
 * The metric of a query; `undefined` for an expression.
 *
 * @param path such as `MetricDataQueries.member.1`
 * @throws ServiceError `ValidationException` for what is missing or out of bounds, a statistic or unit that there is
 * not; `InvalidParameterValueException` for dimensions that cannot be
 */
export const readMetricSource = (query: MetricDataQuery, path: string): MetricSource | undefined => {
  const { MetricStat: stat } = query
  if (!stat) return undefined
  const at = `${path}.MetricStat`
  const metric = required(stat.Metric, `${at}.Metric`)
  const name = required(metric.MetricName, `${at}.Metric.MetricName`)
  checkLength(name, `${at}.Metric.MetricName`, MAX_NAME)
  const period = required(stat.Period, `${at}.Period`)
  checkPeriod(period, `${at}.Period`)
  const statName = required(stat.Stat, `${at}.Stat`)
  const statistic = readStatistic(statName)
  if (!statistic) throw validationError(`The value ${statName} for parameter ${at}.Stat is not supported.`)
  if (stat.Unit !== undefined && !UNITS.includes(stat.Unit)) {
    throw constraint(stat.Unit, `${at}.Unit`, `satisfy enum value set: [${UNITS.join(', ')}]`)
  }
  return {
    namespace: checkNamespace(required(metric.Namespace, `${at}.Metric.Namespace`)),
    name,
    dimensions: readDimensions(metric.Dimensions, `${at}.Metric.Dimensions`),
    period,
    stat: statName,
    statistic,
    unit: stat.Unit,
  }
}
