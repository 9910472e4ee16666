import { alarmArn } from '../alarm.ts'
import { javaTimestamp } from '../java-text.ts'
import type { StateChange } from './change.ts'
import { changeDetail } from './events.ts'

/** The event that an alarm invokes its functions with, as JSON text. */
export const lambdaPayload = (change: StateChange): string =>
  JSON.stringify({
    source: 'aws.cloudwatch',
    alarmArn: alarmArn(change.scope, change.alarm.name),
    accountId: change.scope.account,
    time: javaTimestamp(change.state.transitioned),
    region: change.scope.region,
    alarmData: changeDetail(change),
  })
