import { Deliveries } from '../../delivery/deliveries.ts'
import type { TargetPorts } from '../../delivery/target-ports.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Authorizer, MetricRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { Firing } from './firing.ts'
import { Groups } from './groups.ts'
import { schedulerOperations } from './operations.ts'
import type { GroupRecord, ScheduleRecord } from './records.ts'
import { schedulerResources } from './resources.ts'
import {
  deliverForSchedule,
  type ScheduleDelivery,
  scheduleDeadLetter,
  scheduleObserver,
} from './schedule-delivery.ts'
import { Schedules } from './schedules.ts'

export interface SchedulerDependencies extends TargetPorts {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricRecorder
  /** Asked what a schedule's role allows, when it is invoked. */
  readonly authorizer: Pick<Authorizer, 'allows'>
  /** The JSON text of a role's trust policy, or `undefined` where the role does not exist. */
  readonly trustPolicy: (roleArn: string) => string | undefined
  /** Receives what failed without being an AWS error. */
  readonly onDefect: (error: unknown) => void
}

/** EventBridge Scheduler: schedules in time zones that invoke targets with a role. */
export const createScheduler = (dependencies: SchedulerDependencies): CloudService => {
  const { store, clock, authorizer, metrics, trustPolicy, onDefect } = dependencies
  const groups = new Groups(store.collection<GroupRecord>('scheduler.groups'), clock)
  const schedules: Schedules = new Schedules({
    records: store.collection<ScheduleRecord>('scheduler.schedules'),
    groups,
    clock,
    trustPolicy,
    onChange: (scope, schedule, isDeleted) => firing.changed(scope, schedule, isDeleted),
  })
  const deliveries = new Deliveries<ScheduleDelivery>({
    clock,
    waiting: store.collection<ScheduleDelivery>('scheduler.deliveries'),
    queues: dependencies.queues,
    deliver: deliverForSchedule(dependencies, authorizer, clock),
    deadLetter: scheduleDeadLetter(authorizer),
    observer: scheduleObserver(metrics, clock),
    onDefect,
  })
  const firing: Firing = new Firing({ schedules, deliveries, clock })
  const parts = { schedules, groups }
  return {
    id: 'scheduler',
    apis: [{ api: 'scheduler', operations: schedulerOperations(parts) }],
    resources: schedulerResources(parts),
    start: async () => {
      deliveries.start()
      firing.start()
    },
    stop: async () => {
      firing.stop()
      deliveries.stop()
    },
    reset: () => {
      firing.clear()
      deliveries.reset()
    },
  }
}
