import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'
import type { Subjects } from './subjects.ts'

const MINUTE = Duration.minutes(1)
const SILENT_MINUTES = 5
/** Silence has ended two checks before, so that the two alarms never change places: nobody is paged by a first check. */
const FIRST_CHECKS = 3

/** The alarm that speaks when signals disappear: no other may. */
export const SILENCE_OWNER = 'health-check-silent'
export const NEVER_RAN = 'health-check-not-running'

/** Alarms on the checks that another account makes once a minute. */
export const healthCheckAlarms = ({ service, objectives }: Subjects): AlarmDefinition[] => {
  const dimensions = { Service: service }
  const budgetMinutes = objectives.errorBudget * objectives.days * 1_440
  const share = (minutes: number): string => `${Math.round((100 * minutes) / budgetMinutes)} %`
  return [
    {
      key: SILENCE_OWNER,
      meaning: 'No health check has succeeded for five minutes: the service is down, or nobody checks it.',
      urgency: 'page',
      metric: new MathExpression({
        // Filled, so that five silent minutes are five breaching ones: missing data alone count from a wider range.
        expression: 'FILL(succeeded, 0)',
        usingMetrics: {
          succeeded: metricOf('Sonde/HealthCheck', 'Availability', dimensions, {
            statistic: 'Sum',
            period: MINUTE,
          }),
        },
        label: 'successful checks',
        period: MINUTE,
      }),
      operator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: SILENT_MINUTES,
      datapointsToAlarm: SILENT_MINUTES,
      treatMissingData: TreatMissingData.BREACHING,
      silence: { owns: true },
      derivation: `5 of the ${budgetMinutes.toFixed(1)} minutes that ${objectives.days} days allow, ${share(SILENT_MINUTES)} of the error budget, are gone when it fires.`,
    },
    {
      key: NEVER_RAN,
      meaning:
        'No health check has run for a day: it is not deployed yet, or its account has lost its way here.',
      urgency: 'ticket',
      metric: metricOf('Sonde/HealthCheck', 'Runs', dimensions, {
        statistic: 'SampleCount',
        period: Duration.days(1),
      }),
      operator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: FIRST_CHECKS,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.BREACHING,
      silence: { owns: true },
      derivation: `One check a minute is due. Until ${FIRST_CHECKS} have run, silence is a ticket and wakes nobody.`,
    },
    {
      key: 'health-check-failing',
      meaning: 'Health checks run and fail.',
      urgency: 'page',
      metric: metricOf('Sonde/HealthCheck', 'Failures', dimensions, { statistic: 'Sum', period: MINUTE }),
      operator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      silence: { ownedBy: SILENCE_OWNER },
      derivation: `Three failed minutes are ${share(3)} of the error budget; a single one wakes nobody.`,
    },
    {
      key: 'health-check-slow',
      meaning: 'Health checks are answered too slowly, as a client in another account sees it.',
      urgency: 'ticket',
      metric: metricOf('Sonde/HealthCheck', 'Latency', dimensions, {
        statistic: 'p90',
        period: Duration.minutes(15),
      }),
      operator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: objectives.latency,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      silence: { ownedBy: SILENCE_OWNER },
      derivation: `The agreement's bound of ${objectives.latency} ms at p90, over two times 15 checks.`,
    },
  ]
}
