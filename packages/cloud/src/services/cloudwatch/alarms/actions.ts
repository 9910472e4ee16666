import { parseArn } from '../../../kernel/arn.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { FunctionInvoker, TopicPublisher } from '../../../kernel/ports.ts'
import { actionsOf, alarmArn, type MetricAlarm } from './alarm.ts'
import type { AlarmHistory } from './history.ts'
import { actionItem } from './history-item.ts'
import type { StateChange } from './notification/change.ts'
import { lambdaPayload } from './notification/lambda-payload.ts'
import { notificationMessage, notificationSubject } from './notification/sns-message.ts'

export interface ActionsDependencies {
  readonly clock: Clock
  readonly history: AlarmHistory
  readonly topics: TopicPublisher
  readonly functions: FunctionInvoker
}

/** Runs alarms' actions: each ends in an item of the alarm's history, none reaches who asked for it. */
export interface AlarmActions {
  run(change: StateChange): void
}

/** Seconds: the alarm's own, or that of its metrics, which all have the same. */
export const periodOf = ({ period, metrics }: MetricAlarm): number =>
  period ??
  metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ??
  metrics?.find(({ Period }) => Period !== undefined)?.Period ??
  60

const ALARMS = 'cloudwatch.amazonaws.com'
const LAMBDA_ALARMS = 'lambda.alarms.cloudwatch.amazonaws.com'

export const createActions = ({ clock, history, topics, functions }: ActionsDependencies): AlarmActions => {
  const notify = async (topicArn: string, message: string, change: StateChange): Promise<void> => {
    const sourceArn = alarmArn(change.scope, change.alarm.name)
    const subject = notificationSubject(change)
    await topics.publish({ topicArn, subject, message, deliverer: { service: ALARMS, sourceArn } })
  }
  const invoke = async (functionArn: string, message: string, change: StateChange): Promise<void> => {
    await functions.invoke({
      functionArn,
      payload: Buffer.from(message),
      invocationType: 'Event',
      caller: { service: LAMBDA_ALARMS, sourceArn: alarmArn(change.scope, change.alarm.name) },
    })
  }

  const execute = async (resource: string, change: StateChange): Promise<void> => {
    const { scope, alarm, state } = change
    const service = parseArn(resource)?.service
    let message: string | undefined
    let failure: string | undefined
    try {
      if (service === 'sns') {
        message = notificationMessage(change, alarm.type === 'MetricAlarm' ? periodOf(alarm) : 0)
        await notify(resource, message, change)
      } else if (service === 'lambda') {
        message = lambdaPayload(change)
        await invoke(resource, message, change)
      } else {
        failure = `${service} actions are not available in the local cloud`
      }
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error)
    }
    const action = { resource, stateUpdated: state.updated, ...(message !== undefined && { message }) }
    history.add(scope, actionItem(alarm, action, clock.now(), failure))
  }

  return {
    run: change => {
      if (!change.alarm.actionsEnabled) return
      for (const resource of actionsOf(change.alarm, change.state.value)) {
        clock.hold(execute(resource, change))
      }
    },
  }
}
