import { ServiceError } from '@sonde/wire'
import { deliver } from '../../delivery/deliver.ts'
import type { DeadLetter, Delivery, DeliveryObserver, FailedDelivery } from '../../delivery/deliveries.ts'
import { targetKind } from '../../delivery/target-kind.ts'
import type { TargetPorts } from '../../delivery/target-ports.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Authorizer, MetricRecorder } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { fillAttempt } from './context-attributes.ts'

/** An invocation on its way to a schedule's target. */
export interface ScheduleDelivery extends Delivery {
  readonly scheduleArn: string
  readonly group: string
  readonly roleArn: string
  readonly executionId: string
  /** ISO 8601 to the second. */
  readonly scheduledTime: string
  /** Of an event bus. */
  readonly event?: { readonly source: string; readonly detailType: string }
}

/** What the role must allow, by the kind of target. */
const ACTIONS = {
  lambda: 'lambda:InvokeFunction',
  sns: 'sns:Publish',
  sqs: 'sqs:SendMessage',
  'event-bus': 'events:PutEvents',
  logs: 'logs:PutLogEvents',
} as const

/** @throws ServiceError `AccessDeniedException` */
const requireAllowed = (
  authorizer: Pick<Authorizer, 'allows'>,
  roleArn: string,
  action: string,
  resource: string,
): void => {
  if (authorizer.allows(roleArn, action, resource)) return
  throw new ServiceError(
    'AccessDeniedException',
    `User: ${roleArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based ` +
      `policy allows the ${action} action`,
  )
}

/** Makes one attempt, with what the schedule's role allows. @throws ServiceError of the target */
export const deliverForSchedule =
  (ports: TargetPorts, authorizer: Pick<Authorizer, 'allows'>, clock: Clock) =>
  async (scope: Scope, delivery: ScheduleDelivery): Promise<void> => {
    const { targetArn, roleArn, event } = delivery
    const kind = targetKind(targetArn)
    if (kind) requireAllowed(authorizer, roleArn, ACTIONS[kind], targetArn)
    const payload = fillAttempt(delivery.payload, delivery.attempts)
    await deliver(ports, {
      targetArn,
      payload,
      now: clock.now(),
      ...(event && {
        busEntry: {
          entry: { ...event, detail: payload, resources: [delivery.scheduleArn] },
          from: { ...scope, isPassedOn: false },
        },
      }),
    })
  }

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
export const scheduleDeadLetter =
  (authorizer: Pick<Authorizer, 'allows'>) =>
  ({ delivery, failure }: FailedDelivery<ScheduleDelivery>): DeadLetter => {
    const { deadLetterQueue = '', roleArn } = delivery
    requireAllowed(authorizer, roleArn, 'sqs:SendMessage', deadLetterQueue)
    return {
      body: fillAttempt(delivery.payload, delivery.attempts),
      attributes: {
        ERROR_CODE: failure.cause,
        EXECUTION_ID: delivery.executionId,
        IS_PAYLOAD_TRUNCATED: 'false',
        SCHEDULED_TIME: delivery.scheduledTime,
        SCHEDULE_ARN: delivery.scheduleArn,
      },
    }
  }

/**
 * Metrics of schedules in `AWS/Scheduler`, by `ScheduleGroup`.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
export const scheduleObserver = (
  metrics: MetricRecorder,
  clock: Clock,
): DeliveryObserver<ScheduleDelivery> => {
  const count = (scope: Scope, { group }: ScheduleDelivery, name: string): void => {
    metrics.record(scope, [
      {
        namespace: 'AWS/Scheduler',
        name,
        dimensions: { ScheduleGroup: group },
        value: 1,
        unit: 'Count',
        timestamp: clock.now(),
      },
    ])
  }
  return {
    attempted: (scope, delivery) => count(scope, delivery, 'InvocationAttemptCount'),
    attemptFailed: (scope, delivery, { code }) => {
      count(scope, delivery, 'TargetErrorCount')
      if (code === 'THROTTLING') count(scope, delivery, 'TargetErrorThrottledCount')
    },
    failed: (scope, { delivery, exhausted }) => {
      if (exhausted) count(scope, delivery, 'InvocationDroppedCount')
    },
    deadLettered: (scope, delivery, isSent) =>
      count(
        scope,
        delivery,
        isSent ? 'InvocationsSentToDeadLetterCount' : 'InvocationsFailedToBeSentToDeadLetterCount',
      ),
  }
}
