import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'

const HOUR = Duration.hours(1)
/** A report a day, and two hours of patience. */
const LATEST_HOURS = 26
const STALE = 'usage-report-stale'

/** 90 %: within ten per cent of the limit. */
const LEVELS = [
  ['warn', 80, 'ticket'],
  ['near', 90, 'ticket'],
  ['critical', 95, 'page'],
] as const

/** Alarms on the daily report of usage plans. */
export const usageAlarms = (): AlarmDefinition[] => [
  ...LEVELS.map(
    ([level, percent, urgency]): AlarmDefinition => ({
      key: `usage-plan-${level}`,
      meaning: `An API key has used more than ${percent} % of its usage plan's quota: beyond it every request of it gets 429.`,
      urgency,
      metric: metricOf(
        'Sonde/Usage',
        'UsedPercent',
        { Service: 'All' },
        { statistic: 'Maximum', period: HOUR },
      ),
      operator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: percent,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      // Between two reports the last one holds.
      treatMissingData: TreatMissingData.IGNORE,
      silence: { ownedBy: STALE },
      derivation: `${percent} % of the quota of the key nearest to it, as the daily report found it.`,
    }),
  ),
  {
    key: STALE,
    meaning: 'There has been no report on usage plans for 26 hours: nobody knows how near the limits are.',
    urgency: 'ticket',
    metric: new MathExpression({
      expression: 'FILL(reports, 0)',
      usingMetrics: {
        reports: metricOf('Sonde/Usage', 'Reports', { Service: 'All' }, { statistic: 'Sum', period: HOUR }),
      },
      label: 'reports',
      period: HOUR,
    }),
    operator: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: LATEST_HOURS,
    datapointsToAlarm: LATEST_HOURS,
    // Filled hours breach, those before the first report too: until that hour is over it is a ticket.
    treatMissingData: TreatMissingData.IGNORE,
    silence: { owns: true },
    derivation: 'A report is due every 24 hours.',
  },
]
