import type { Clock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { ObjectReader, ParameterReader } from '../../kernel/ports.ts'
import type { Collection } from '../../kernel/store.ts'
import type { ChangeSetRecord } from './change-set/records.ts'
import { validationError } from './errors.ts'
import type { Engine } from './stack/engine.ts'
import type { PrepareDependencies } from './stack/prepare.ts'
import type { StackRecord } from './stack/records.ts'
import type { StackStore } from './stack/stack-store.ts'

/** What every operation of this service is built from. */
export interface CloudFormationParts extends PrepareDependencies {
  readonly stacks: StackStore
  readonly changeSets: Collection<ChangeSetRecord>
  readonly engine: Engine
  readonly clock: Clock
  readonly objects: ObjectReader
  readonly parameters: ParameterReader
}

/**
 * A stack by name or ARN.
 *
 * @throws ServiceError `ValidationError`: `Stack with id x does not exist`, which the AWS CLI matches on
 */
export const stackWithId = (
  { stacks }: Pick<CloudFormationParts, 'stacks'>,
  { scope }: RequestContext,
  nameOrId: string,
): StackRecord => {
  const stack = stacks.find(scope, nameOrId)
  if (stack) return stack
  throw validationError(`Stack with id ${nameOrId} does not exist`)
}

/** As {@link stackWithId} for the operations that say `Stack [x] does not exist`. */
export const stackNamed = (
  { stacks }: Pick<CloudFormationParts, 'stacks'>,
  { scope }: RequestContext,
  nameOrId: string | undefined,
): StackRecord => {
  if (!nameOrId) {
    throw validationError(
      "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
    )
  }
  const stack = stacks.find(scope, nameOrId)
  if (stack) return stack
  throw validationError(`Stack [${nameOrId}] does not exist`)
}
