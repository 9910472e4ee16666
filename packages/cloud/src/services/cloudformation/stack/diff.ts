import type { Plan, PlannedOutput, PlannedResource } from '../template/plan.ts'
import { equalValues } from '../template/value.ts'

/** What a new plan means for one resource. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove'
  readonly logicalId: string
  readonly type: string
  /** Names of the properties that differ; empty for additions and removals. */
  readonly properties: readonly string[]
  readonly isMetadataChanged: boolean
  readonly before: PlannedResource | undefined
  readonly after: PlannedResource | undefined
}

export interface PlanDiff {
  readonly resources: readonly ResourceChange[]
  readonly areOutputsChanged: boolean
  /** Logical ids of resources whose type would change, which CloudFormation refuses. */
  readonly retyped: readonly string[]
}

const changedProperties = (before: PlannedResource, after: PlannedResource): string[] => {
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])
  return [...names].filter(name => !equalValues(before.properties[name], after.properties[name]))
}

const outputKeys = (outputs: readonly PlannedOutput[]): unknown =>
  Object.fromEntries(
    outputs.map(({ key, value, description, exportName }) => [
      key,
      [value, description ?? null, exportName ?? null],
    ]),
  )

/**
 * Compares two plans of one stack.
 *
 * @param unfinished logical ids whose last operation failed, or that are left over: they count as changed
 */
export const diffPlans = (
  before: Plan,
  after: Plan,
  unfinished: ReadonlySet<string> = new Set(),
): PlanDiff => {
  const resources: ResourceChange[] = []
  const retyped: string[] = []
  for (const [logicalId, planned] of after.resources) {
    const old = before.resources.get(logicalId)
    const properties = old ? changedProperties(old, planned) : []
    const isMetadataChanged = old !== undefined && !equalValues(old.metadata, planned.metadata)
    if (old && old.type !== planned.type) retyped.push(logicalId)
    if (old && properties.length === 0 && !isMetadataChanged && !unfinished.has(logicalId)) continue
    resources.push({
      action: old ? 'Modify' : 'Add',
      logicalId,
      type: planned.type,
      properties,
      isMetadataChanged,
      before: old,
      after: planned,
    })
  }
  for (const [logicalId, old] of before.resources) {
    if (after.resources.has(logicalId)) continue
    resources.push({
      action: 'Remove',
      logicalId,
      type: old.type,
      properties: [],
      isMetadataChanged: false,
      before: old,
      after: undefined,
    })
  }
  return {
    resources,
    areOutputsChanged: !equalValues(outputKeys(before.outputs), outputKeys(after.outputs)),
    retyped,
  }
}
