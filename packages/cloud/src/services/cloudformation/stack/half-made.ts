import type { Operation } from './operation.ts'
import type { PhysicalResource, ResourceRecord } from './records.ts'

/** Has the service delete a thing; what is gone already is no error. */
export const deletePhysical = async (operation: Operation, physical: PhysicalResource): Promise<void> => {
  const { type, physicalId, attributes, properties } = physical
  await operation.type(type).delete(operation.scope, { physicalId, attributes }, properties)
}

/**
 * Deletes whatever a failed or killed creation may have left under the names it was given. The thing that the resource
 * has is never among them.
 */
export const deleteHalfMade = async (
  operation: Operation,
  { type, physical, making }: ResourceRecord,
): Promise<void> => {
  if (!making) return
  const { names, properties } = making
  for (const physicalId of names) {
    if (physicalId === physical?.physicalId) continue
    await deletePhysical(operation, { type, physicalId, attributes: {}, properties, metadata: {} })
  }
}
