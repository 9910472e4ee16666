import type { Clock } from '../../kernel/clock.ts'
import type { ObjectReader, ParameterReader } from '../../kernel/ports.ts'
import type { ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import type { ChangeSetRecord } from './change-set/records.ts'
import { changeSetOperations } from './operations/change-sets.ts'
import { describeOperations } from './operations/describe.ts'
import type { Handlers } from './operations/handlers.ts'
import { resourceOperations } from './operations/resources.ts'
import { stackOperations } from './operations/stacks.ts'
import { templateOperations } from './operations/templates.ts'
import { cloudFormationResources } from './resources.ts'
import type { CloudFormationParts } from './service.ts'
import { createEngine } from './stack/engine.ts'
import { endInterruptedOperations } from './stack/interrupted.ts'
import { createStackStore } from './stack/stack-store.ts'

export interface CloudFormationDependencies {
  readonly store: Store
  readonly clock: Clock
  /** The types of all services; asked when a template is read, since services meet after they are built. */
  readonly resourceTypes: () => ResourceTypes
  readonly objects: ObjectReader
  readonly parameters: ParameterReader
  /** Told of errors in Sonde itself; the stack then ends in a failed state. */
  readonly onDefect?: (error: unknown) => void
}

export interface CloudFormationService extends CloudService {
  readonly apis: ReadonlyArray<{
    readonly api: 'cloudformation'
    readonly operations: Handlers
  }>
  /** Resolves when no stack operation runs. */
  settled(): Promise<void>
}

/**
 * CloudFormation: stacks whose resources the other services provide.
 *
 * Not provided, and refused by name: nested stacks, macros and transforms but `AWS::LanguageExtensions`, stack policies,
 * notifications, imports of existing resources, drift, `secretsmanager` references, stack sets. Stack tags are kept and
 * shown, and not handed on to resources.
 */
export const createCloudFormation = (dependencies: CloudFormationDependencies): CloudFormationService => {
  const { store, clock, objects, parameters, onDefect = () => {} } = dependencies
  const stacks = createStackStore(store)
  const findType = (name: string): ResourceType | undefined => {
    const types: Readonly<Record<string, ResourceType>> = {
      ...cloudFormationResources,
      ...dependencies.resourceTypes(),
    }
    return Object.hasOwn(types, name) ? types[name] : undefined
  }
  const engine = createEngine({ stacks, clock, parameters, findType }, onDefect)
  const parts: CloudFormationParts = {
    stacks,
    engine,
    clock,
    objects,
    parameters,
    findType,
    changeSets: store.collection<ChangeSetRecord>('cloudformation.change-sets'),
  }
  return {
    id: 'cloudformation',
    apis: [
      {
        api: 'cloudformation',
        operations: {
          ...stackOperations(parts),
          ...describeOperations(parts),
          ...resourceOperations(parts),
          ...templateOperations(parts),
          ...changeSetOperations(parts),
        },
      },
    ],
    resources: cloudFormationResources,
    start: async () => {
      endInterruptedOperations(stacks, clock)
    },
    // What runs now is found as interrupted by the next start.
    stop: async () => engine.abandonAll(),
    reset: () => {
      engine.abandonAll()
      stacks.reset()
    },
    settled: () => engine.settled(),
  }
}
