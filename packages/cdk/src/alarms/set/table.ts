import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'
import { bounded, levelled } from './levelled.ts'
import type { Subjects, TableSubject } from './subjects.ts'

const PERIOD = Duration.minutes(1)
/** CloudWatch takes ten metrics in an alarm. */
const MOST_OPERATIONS = 10

/** Alarms on the reference data. */
export const tableAlarms = (
  { tableName, operations }: TableSubject,
  { shares }: Subjects,
): AlarmDefinition[] => {
  if (operations.length === 0 || operations.length > MOST_OPERATIONS) {
    throw new Error(
      `table.operations must name 1 to ${MOST_OPERATIONS} operations that the service uses, such as BatchGetItem: an alarm takes ${MOST_OPERATIONS} metrics.`,
    )
  }
  const throttled = new MathExpression({
    // Filled: DynamoDB publishes throttles only while there are some, and the state would stick.
    expression: 'FILL(reads, 0) + FILL(writes, 0)',
    usingMetrics: {
      reads: metricOf(
        'AWS/DynamoDB',
        'ReadThrottleEvents',
        { TableName: tableName },
        { statistic: 'Sum', period: PERIOD },
      ),
      writes: metricOf(
        'AWS/DynamoDB',
        'WriteThrottleEvents',
        { TableName: tableName },
        { statistic: 'Sum', period: PERIOD },
      ),
    },
    label: 'throttled requests',
    period: PERIOD,
  })
  const systemErrors = new MathExpression({
    expression: operations.map((_, index) => `FILL(errors${index}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(
      operations.map((Operation, index) => [
        `errors${index}`,
        metricOf(
          'AWS/DynamoDB',
          'SystemErrors',
          { TableName: tableName, Operation },
          { statistic: 'Sum', period: PERIOD },
        ),
      ]),
    ),
    label: 'internal errors of DynamoDB',
    period: PERIOD,
  })
  return [
    ...(
      [
        ['warn', 1, 'ticket'],
        ['critical', 10, 'page'],
      ] as const
    ).map(([level, threshold, urgency]) =>
      bounded({
        key: `table-throttled-${level}`,
        meaning: 'DynamoDB throttles requests for reference data.',
        urgency,
        metric: throttled,
        threshold,
        inclusive: true,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        derivation: `${threshold} a minute in three of five: the SDK's retries hide a few, and cost latency.`,
      }),
    ),
    bounded({
      key: 'table-system-errors',
      meaning: 'DynamoDB answers with internal errors.',
      urgency: 'ticket',
      metric: systemErrors,
      threshold: 1,
      inclusive: true,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      derivation: `One a minute in three of five, over ${operations.join(', ')}: DynamoDB's own agreement is 99.99 %.`,
    }),
    ...operations.flatMap(Operation =>
      levelled({
        key: operations.length === 1 ? 'table-latency' : `table-latency-${Operation.toLowerCase()}`,
        meaning: `${Operation} takes most of its share of the answer's time.`,
        metric: metricOf(
          'AWS/DynamoDB',
          'SuccessfulRequestLatency',
          { TableName: tableName, Operation },
          { statistic: 'p90', period: PERIOD },
        ),
        limit: shares.table,
        from: 'ms at p90, the share of the table in the latency bound.',
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
        lowSamples: 'ignore',
        onlyTickets: true,
      }),
    ),
  ]
}
