import { createHash } from 'node:crypto'
import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Scope } from '../../../../kernel/scope.ts'
import { alarmArn, type MetricAlarm } from '../alarm.ts'

const dimensionMap = (dimensions: readonly Dimension[] | undefined): Record<string, string> =>
  Object.fromEntries((dimensions ?? []).map(({ Name, Value }) => [Name, Value]))

const queryOf = ({ Id, Expression, Label, MetricStat, ReturnData, Period, AccountId }: MetricDataQuery) => ({
  id: Id,
  ...(Expression !== undefined && { expression: Expression }),
  ...(Label !== undefined && { label: Label }),
  ...(MetricStat && {
    metricStat: {
      metric: {
        namespace: MetricStat.Metric?.Namespace,
        name: MetricStat.Metric?.MetricName,
        dimensions: dimensionMap(MetricStat.Metric?.Dimensions),
      },
      period: MetricStat.Period,
      stat: MetricStat.Stat,
      ...(MetricStat.Unit !== undefined && { unit: MetricStat.Unit }),
    },
  }),
  ...(Period !== undefined && { period: Period }),
  ...(AccountId !== undefined && { accountId: AccountId }),
  returnData: ReturnData ?? true,
})

/** CloudWatch gives the one metric of such an alarm a random UUID; ours stays the same for the same alarm. */
const metricId = (scope: Scope, name: string): string => {
  const digits = createHash('sha256').update(alarmArn(scope, name)).digest('hex')
  const part = (from: number, to: number): string => digits.slice(from, to)
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-a${part(17, 20)}-${part(20, 32)}`
}

/** `configuration.metrics` of events and of Lambda's payload. */
export const metricConfiguration = (scope: Scope, alarm: MetricAlarm): object[] =>
  alarm.metrics?.map(queryOf) ?? [
    {
      id: metricId(scope, alarm.name),
      metricStat: {
        metric: {
          namespace: alarm.namespace,
          name: alarm.metricName,
          dimensions: dimensionMap(alarm.dimensions),
        },
        period: alarm.period,
        stat: alarm.statistic ?? alarm.extendedStatistic,
        ...(alarm.unit !== undefined && { unit: alarm.unit }),
      },
      returnData: true,
    },
  ]
