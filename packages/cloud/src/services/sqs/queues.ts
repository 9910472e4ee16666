import { notImplemented } from '@sonde/wire'
import { arn, parseArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { invalidParameterValue, queueDoesNotExist, queueNameExists } from './errors.ts'
import { MAX_TAGS } from './limits.ts'
import { checkAttributes, settledAttributes } from './queue-attributes.ts'
import type { QueueAt, QueueRecord } from './records.ts'

const NAME = /^[A-Za-z0-9_-]{1,80}$/

type Attributes = Readonly<Record<string, string | undefined>>

const withoutEmpty = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))

const checkName = (name: string): void => {
  if (/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name)) throw notImplemented('FIFO queues')
  if (!NAME.test(name)) {
    throw invalidParameterValue(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    )
  }
}

/** @throws ServiceError where a queue would have more tags than SQS lets it */
export const checkTags = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  if (Object.keys(tags).length > MAX_TAGS) {
    throw invalidParameterValue(`Too many tags: the maximum is ${MAX_TAGS}.`)
  }
  return tags
}

/** The queues of all accounts, without their messages. */
export class Queues {
  readonly #records: Collection<QueueRecord>
  readonly #clock: Clock

  constructor(records: Collection<QueueRecord>, clock: Clock) {
    this.#records = records
    this.#clock = clock
  }

  find(scope: Scope, name: string): QueueRecord | undefined {
    return this.#records.get(scope, name)
  }

  list(scope: Scope): QueueRecord[] {
    return this.#records.list(scope)
  }

  entries(): IterableIterator<{ readonly scope: Scope; readonly value: QueueRecord }> {
    return this.#records.entries()
  }

  /** @throws ServiceError `AWS.SimpleQueueService.NonExistentQueue` */
  byArn(queueArn: string): QueueAt {
    const parsed = parseArn(queueArn)
    if (parsed?.service !== 'sqs') throw queueDoesNotExist()
    const scope = { account: parsed.account, region: parsed.region }
    const queue = this.find(scope, parsed.resource)
    if (!queue) throw queueDoesNotExist()
    return { scope, queue }
  }

  /**
   * The queue that a URL names in its last two parts, account and name; a name alone is one of the caller's account.
   *
   * @throws ServiceError `AWS.SimpleQueueService.NonExistentQueue`
   */
  byUrl(url: string, caller: Scope): QueueAt {
    const at = this.findByUrl(url, caller)
    if (!at) throw queueDoesNotExist()
    return at
  }

  /** The same, where one that is not there is no error. */
  findByUrl(url: string, caller: Scope): QueueAt | undefined {
    const parts = url.split('/')
    const name = parts.pop() ?? ''
    const account = parts.pop() ?? ''
    const scope = /^\d{12}$/.test(account) ? { account, region: caller.region } : caller
    const queue = this.find(scope, name)
    return queue && { scope, queue }
  }

  /**
   * Makes a queue, or answers the one of that name where it has the same attributes.
   *
   * @throws ServiceError `QueueAlreadyExists` naming an attribute that differs, or what {@link checkAttributes} throws
   */
  create(scope: Scope, name: string, given: Attributes = {}, tags: Record<string, string> = {}): QueueRecord {
    checkName(name)
    const attributes = withoutEmpty(this.#check(scope, given))
    const existing = this.find(scope, name)
    if (existing) {
      const settled = settledAttributes(existing)
      const different = Object.entries(attributes).find(([key, value]) => settled[key] !== value)
      if (different) throw queueNameExists(different[0])
      return existing
    }
    const now = this.#clock.now()
    const queue: QueueRecord = {
      id: uuid(),
      name,
      arn: arn(scope, 'sqs', name),
      created: now,
      modified: now,
      attributes,
      tags: checkTags(tags),
    }
    this.#records.put(scope, name, queue)
    return queue
  }

  setAttributes({ scope, queue }: QueueAt, given: Attributes): QueueRecord {
    const attributes = withoutEmpty({ ...queue.attributes, ...this.#check(scope, given) })
    return this.change({ scope, queue }, { attributes, modified: this.#clock.now() })
  }

  change({ scope, queue }: QueueAt, changes: Partial<QueueRecord>): QueueRecord {
    const changed = { ...queue, ...changes }
    this.#records.put(scope, queue.name, changed)
    return changed
  }

  delete({ scope, queue }: QueueAt): void {
    this.#records.delete(scope, queue.name)
  }

  #check(scope: Scope, given: Attributes): Record<string, string> {
    return checkAttributes(given, scope, name => this.find(scope, name) !== undefined)
  }
}
