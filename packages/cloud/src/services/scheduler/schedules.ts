import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { checkSchedule, type ScheduleInput } from './check-schedule.ts'
import { conflict, notFound, quotaExceeded } from './errors.ts'
import type { Groups } from './groups.ts'
import { DEFAULT_GROUP, MAX_SCHEDULES } from './limits.ts'
import type { ScheduleRecord } from './records.ts'
import { trustsScheduler } from './trust.ts'

export interface SchedulesDependencies {
  readonly records: Collection<ScheduleRecord>
  readonly groups: Groups
  readonly clock: Clock
  /** The JSON text of a role's trust policy, or `undefined` where the role does not exist. */
  readonly trustPolicy: (roleArn: string) => string | undefined
  /** Called with a schedule that was put, or is gone. */
  readonly onChange: (scope: Scope, schedule: ScheduleRecord, isDeleted: boolean) => void
}

const keyOf = ({ group, name }: { group: string; name: string }): string => `${group}/${name}`

/** Schedules of all groups. */
export class Schedules {
  readonly #dependencies: SchedulesDependencies

  constructor(dependencies: SchedulesDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  get(scope: Scope, name: string, group: string = DEFAULT_GROUP): ScheduleRecord {
    const record = this.find(scope, name, group)
    if (!record) throw notFound(`Schedule ${name} does not exist.`)
    return record
  }

  find(scope: Scope, name: string, group: string = DEFAULT_GROUP): ScheduleRecord | undefined {
    return this.#dependencies.records.get(scope, keyOf({ group, name }))
  }

  list(scope: Scope): ScheduleRecord[] {
    return this.#dependencies.records.list(scope)
  }

  entries(): IterableIterator<{ readonly scope: Scope; readonly value: ScheduleRecord }> {
    return this.#dependencies.records.entries()
  }

  /** @throws ServiceError `ConflictException`, `ValidationException`, `ResourceNotFoundException` of its group */
  create(scope: Scope, input: ScheduleInput): ScheduleRecord {
    const schedule = this.#read(scope, input, undefined)
    const present = this.find(scope, schedule.name, schedule.group)
    // A client that tries again says so by its token.
    if (present && input.ClientToken !== undefined && present.clientToken === input.ClientToken)
      return present
    if (present) throw conflict(`Schedule ${schedule.name} already exists.`)
    if (this.list(scope).length >= MAX_SCHEDULES) throw quotaExceeded('The number of schedules is exceeded.')
    return this.#put(scope, schedule)
  }

  /** Makes all of a schedule anew. @throws ServiceError `ResourceNotFoundException`, `ValidationException` */
  update(scope: Scope, input: ScheduleInput): ScheduleRecord {
    const present = this.get(scope, input.Name ?? '', input.GroupName)
    return this.#put(scope, this.#read(scope, input, present))
  }

  /** Whether there was one. */
  delete(scope: Scope, schedule: ScheduleRecord): boolean {
    const isDeleted = this.#dependencies.records.delete(scope, keyOf(schedule))
    if (isDeleted) this.#dependencies.onChange(scope, schedule, true)
    return isDeleted
  }

  #put(scope: Scope, schedule: ScheduleRecord): ScheduleRecord {
    this.#dependencies.records.put(scope, keyOf(schedule), schedule)
    this.#dependencies.onChange(scope, schedule, false)
    return schedule
  }

  #read(scope: Scope, input: ScheduleInput, present: ScheduleRecord | undefined): ScheduleRecord {
    const { clock, trustPolicy, groups } = this.#dependencies
    const now = clock.now()
    const groupName = input.GroupName ?? DEFAULT_GROUP
    const mayAssume = (roleArn: string): boolean => {
      const document = trustPolicy(roleArn)
      return document !== undefined && trustsScheduler(document, roleArn, scope, groupName)
    }
    const { target, window } = checkSchedule(scope, input, { now, mayAssume })
    const { StartDate, EndDate, Description, ClientToken } = input
    const group = groups.get(scope, groupName).name
    const expression = input.ScheduleExpression ?? ''
    return {
      name: input.Name ?? '',
      group,
      expression,
      timezone: input.ScheduleExpressionTimezone ?? 'UTC',
      ...(StartDate && { startDate: StartDate.getTime() }),
      ...(EndDate && { endDate: EndDate.getTime() }),
      ...(Description !== undefined && { description: Description }),
      state: input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
      target,
      window,
      actionAfterCompletion: input.ActionAfterCompletion === 'DELETE' ? 'DELETE' : 'NONE',
      expressedAt: present?.expression === expression ? present.expressedAt : now,
      created: present?.created ?? now,
      modified: now,
      ...(ClientToken !== undefined && { clientToken: ClientToken }),
    }
  }
}
