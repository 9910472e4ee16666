import type { Deliveries } from '../../delivery/deliveries.ts'
import { DEFAULT_EVENT_AGE, DEFAULT_RETRY_ATTEMPTS } from '../../delivery/retry.ts'
import { isAnotherTime, Timetable } from '../../delivery/timetable.ts'
import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import { fillContext, type InvocationContext } from './context-attributes.ts'
import { occurrencesOf, scheduleArn } from './occurrences.ts'
import type { ScheduleRecord } from './records.ts'
import type { ScheduleDelivery } from './schedule-delivery.ts'
import type { Schedules } from './schedules.ts'

export interface FiringDependencies {
  readonly schedules: Schedules
  readonly deliveries: Deliveries<ScheduleDelivery>
  readonly clock: Clock
}

const keyOf = (scope: Scope, { group, name }: ScheduleRecord): string => `${scopeKey(scope)} ${group}/${name}`

const secondOf = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`

/** What a target gets that was given no input. Its detail is a text. */
const defaultInput = (scope: Scope, context: InvocationContext): string =>
  JSON.stringify({
    version: '0',
    id: context.executionId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: scope.account,
    time: context.scheduledTime,
    region: scope.region,
    resources: [context.scheduleArn],
    detail: '{}',
  })

/**
 * Invokes schedules' targets by the cloud's clock. What passes while the cloud is stopped, or while the clock is set
 * forward, is not made up for: also not a one-time schedule.
 */
export class Firing {
  readonly #dependencies: FiringDependencies
  readonly #timetable: Timetable
  #isStarted = false

  constructor(dependencies: FiringDependencies) {
    this.#dependencies = dependencies
    this.#timetable = new Timetable(dependencies.clock)
    dependencies.clock.onSet(by => {
      if (this.#isStarted && isAnotherTime(by)) this.start()
    })
  }

  start(): void {
    this.#isStarted = true
    const now = this.#dependencies.clock.now()
    // One whose last time was missed is as good as completed.
    for (const { scope, value } of [...this.#dependencies.schedules.entries()]) {
      if (!this.#arm(scope, value, now)) this.#complete(scope, value)
    }
  }

  stop(): void {
    this.#isStarted = false
    this.clear()
  }

  /** Forgets all schedules, until they are told of again. */
  clear(): void {
    this.#timetable.clear()
  }

  changed(scope: Scope, schedule: ScheduleRecord, isDeleted: boolean): void {
    this.#timetable.delete(keyOf(scope, schedule))
    if (isDeleted) return
    // A rate without a start date begins at once, so what is due at that moment counts where it was just expressed.
    const isNew = schedule.expressedAt === schedule.modified
    this.#arm(scope, schedule, isNew ? schedule.expressedAt - 1 : this.#dependencies.clock.now())
  }

  #complete(scope: Scope, schedule: ScheduleRecord): void {
    if (schedule.actionAfterCompletion === 'DELETE') this.#dependencies.schedules.delete(scope, schedule)
  }

  /** Whether it occurs again, or may once it is enabled. */
  #arm(scope: Scope, schedule: ScheduleRecord, after: number): boolean {
    if (schedule.state !== 'ENABLED') return true
    const { delay, next } = occurrencesOf(scope, schedule, this.#dependencies.clock.now())
    return this.#timetable.set(
      keyOf(scope, schedule),
      {
        next: time => {
          const scheduled = next(time - delay)
          return scheduled === undefined ? undefined : scheduled + delay
        },
        fire: due => this.#fire(scope, schedule, due - delay),
        end: () => this.#complete(scope, schedule),
      },
      after,
    )
  }

  #fire(scope: Scope, schedule: ScheduleRecord, scheduled: number): void {
    const { deliveries, clock } = this.#dependencies
    const { target } = schedule
    const { RetryPolicy: retry, DeadLetterConfig: deadLetter, EventBridgeParameters: event } = target
    const now = clock.now()
    const context: InvocationContext = {
      scheduleArn: scheduleArn(scope, schedule),
      scheduledTime: secondOf(scheduled),
      executionId: uuid(),
    }
    deliveries.send(scope, {
      id: context.executionId,
      targetArn: target.Arn,
      payload:
        target.Input === undefined
          ? event
            ? '{}'
            : defaultInput(scope, context)
          : fillContext(target.Input, context),
      acceptedAt: now,
      attempts: 0,
      dueAt: now,
      maximumRetryAttempts: retry?.MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
      maximumEventAge: retry?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE,
      ...(deadLetter?.Arn !== undefined && { deadLetterQueue: deadLetter.Arn }),
      scheduleArn: context.scheduleArn,
      group: schedule.group,
      roleArn: target.RoleArn,
      executionId: context.executionId,
      scheduledTime: context.scheduledTime,
      ...(event && { event: { source: event.Source ?? '', detailType: event.DetailType ?? '' } }),
    })
  }
}
