import { type AlarmRecord, alarmArn, type StateValue } from '../alarm.ts'
import { javaTimestamp, longTimestamp } from '../java-text.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html */
const MAX_DATA = 4_000

const arnOf = ({ scope, alarm }: AlarmRecord): string => alarmArn(scope, alarm.name)

/**
 * Why a composite alarm is in its state: the child that has changed first, or that it was written.
 *
 * @param triggers the children that have changed, in that order
 */
export const compositeReason = (
  record: AlarmRecord,
  value: StateValue,
  triggers: readonly AlarmRecord[],
  written?: 'created' | 'updated',
): string => {
  const [first] = triggers
  if (written || !first) {
    return `${arnOf(record)} was ${written ?? 'updated'} and its alarm rule evaluates to ${value}`
  }
  return `${arnOf(first)} transitioned to ${first.state.value} at ${longTimestamp(first.state.transitioned)}`
}

/** The children that led to the state; of an alarm that was written, those in ALARM. As many as fit. */
export const compositeReasonData = (
  triggers: readonly AlarmRecord[],
  written?: 'created' | 'updated',
): string => {
  const listed = written ? triggers.filter(({ state }) => state.value === 'ALARM') : triggers
  const triggeringAlarms = listed.map(child => ({
    arn: arnOf(child),
    state: { value: child.state.value, timestamp: javaTimestamp(child.state.transitioned) },
  }))
  let text = JSON.stringify({ triggeringAlarms })
  while (text.length > MAX_DATA) {
    triggeringAlarms.pop()
    text = JSON.stringify({ triggeringAlarms })
  }
  return text
}
