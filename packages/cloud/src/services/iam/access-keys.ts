import { randomBytes } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import { upperAlphanumeric } from '../../kernel/ids.ts'
import type { Collection } from '../../kernel/store.ts'
import { limitExceeded, noSuchEntity } from './errors.ts'
import { type AccessKeyRecord, KEY_SCOPE, type UserRecord } from './records.ts'

/** Of one user. */
const MAX_KEYS = 2

export interface AccessKeysDependencies {
  readonly records: Collection<AccessKeyRecord>
  readonly clock: Clock
}

/** Long-term access keys of users. */
export class AccessKeys {
  readonly #dependencies: AccessKeysDependencies

  constructor(dependencies: AccessKeysDependencies) {
    this.#dependencies = dependencies
  }

  list(account: string, userName: string): AccessKeyRecord[] {
    return this.#dependencies.records
      .list(KEY_SCOPE)
      .filter(record => record.identity.account === account && record.userName === userName)
  }

  /** @throws ServiceError `LimitExceeded` for a third key */
  create(account: string, user: UserRecord): AccessKeyRecord {
    const { records, clock } = this.#dependencies
    if (this.list(account, user.name).length >= MAX_KEYS) {
      throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${MAX_KEYS}`)
    }
    const record: AccessKeyRecord = {
      accessKeyId: `AKIA${upperAlphanumeric(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      identity: { account, arn: user.arn, userId: user.id },
      userName: user.name,
      status: 'Active',
      createDate: clock.now(),
    }
    records.put(KEY_SCOPE, record.accessKeyId, record)
    return record
  }

  delete(account: string, userName: string, accessKeyId: string): void {
    if (!this.list(account, userName).some(record => record.accessKeyId === accessKeyId)) {
      throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`)
    }
    this.#dependencies.records.delete(KEY_SCOPE, accessKeyId)
  }
}
