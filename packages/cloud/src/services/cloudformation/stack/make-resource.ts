import { upperAlphanumeric } from '../../../kernel/ids.ts'
import type { ResourceRequest, ResourceState } from '../../../kernel/resource-type.ts'
import type { PlannedResource } from '../template/plan.ts'
import type { ValueMap } from '../template/value.ts'
import { handlerReason, ResourceFailure } from './failure.ts'
import { deleteHalfMade } from './half-made.ts'
import type { Operation } from './operation.ts'
import { physicalName, RANDOM_LENGTH } from './physical-name.ts'
import type { PhysicalResource, ResourceRecord } from './records.ts'
import type { Resolved, Resolver } from './resolve.ts'

type Shape = Pick<
  PlannedResource,
  'logicalId' | 'type' | 'dependencies' | 'deletionPolicy' | 'updateReplacePolicy'
>

/** A record's members that come from the template. */
export const shapeOf = ({
  logicalId,
  type,
  dependencies,
  deletionPolicy,
  updateReplacePolicy,
}: Shape): Shape => ({
  logicalId,
  type,
  dependencies,
  deletionPolicy,
  updateReplacePolicy,
})

/**
 * A request to a resource type.
 *
 * @param onName told each name that is generated, before the type has it
 */
export const requestFor = (
  operation: Operation,
  { logicalId, type }: Pick<Shape, 'logicalId' | 'type'>,
  resolved: Resolved,
  status: 'CREATE_IN_PROGRESS' | 'UPDATE_IN_PROGRESS',
  onName: (name: string) => void = () => {},
): ResourceRequest => {
  const { scope, stackId, stack } = operation
  const random = upperAlphanumeric(RANDOM_LENGTH)
  return {
    scope,
    stackId,
    stackName: stack.name,
    logicalId,
    ...resolved,
    generateName: maxLength => {
      const name = physicalName(stack.name, logicalId, random, maxLength)
      onName(name)
      return name
    },
    progress: message => {
      if (operation.abandoned) return
      const physical = operation.resource(logicalId)?.physical
      operation.resourceEvent({ logicalId, type, ...(physical ? { physical } : {}) }, status, message)
    },
  }
}

export const physicalOf = (
  type: string,
  { physicalId, attributes }: ResourceState,
  { properties, metadata }: Resolved,
): PhysicalResource => ({
  type,
  physicalId,
  attributes: attributes as ValueMap,
  properties,
  metadata,
})

/** Writes the failure of one step and throws {@link ResourceFailure}. */
export const failResource = (
  operation: Operation,
  record: ResourceRecord,
  status: 'CREATE_FAILED' | 'UPDATE_FAILED' | 'DELETE_FAILED',
  reason: string,
): never => {
  operation.setResource(record, status, reason)
  throw new ResourceFailure(reason)
}

/** Evaluates a resource's sections; what cannot be evaluated fails the resource with the template's error. */
export const resolveOrFail = (
  operation: Operation,
  resolver: Resolver,
  planned: PlannedResource,
  record: ResourceRecord,
  status: 'CREATE_FAILED' | 'UPDATE_FAILED',
): Resolved => {
  try {
    return resolver.resource(planned)
  } catch (error) {
    return failResource(operation, record, status, (error as Error).message)
  }
}

/**
 * Has the service make a new thing for a record, after what an earlier attempt has left is gone. Names that it may be
 * made under are written first, so that a killed cloud knows what to clean up.
 */
export const make = async (
  operation: Operation,
  record: ResourceRecord,
  resolved: Resolved,
  status: 'CREATE_IN_PROGRESS' | 'UPDATE_IN_PROGRESS',
): Promise<PhysicalResource> => {
  await deleteHalfMade(operation, record)
  const names: string[] = []
  const noteMaking = (): void =>
    operation.putResource({ ...record, making: { names: [...names], properties: resolved.properties } })
  noteMaking()
  const request = requestFor(operation, record, resolved, status, name => {
    if (names.includes(name)) return
    names.push(name)
    noteMaking()
  })
  const state = await operation.type(record.type).create(request)
  return physicalOf(record.type, state, resolved)
}

/** The record without what was noted while it was made. */
export const made = (
  { making: _, ...record }: ResourceRecord,
  physical: PhysicalResource,
): ResourceRecord => ({
  ...record,
  physical,
})

/** Creates one resource of a stack: events, record, and the service's part. */
export const createResource = async (
  operation: Operation,
  resolver: Resolver,
  planned: PlannedResource,
): Promise<void> => {
  const leftover = operation.resource(planned.logicalId)
  const started = operation.setResource(
    {
      ...shapeOf(planned),
      ...(leftover?.replaced ? { replaced: leftover.replaced } : {}),
      ...(leftover?.making ? { making: leftover.making } : {}),
      status: 'CREATE_IN_PROGRESS',
      changedAt: operation.now(),
    },
    'CREATE_IN_PROGRESS',
  )
  const resolved = resolveOrFail(operation, resolver, planned, started, 'CREATE_FAILED')
  let physical: PhysicalResource
  try {
    physical = await make(operation, started, resolved, 'CREATE_IN_PROGRESS')
  } catch (error) {
    // The names it was given stay in the record: what they stand for is deleted with it.
    const record = operation.resource(planned.logicalId) ?? started
    return failResource(operation, record, 'CREATE_FAILED', handlerReason(error))
  }
  const record = operation.setResource(
    made(started, physical),
    'CREATE_IN_PROGRESS',
    'Resource creation Initiated',
  )
  operation.setResource(record, 'CREATE_COMPLETE')
}
