import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'
import { bounded, levelled } from './levelled.ts'
import type { FunctionSubject, Subjects } from './subjects.ts'

const PERIOD = Duration.minutes(1)
/** Fewer invocations a minute than this say nothing about a share. */
const LEAST_INVOCATIONS = 20

/** Alarms on the function behind the API. Those on errors tell where, not that: burning budgets page. */
export const functionAlarms = (
  { functionName, concurrency }: FunctionSubject,
  { shares }: Subjects,
): AlarmDefinition[] => {
  const dimensions = { FunctionName: functionName }
  const metric = (
    name: 'Errors' | 'Invocations' | 'Throttles' | 'Duration' | 'ConcurrentExecutions',
    statistic: string,
  ) => metricOf('AWS/Lambda', name, dimensions, { statistic, period: PERIOD })
  const errors = new MathExpression({
    expression: `IF(total >= ${LEAST_INVOCATIONS}, bad / total, 0)`,
    usingMetrics: { bad: metric('Errors', 'Sum'), total: metric('Invocations', 'Sum') },
    label: 'share of failed invocations',
    period: PERIOD,
  })
  return [
    ...[0.01, 0.05].map((share, level) =>
      bounded({
        key: `function-errors-${level === 0 ? 'warn' : 'critical'}`,
        meaning: 'Invocations of the function fail.',
        urgency: 'ticket',
        metric: errors,
        threshold: share,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        derivation: `${share * 100} % of at least ${LEAST_INVOCATIONS} invocations a minute. It tells where; availability-burn tells whether it matters.`,
      }),
    ),
    bounded({
      key: 'function-throttled',
      meaning: 'Invocations of the function are refused for want of concurrency.',
      urgency: 'page',
      metric: metric('Throttles', 'Sum'),
      threshold: 1,
      inclusive: true,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      derivation: 'A throttled invocation is a failed request: none is allowed in two of three minutes.',
    }),
    ...levelled({
      key: 'function-concurrency',
      meaning: 'As many invocations run at the same time as nearly may.',
      metric: metric('ConcurrentExecutions', 'Maximum'),
      limit: concurrency,
      from: "the function's reserved concurrency, or the account's quota.",
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
    }),
    ...levelled({
      key: 'function-duration',
      meaning: "The function takes most of its share of the answer's time, calls included.",
      metric: metric('Duration', 'p90'),
      limit: shares.function + shares.table + shares.model + shares.overhead,
      from: 'ms at p90: the shares of function, table, endpoint and model in the latency bound.',
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      lowSamples: 'ignore',
      onlyTickets: true,
    }),
  ]
}
