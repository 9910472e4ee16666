import type { Tag } from '@aws-sdk/client-eventbridge'
import type { Clock } from '../../kernel/clock.ts'
import { identityAllowed } from '../../kernel/policy/resource-access.ts'
import { InvalidResourcePolicy, parseResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { PolicyDocument, PolicyStatement } from '../../kernel/policy/statement.ts'
import type { Authorizer, Identity } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { busExists, busNotFound, limitExceeded, validation } from './errors.ts'
import { MAX_BUSES, MAX_POLICY_LENGTH } from './limits.ts'
import { type BusAt, busArn, DEFAULT_BUS } from './names.ts'
import type { BusRecord } from './records.ts'

export interface BusesDependencies {
  readonly records: Collection<BusRecord>
  readonly clock: Clock
  readonly authorizer: Pick<Authorizer, 'allows'>
}

const VERSION = '2012-10-17'

/** Event buses. The default one of every account and region is there without a record until something is set on it. */
export class Buses {
  readonly #records: Collection<BusRecord>
  readonly #clock: Clock
  readonly #authorizer: Pick<Authorizer, 'allows'>

  constructor({ records, clock, authorizer }: BusesDependencies) {
    this.#records = records
    this.#clock = clock
    this.#authorizer = authorizer
  }

  find({ scope, name }: BusAt): BusRecord | undefined {
    const record = this.#records.get(scope, name)
    if (record || name !== DEFAULT_BUS) return record
    return { name, tags: [], created: 0, modified: 0 }
  }

  /** @throws ServiceError `ResourceNotFoundException` */
  get(at: BusAt): BusRecord {
    const record = this.find(at)
    if (!record) throw busNotFound(at.name)
    return record
  }

  list(scope: Scope): BusRecord[] {
    const custom = this.#records.list(scope).filter(({ name }) => name !== DEFAULT_BUS)
    return [this.get({ scope, name: DEFAULT_BUS }), ...custom]
  }

  /** @throws ServiceError `ResourceAlreadyExistsException`, `LimitExceededException` */
  create(scope: Scope, bus: { name: string; description?: string | undefined; tags: readonly Tag[] }): BusAt {
    const at = { scope, name: bus.name }
    if (this.find(at)) throw busExists(bus.name)
    if (this.list(scope).length >= MAX_BUSES) throw limitExceeded()
    const now = this.#clock.now()
    this.#records.put(scope, bus.name, {
      name: bus.name,
      ...(bus.description !== undefined && { description: bus.description }),
      tags: bus.tags,
      created: now,
      modified: now,
    })
    return at
  }

  change(at: BusAt, change: Partial<BusRecord>): BusRecord {
    const now = this.#clock.now()
    const bus = this.get(at)
    const changed = { ...bus, ...change, created: bus.created || now, modified: now }
    this.#records.put(at.scope, at.name, changed)
    return changed
  }

  delete({ scope, name }: BusAt): boolean {
    return this.#records.delete(scope, name)
  }

  /**
   * @param text JSON; `undefined` takes the policy away
   * @throws ServiceError `ResourceNotFoundException`, `ValidationException`
   */
  setPolicy(at: BusAt, text: string | undefined): void {
    const { policy: _former, ...bus } = this.get(at)
    if (text !== undefined) {
      if (text.length > MAX_POLICY_LENGTH) {
        throw validation('Parameter Policy is not valid. Reason: it is too long.')
      }
      try {
        parseResourcePolicy(text)
      } catch (error) {
        if (!(error instanceof InvalidResourcePolicy)) throw error
        throw validation(`Parameter Policy is not valid. Reason: ${error.message}.`)
      }
    }
    const now = this.#clock.now()
    const changed = { ...bus, ...(text !== undefined && { policy: text }), created: bus.created || now }
    this.#records.put(at.scope, at.name, { ...changed, modified: now })
  }

  /** Adds a statement to the policy, in place of one of the same id. */
  putStatement(at: BusAt, statement: PolicyStatement): void {
    const others = this.#statements(at).filter(({ Sid }) => Sid !== statement.Sid)
    this.#putStatements(at, [...others, statement])
  }

  /** Whether there was a statement of that id. */
  removeStatement(at: BusAt, id: string): boolean {
    const statements = this.#statements(at)
    const others = statements.filter(({ Sid }) => Sid !== id)
    if (others.length === statements.length) return false
    this.#putStatements(at, others)
    return true
  }

  /** Whether an identity may put events on a bus: in its account, or by the bus's policy. */
  mayPut(at: BusAt, identity: Identity): boolean {
    const { policy } = this.get(at)
    return identityAllowed(
      {
        policy: policy === undefined ? undefined : parseResourcePolicy(policy),
        owner: at.scope.account,
        resource: busArn(at),
        action: 'events:PutEvents',
      },
      identity,
      this.#authorizer,
    )
  }

  #statements(at: BusAt): readonly PolicyStatement[] {
    const { policy } = this.get(at)
    return policy === undefined ? [] : parseResourcePolicy(policy).Statement
  }

  #putStatements(at: BusAt, statements: readonly PolicyStatement[]): void {
    const document: PolicyDocument = { Version: VERSION, Statement: statements }
    this.setPolicy(at, statements.length === 0 ? undefined : JSON.stringify(document))
  }
}
