import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation'
import type { Clock } from '../../../kernel/clock.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { isInProgress, type ResourceRecord, STACK_TYPE, type StackRecord } from './records.ts'
import type { StackStore } from './stack-store.ts'

const REASON = 'The local cloud was stopped during the operation. '

/** What a stack's status becomes when its operation was cut off: always one that can be deleted. */
const AFTER_STACK: Readonly<Record<string, StackStatus>> = {
  CREATE_IN_PROGRESS: 'CREATE_FAILED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_FAILED',
  DELETE_IN_PROGRESS: 'DELETE_FAILED',
  UPDATE_IN_PROGRESS: 'UPDATE_FAILED',
  // The update itself was done; what is left to clean up goes with the next operation.
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_COMPLETE',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_FAILED',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE',
}

const AFTER_RESOURCE: Readonly<Record<string, ResourceStatus>> = {
  CREATE_IN_PROGRESS: 'CREATE_FAILED',
  UPDATE_IN_PROGRESS: 'UPDATE_FAILED',
  DELETE_IN_PROGRESS: 'DELETE_FAILED',
}

/**
 * The names that a template gives a resource itself: `FunctionName` of a function, or `Name`. The creation that was
 * cut off had passed its service's check that the name is free, so what has it now is ours.
 */
const explicitNames = ({ type, making }: ResourceRecord): string[] => {
  const kind = type.split('::').at(-1) ?? ''
  return [`${kind}Name`, 'Name'].flatMap(key => {
    const value = making?.properties[key]
    return typeof value === 'string' ? [value] : []
  })
}

const endResource = (record: ResourceRecord, now: number): ResourceRecord => ({
  ...record,
  status: AFTER_RESOURCE[record.status] ?? record.status,
  statusReason: REASON,
  changedAt: now,
  ...(record.making
    ? { making: { ...record.making, names: [...record.making.names, ...explicitNames(record)] } }
    : {}),
})

/** Ends the operation that a stack was in when the cloud was killed. */
const endStack = (
  stacks: StackStore,
  clock: Clock,
  scope: Scope,
  stack: StackRecord,
  status: StackStatus,
): void => {
  const now = clock.now()
  const append = (logicalId: string, type: string, changed: ResourceStatus, physicalId?: string): void =>
    stacks.events.append(scope, stack.stackId, {
      eventId: uuid(),
      logicalId,
      type,
      status: changed,
      reason: REASON,
      at: now,
      ...(physicalId === undefined ? {} : { physicalId }),
    })
  for (const record of stacks.resources(scope, stack.stackId)) {
    if (!isInProgress(record.status)) continue
    const ended = endResource(record, now)
    stacks.putResource(scope, stack.stackId, ended)
    append(record.logicalId, record.type, ended.status, ended.physical?.physicalId)
  }
  stacks.put(scope, { ...stack, status, statusReason: REASON })
  append(stack.name, STACK_TYPE, status as ResourceStatus, stack.stackId)
}

/**
 * Ends every operation that was running when the cloud was killed, so that each stack is in a state that AWS clients
 * know how to leave: delete it, or update it again.
 *
 * @returns how many there were
 */
export const endInterruptedOperations = (stacks: StackStore, clock: Clock): number => {
  let ended = 0
  for (const { scope, stack } of [...stacks.all()]) {
    const status = AFTER_STACK[stack.status]
    if (!status) continue
    endStack(stacks, clock, scope, stack, status)
    ended++
  }
  return ended
}
