import type { Tag } from '@aws-sdk/client-xray'
import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { invalidRequest } from '../errors.ts'

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-tagging.html */
const MAX_TAGS = 50
const MAX_KEY = 128
const MAX_VALUE = 256
const RESERVED = /^aws:/i

const tooMany = (arn: string) =>
  new ServiceError('TooManyTagsException', `A resource can have at most ${MAX_TAGS} tags`, {
    status: 400,
    fields: { ResourceName: arn },
  })

const checkKey = (key: string | undefined): void => {
  if (key === undefined || key.length < 1 || key.length > MAX_KEY) {
    throw invalidRequest(`A tag key must have 1 to ${MAX_KEY} characters`)
  }
  if (RESERVED.test(key)) throw invalidRequest('Tag keys that begin with aws: are reserved')
}

/** Tags of groups and sampling rules, by ARN. */
export class Tags {
  readonly #tags: Collection<readonly Tag[]>

  constructor(store: Store) {
    this.#tags = store.collection('xray.tags')
  }

  /** @throws ServiceError `InvalidRequestException` for tags out of bounds, `TooManyTagsException` */
  check(tags: readonly Tag[], arn = ''): Tag[] {
    const keys = new Set<string>()
    for (const { Key, Value } of tags) {
      checkKey(Key)
      if (Value === undefined || Value.length > MAX_VALUE) {
        throw invalidRequest(`A tag value must have at most ${MAX_VALUE} characters`)
      }
      if (keys.has(Key ?? '')) throw invalidRequest(`The tag key ${Key} is given twice`)
      keys.add(Key ?? '')
    }
    if (tags.length > MAX_TAGS) throw tooMany(arn)
    return [...tags]
  }

  list(scope: Scope, arn: string): Tag[] {
    return [...(this.#tags.get(scope, arn) ?? [])]
  }

  /** Adds tags, in the place of those with the same keys. */
  put(scope: Scope, arn: string, tags: readonly Tag[]): void {
    if (tags.length === 0) return
    const merged = new Map([...this.list(scope, arn), ...this.check(tags, arn)].map(tag => [tag.Key, tag]))
    if (merged.size > MAX_TAGS) throw tooMany(arn)
    this.#tags.put(scope, arn, [...merged.values()])
  }

  remove(scope: Scope, arn: string, keys: readonly string[]): void {
    for (const key of keys) checkKey(key)
    const rest = this.list(scope, arn).filter(({ Key = '' }) => !keys.includes(Key))
    if (rest.length > 0) this.#tags.put(scope, arn, rest)
    else this.delete(scope, arn)
  }

  delete(scope: Scope, arn: string): void {
    this.#tags.delete(scope, arn)
  }
}
