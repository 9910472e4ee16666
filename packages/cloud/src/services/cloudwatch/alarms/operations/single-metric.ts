import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { InputOf } from '@sonde/wire'
import { readDimensions } from '../../metrics/metric-datum.ts'
import { parseExtendedStatistic } from '../../metrics/statistics.ts'
import { UNITS } from '../../metrics/units.ts'
import type { MetricAlarm } from '../alarm.ts'
import { validationError } from '../errors.ts'
import { checkEnum, checkLeast, checkLength } from './checks.ts'

const MAX_NAME = 255
const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
/** Periods that make an alarm one of high resolution, in seconds. */
const SHORT_PERIODS = [10, 20, 30]

/** @param path `period`, or that of a query's */
export const checkPeriod = (period: number, path = 'period'): void => {
  checkLeast(period, path, 1)
  if (!SHORT_PERIODS.includes(period) && period % 60 !== 0) {
    throw validationError('Period must be 10, 20, 30 or a multiple of 60')
  }
}

export const checkMetricName = (namespace: string, name: string): void => {
  checkLength(namespace, 'namespace', { least: 1, most: MAX_NAME })
  checkLength(name, 'metricName', { least: 1, most: MAX_NAME })
}

const readStatistic = ({ Statistic, ExtendedStatistic }: InputOf<typeof Sdk, 'PutMetricAlarm'>) => {
  if (Statistic !== undefined && ExtendedStatistic !== undefined) {
    throw validationError('Statistic and ExtendedStatistic cannot both be set')
  }
  const statistic = checkEnum(Statistic, 'statistic', STATISTICS)
  if (statistic) return { statistic }
  if (ExtendedStatistic === undefined) throw validationError('Statistic must not be null')
  if (!parseExtendedStatistic(ExtendedStatistic)) {
    throw validationError(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`)
  }
  return { extendedStatistic: ExtendedStatistic }
}

/** Reads what an alarm on one metric watches. */
export const readSingleMetric = (
  input: InputOf<typeof Sdk, 'PutMetricAlarm'>,
): Pick<
  MetricAlarm,
  'dimensions' | 'extendedStatistic' | 'metricName' | 'namespace' | 'period' | 'statistic' | 'unit'
> => {
  const { MetricName: metricName, Namespace: namespace, Period: period } = input
  if (metricName === undefined) throw validationError('MetricName must not be null')
  if (namespace === undefined) throw validationError('Namespace must not be null')
  if (period === undefined) throw validationError('Period must not be null')
  checkMetricName(namespace, metricName)
  checkPeriod(period)
  readDimensions(input.Dimensions, 'Dimensions')
  const unit = checkEnum(input.Unit, 'unit', UNITS)
  return {
    metricName,
    namespace,
    ...readStatistic(input),
    dimensions: input.Dimensions ?? [],
    period,
    ...(unit && { unit }),
  }
}
