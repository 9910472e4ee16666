import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'
import { bounded } from './levelled.ts'
import type { Subjects } from './subjects.ts'

/** Pages are lost unless somebody hears of it by another way. */
export const notificationAlarms = ({ pageTopic }: Subjects): AlarmDefinition[] => [
  bounded({
    key: 'notifications-failing',
    meaning: 'Pages could not be delivered to all who subscribed to them.',
    urgency: 'ticket',
    metric: metricOf(
      'AWS/SNS',
      'NumberOfNotificationsFailed',
      { TopicName: pageTopic },
      { statistic: 'Sum', period: Duration.minutes(5) },
    ),
    threshold: 1,
    inclusive: true,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    derivation: 'Every page counts. This goes the way of tickets, which is another topic.',
  }),
]
