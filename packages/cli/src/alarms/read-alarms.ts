import {
  AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  type MetricDataQuery,
  paginateDescribeAlarms,
  type StateValue,
} from '@aws-sdk/client-cloudwatch'
import { readSeries, type Series, type Window, windowOf } from '../metrics/read-series.ts'
import { periodOf } from './rule-text.ts'

export interface Alarms {
  readonly metric: readonly MetricAlarm[]
  readonly composite: readonly CompositeAlarm[]
}

/** All alarms of both kinds whose name starts with `prefix`. */
export const readAlarms = async (
  client: CloudWatchClient,
  prefix: string | undefined,
  state: StateValue | undefined,
): Promise<Alarms> => {
  const metric: MetricAlarm[] = []
  const composite: CompositeAlarm[] = []
  const pages = paginateDescribeAlarms(
    { client },
    {
      AlarmTypes: [AlarmType.MetricAlarm, AlarmType.CompositeAlarm],
      ...(prefix !== undefined && { AlarmNamePrefix: prefix }),
      ...(state && { StateValue: state }),
    },
  )
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
    metric.push(...MetricAlarms)
    composite.push(...CompositeAlarms)
  }
  return { metric, composite }
}

/** What an alarm looks at: the values of its evaluation periods, and its band where it has one. */
export interface Watched {
  readonly window: Window
  readonly values: Series | undefined
  readonly band: readonly Series[]
}

const queriesOf = (alarm: MetricAlarm): MetricDataQuery[] => {
  if (alarm.Metrics && alarm.Metrics.length > 0) return alarm.Metrics
  const { Namespace, MetricName, Dimensions, Period, Unit } = alarm
  return [
    {
      Id: 'watched',
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period,
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic,
        ...(Unit && { Unit }),
      },
    },
  ]
}

/** Some periods before those that count show where the values come from. */
const EARLIER = 5

/** Reads what an alarm looks at now: its evaluation periods up to the last whole one, and some before them. */
export const readWatched = async (
  client: CloudWatchClient,
  alarm: MetricAlarm,
  now: number,
): Promise<Watched> => {
  const period = periodOf(alarm) * 1_000
  const span = ((alarm.EvaluationPeriods ?? 1) + EARLIER) * period
  const window = windowOf(now - period, span, period)
  const series = await readSeries(client, queriesOf(alarm), window)
  const band = series.filter(({ id }) => id === alarm.ThresholdMetricId)
  return { window, values: series.find(({ id }) => id !== alarm.ThresholdMetricId), band }
}
