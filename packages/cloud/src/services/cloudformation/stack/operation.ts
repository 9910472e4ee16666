import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation'
import type { Clock } from '../../../kernel/clock.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { ParameterReader } from '../../../kernel/ports.ts'
import type { ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { FindResourceType } from '../template/resource-checks.ts'
import { OperationAbandoned } from './failure.ts'
import { type EventRecord, type ResourceRecord, STACK_TYPE, type StackRecord } from './records.ts'
import type { StackStore } from './stack-store.ts'

/** Resources of one stack that are worked on at a time. */
export const RESOURCE_CONCURRENCY = 10
const MAX_REASON_LENGTH = 2048

export interface OperationDependencies {
  readonly stacks: StackStore
  readonly clock: Clock
  readonly parameters: ParameterReader
  readonly findType: FindResourceType
}

/**
 * One create, update or delete of a stack while it runs: the only writer of that stack's records.
 * After {@link abandon} every write throws `OperationAbandoned`.
 */
export class Operation {
  readonly scope: Scope
  readonly stackId: string
  readonly token: string | undefined
  readonly #dependencies: OperationDependencies
  #stack: StackRecord
  #abandoned = false
  #cancelled = false
  #deadline = Number.POSITIVE_INFINITY

  constructor(
    dependencies: OperationDependencies,
    scope: Scope,
    stack: StackRecord,
    token: string | undefined,
  ) {
    this.#dependencies = dependencies
    this.scope = scope
    this.stackId = stack.stackId
    this.#stack = stack
    this.token = token
  }

  get stack(): StackRecord {
    return this.#stack
  }

  /** Whether another operation, a delete, waits to take over. */
  get cancelled(): boolean {
    return this.#cancelled
  }

  get abandoned(): boolean {
    return this.#abandoned
  }

  get timedOut(): boolean {
    return this.#dependencies.clock.now() >= this.#deadline
  }

  /** Whether to start no more resources. */
  get stopped(): boolean {
    return this.#abandoned || this.#cancelled || this.timedOut
  }

  cancel(): void {
    this.#cancelled = true
  }

  abandon(): void {
    this.#abandoned = true
  }

  /** Minutes of the clock from now; `undefined` lifts the limit. */
  limit(minutes: number | undefined): void {
    this.#deadline =
      minutes === undefined ? Number.POSITIVE_INFINITY : this.#dependencies.clock.now() + minutes * 60_000
  }

  now(): number {
    return this.#dependencies.clock.now()
  }

  /** @throws Error where no service provides the type any more */
  type(name: string): ResourceType {
    const type = this.#dependencies.findType(name)
    if (!type) throw new Error(`Resource type ${name} is not provided by this version of Sonde`)
    return type
  }

  parameter(name: string): string | undefined {
    return this.#dependencies.parameters.getParameter(this.scope, name)
  }

  /** Writes the stack's record; a cancelled operation's stack belongs to the next one already. */
  replace(stack: StackRecord): void {
    this.#assertLive()
    if (this.#cancelled) throw new OperationAbandoned()
    this.#stack = stack
    this.#dependencies.stacks.put(this.scope, stack)
  }

  update(change: Partial<StackRecord>): void {
    this.replace({ ...this.#stack, ...change })
  }

  /** Changes the stack's status and writes its event. */
  setStatus(status: StackStatus, reason?: string): void {
    const { statusReason: _, ...stack } = this.#stack
    this.replace({ ...stack, status, ...(reason === undefined ? {} : { statusReason: reason }) })
    this.#append({
      logicalId: stack.name,
      physicalId: stack.stackId,
      type: STACK_TYPE,
      status: status as ResourceStatus,
      ...(reason === undefined ? {} : { reason }),
    })
  }

  putTemplate(body: string): void {
    this.#assertLive()
    this.#dependencies.stacks.putTemplate(this.scope, this.stackId, body)
  }

  resources(): ResourceRecord[] {
    return this.#dependencies.stacks.resources(this.scope, this.stackId)
  }

  resource(logicalId: string): ResourceRecord | undefined {
    return this.#dependencies.stacks.resource(this.scope, this.stackId, logicalId)
  }

  /** Writes a resource's record without an event. */
  putResource(record: ResourceRecord): void {
    this.#assertLive()
    this.#dependencies.stacks.putResource(this.scope, this.stackId, record)
  }

  /** Writes a resource's record with a new status, and the event that says so. */
  setResource(record: ResourceRecord, status: ResourceStatus, reason?: string): ResourceRecord {
    const { statusReason: _, ...rest } = record
    const changed: ResourceRecord = {
      ...rest,
      status,
      changedAt: this.now(),
      ...(reason === undefined ? {} : { statusReason: reason.slice(0, MAX_REASON_LENGTH) }),
    }
    this.putResource(changed)
    this.resourceEvent(changed, status, reason)
    return changed
  }

  /** An event of a resource that leaves its record as it is. */
  resourceEvent(
    { logicalId, type, physical }: Pick<ResourceRecord, 'logicalId' | 'type' | 'physical'>,
    status: ResourceStatus,
    reason?: string,
  ): void {
    this.#append({
      logicalId,
      type,
      status,
      ...(physical ? { physicalId: physical.physicalId } : {}),
      ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON_LENGTH) }),
    })
  }

  deleteResource(logicalId: string): void {
    this.#assertLive()
    this.#dependencies.stacks.deleteResource(this.scope, this.stackId, logicalId)
  }

  #append(event: Omit<EventRecord, 'eventId' | 'at' | 'token'>): void {
    this.#assertLive()
    this.#dependencies.stacks.events.append(this.scope, this.stackId, {
      ...event,
      eventId: uuid(),
      at: this.now(),
      ...(this.token === undefined ? {} : { token: this.token }),
    })
  }

  #assertLive(): void {
    if (this.#abandoned) throw new OperationAbandoned()
  }
}
