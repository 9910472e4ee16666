import type {
  ResourceChangeDetail,
  ResourceChange as SdkResourceChange,
} from '@aws-sdk/client-cloudformation'
import type { PlanDiff, ResourceChange } from '../stack/diff.ts'
import type { Plan, PlannedResource } from '../template/plan.ts'
import type { FindResourceType } from '../template/resource-checks.ts'
import {
  intrinsicOf,
  isKnown,
  isList,
  isMap,
  mapValues,
  type Value,
  type ValueMap,
} from '../template/value.ts'

/** What AWS writes for a value that only execution will tell. */
const UNKNOWN = '{{changeSet:KNOWN_AFTER_APPLY}}'

const shown = (value: Value): Value => {
  if (intrinsicOf(value)) return UNKNOWN
  if (isList(value)) return value.map(shown)
  return isMap(value) ? mapValues(value, shown) : value
}

const context = ({ properties, metadata }: PlannedResource): string =>
  JSON.stringify({
    ...(Object.keys(properties).length > 0 ? { Properties: shown(properties) } : {}),
    ...(Object.keys(metadata).length > 0 ? { Metadata: shown(metadata) } : {}),
  })

const contexts = ({ before, after }: ResourceChange) => ({
  ...(before ? { BeforeContext: context(before) } : {}),
  ...(after ? { AfterContext: context(after) } : {}),
})

const isStatic = (value: ValueMap | undefined, name: string): boolean => {
  const item = value?.[name]
  return item === undefined || isKnown(item)
}

const detailsOf = (change: ResourceChange, isAlwaysReplaced: boolean): ResourceChangeDetail[] => [
  ...change.properties.map(
    (name): ResourceChangeDetail => ({
      Target: {
        Attribute: 'Properties',
        Name: name,
        // Only the type's own update knows which properties it can change in place.
        RequiresRecreation: isAlwaysReplaced ? 'Always' : 'Conditionally',
      },
      Evaluation: isStatic(change.after?.properties, name) ? 'Static' : 'Dynamic',
      ChangeSource: 'DirectModification',
    }),
  ),
  ...(change.isMetadataChanged
    ? [
        {
          Target: { Attribute: 'Metadata', RequiresRecreation: 'Never' },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        } satisfies ResourceChangeDetail,
      ]
    : []),
]

const show = (
  change: ResourceChange,
  findType: FindResourceType,
  physicalId: string | undefined,
): SdkResourceChange => {
  const { action, logicalId, type } = change
  const common = {
    Action: action,
    LogicalResourceId: logicalId,
    ResourceType: type,
    ...contexts(change),
    ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
  }
  if (action === 'Add') return { ...common, Scope: [], Details: [] }
  if (action === 'Remove') {
    const isKept = change.before !== undefined && change.before.deletionPolicy !== 'Delete'
    return { ...common, PolicyAction: isKept ? 'Retain' : 'Delete', Scope: [], Details: [] }
  }
  const isAlwaysReplaced = findType(type)?.update === undefined
  return {
    ...common,
    Replacement: isAlwaysReplaced ? 'True' : change.properties.length > 0 ? 'Conditional' : 'False',
    Scope: [
      ...(change.properties.length > 0 ? (['Properties'] as const) : []),
      ...(change.isMetadataChanged ? (['Metadata'] as const) : []),
    ],
    Details: detailsOf(change, isAlwaysReplaced),
  }
}

/** Resources that do not change themselves, but refer to one that may be replaced. */
const dependents = (
  changes: readonly SdkResourceChange[],
  plan: Plan,
  physicalIdOf: (logicalId: string) => string | undefined,
): SdkResourceChange[] => {
  const listed = new Set(changes.map(change => change.LogicalResourceId))
  const replaced = new Set(
    changes.filter(({ Replacement }) => Replacement === 'True').map(change => change.LogicalResourceId),
  )
  const found: SdkResourceChange[] = []
  for (const { logicalId, type, dependencies } of plan.resources.values()) {
    const causes = dependencies.filter(id => replaced.has(id))
    if (listed.has(logicalId) || causes.length === 0) continue
    const physicalId = physicalIdOf(logicalId)
    found.push({
      Action: 'Modify',
      LogicalResourceId: logicalId,
      ResourceType: type,
      ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
      Replacement: 'Conditional',
      Scope: ['Properties'],
      Details: causes.map(cause => ({
        Target: { Attribute: 'Properties', RequiresRecreation: 'Conditionally' },
        Evaluation: 'Dynamic',
        ChangeSource: 'ResourceReference',
        CausingEntity: cause,
      })),
    })
  }
  return found
}

/**
 * A diff as a change set lists it. Whether a resource is replaced is known for types that cannot update in place; for
 * the others it is `Conditional`, which their own update decides.
 */
export const listChanges = (
  diff: PlanDiff,
  plan: Plan,
  findType: FindResourceType,
  physicalIdOf: (logicalId: string) => string | undefined,
): SdkResourceChange[] => {
  const direct = diff.resources.map(change => show(change, findType, physicalIdOf(change.logicalId)))
  return [...direct, ...dependents(direct, plan, physicalIdOf)]
}
