import type { Tag } from '@aws-sdk/client-scheduler'
import { arn, parseArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import { RequestCheck } from '../../kernel/request-check.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { conflict, notFound, quotaExceeded, validation } from './errors.ts'
import { DEFAULT_GROUP, MAX_GROUPS, NAME_PATTERN } from './limits.ts'
import type { GroupRecord } from './records.ts'

const MAX_TAGS = 200

export const groupArn = (scope: Scope, name: string): string =>
  arn(scope, 'scheduler', `schedule-group/${name}`)

/** @throws ServiceError `ValidationException` */
export const checkTags = (tags: readonly Tag[] = []): readonly Tag[] => {
  const check = new RequestCheck()
  check.list('tags', tags, 0, MAX_TAGS)
  tags.forEach(({ Key, Value }, index) => {
    check.text(`tags.${index + 1}.member.key`, Key, { min: 1, max: 128 })
    check.text(`tags.${index + 1}.member.value`, Value, { min: 1, max: 256 })
  })
  check.report()
  return tags
}

/** Groups of schedules. The default one of every account and region is always there. */
export class Groups {
  readonly #records: Collection<GroupRecord>
  readonly #clock: Clock

  constructor(records: Collection<GroupRecord>, clock: Clock) {
    this.#records = records
    this.#clock = clock
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  get(scope: Scope, name: string): GroupRecord {
    const record = this.#records.get(scope, name)
    if (record) return record
    if (name !== DEFAULT_GROUP) throw notFound(`Schedule group ${name} does not exist.`)
    return { name, tags: [], created: 0, modified: 0 }
  }

  list(scope: Scope): GroupRecord[] {
    const custom = this.#records.list(scope).filter(({ name }) => name !== DEFAULT_GROUP)
    return [this.get(scope, DEFAULT_GROUP), ...custom]
  }

  /** The group of that client token where it was created with it before. @throws ServiceError `ConflictException` */
  create(
    scope: Scope,
    group: { name: string; tags: readonly Tag[]; clientToken?: string | undefined },
  ): GroupRecord {
    const check = new RequestCheck()
    check.text('name', group.name, { min: 1, max: 64, pattern: NAME_PATTERN })
    check.report()
    const present = this.#records.get(scope, group.name)
    if (present && group.clientToken !== undefined && present.clientToken === group.clientToken) {
      return present
    }
    if (present || group.name === DEFAULT_GROUP) {
      throw conflict(`Schedule group ${group.name} already exists.`)
    }
    if (this.list(scope).length >= MAX_GROUPS)
      throw quotaExceeded('The number of schedule groups is exceeded.')
    const now = this.#clock.now()
    const record: GroupRecord = {
      name: group.name,
      tags: checkTags(group.tags),
      created: now,
      modified: now,
      ...(group.clientToken !== undefined && { clientToken: group.clientToken }),
    }
    this.#records.put(scope, group.name, record)
    return record
  }

  /** @throws ServiceError `ResourceNotFoundException`, `ValidationException` for the default group */
  delete(scope: Scope, name: string): void {
    if (name === DEFAULT_GROUP) throw validation('The default schedule group cannot be deleted.')
    this.get(scope, name)
    this.#records.delete(scope, name)
  }

  setTags(scope: Scope, group: GroupRecord, tags: readonly Tag[]): void {
    this.#records.put(scope, group.name, { ...group, tags: checkTags(tags), modified: this.#clock.now() })
  }

  /** The group that an ARN names. @throws ServiceError `ValidationException`, `ResourceNotFoundException` */
  byArn(groupOrArn: string): { readonly scope: Scope; readonly group: GroupRecord } {
    const parsed = parseArn(groupOrArn)
    const [type, name, ...more] = parsed?.resource.split('/') ?? []
    if (parsed?.service !== 'scheduler' || type !== 'schedule-group' || !name || more.length > 0) {
      throw validation(`${groupOrArn} is not the ARN of a schedule group.`)
    }
    const scope = { account: parsed.account, region: parsed.region }
    return { scope, group: this.get(scope, name) }
  }
}
