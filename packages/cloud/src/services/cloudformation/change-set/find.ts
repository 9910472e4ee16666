import type { RequestContext } from '../../../kernel/context.ts'
import { changeSetNotFound, validationError } from '../errors.ts'
import type { CloudFormationParts } from '../service.ts'
import type { ChangeSetRecord } from './records.ts'

/**
 * A change set by ARN, or by name and stack.
 *
 * @throws ServiceError `ChangeSetNotFound` 404, `ValidationError` for a missing or unknown stack
 */
export const findChangeSet = (
  { changeSets, stacks }: Pick<CloudFormationParts, 'changeSets' | 'stacks'>,
  { scope }: RequestContext,
  name: string,
  stackName: string | undefined,
): ChangeSetRecord => {
  if (name.startsWith('arn:')) {
    const found = changeSets.get(scope, name)
    if (!found) throw changeSetNotFound(name)
    return found
  }
  if (!stackName) {
    throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.')
  }
  const stack = stacks.find(scope, stackName)
  if (!stack) throw validationError(`Stack [${stackName}] does not exist`)
  const found = changeSets.list(scope).find(item => item.stackId === stack.stackId && item.name === name)
  if (!found) throw changeSetNotFound(name)
  return found
}
