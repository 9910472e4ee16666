import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'
import { SILENCE_OWNER } from './health-check.ts'
import { bounded, levelled } from './levelled.ts'
import type { Subjects } from './subjects.ts'

const MINUTE = Duration.minutes(1)
/** Of the band in which traffic is normal. */
const BAND_WIDTH = 3
/** Fewer requests a minute than this say nothing about a share. */
const LEAST_REQUESTS = 20

/** Speaks of silence where no health check does. */
export const TRAFFIC_SILENT = 'traffic-silent'
const SILENT_MINUTES = 15

const silent = (count: IMetric): AlarmDefinition => ({
  key: TRAFFIC_SILENT,
  meaning:
    'Nobody has asked anything for a quarter of an hour, and no health check tells whether anybody would be answered.',
  urgency: 'ticket',
  metric: count,
  operator: ComparisonOperator.LESS_THAN_THRESHOLD,
  threshold: 1,
  evaluationPeriods: SILENT_MINUTES,
  datapointsToAlarm: SILENT_MINUTES,
  treatMissingData: TreatMissingData.BREACHING,
  silence: { owns: true },
  derivation: `${SILENT_MINUTES} minutes without a request. A health check would know in five, and could page.`,
})

/** Alarms on how much is asked, and how much of it wrongly. */
export const trafficAlarms = ({ api, capacity, healthCheck }: Subjects): AlarmDefinition[] => {
  const dimensions = { ApiName: api.apiName, Stage: api.stageName }
  const count = (period: Duration) =>
    metricOf('AWS/ApiGateway', 'Count', dimensions, { statistic: 'SampleCount', period, label: 'requests' })
  const clientErrors = new MathExpression({
    expression: `IF(total >= ${LEAST_REQUESTS}, bad / total, 0)`,
    usingMetrics: {
      bad: metricOf('AWS/ApiGateway', '4XXError', dimensions, { statistic: 'Sum', period: MINUTE }),
      total: count(MINUTE),
    },
    label: 'share of refused requests',
    period: MINUTE,
  })
  const alarms: AlarmDefinition[] = [
    ...(healthCheck ? [] : [silent(count(MINUTE))]),
    {
      key: 'traffic-anomalous',
      meaning: 'Traffic is not what it is at this hour of this day of the week.',
      urgency: 'ticket',
      metric: count(Duration.minutes(5)),
      operator: ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD,
      threshold: BAND_WIDTH,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      silence: { ownedBy: SILENCE_OWNER },
      derivation: `${BAND_WIDTH} standard deviations around what CloudWatch has learnt of up to two weeks.`,
      anomaly: true,
    },
    ...[0.05, 0.2].map((share, level) =>
      bounded({
        key: `client-errors-${level === 0 ? 'warn' : 'critical'}`,
        meaning: 'Many requests are refused (4XX): a client is broken, throttled or probing.',
        urgency: 'ticket',
        metric: clientErrors,
        threshold: share,
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
        derivation: `${share * 100} % of at least ${LEAST_REQUESTS} requests a minute, for five minutes. Their fault, so nobody is woken.`,
      }),
    ),
  ]
  if (capacity) {
    alarms.push(
      ...levelled({
        key: 'traffic-high',
        meaning: 'Traffic approaches what the service has been shown to take.',
        metric: count(MINUTE),
        limit: capacity.requestsPerMinute,
        from: 'requests a minute that a load test has shown it takes.',
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
      }),
    )
  }
  if (capacity?.floor !== undefined) {
    alarms.push({
      key: 'traffic-low',
      meaning: 'There is less traffic than there ever should be.',
      urgency: 'ticket',
      metric: count(MINUTE),
      operator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: capacity.floor,
      evaluationPeriods: 10,
      datapointsToAlarm: 10,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      silence: { ownedBy: SILENCE_OWNER },
      derivation: `Below ${capacity.floor} requests a minute, as its operators say. No traffic at all is the health check's to tell.`,
    })
  }
  return alarms
}
