import { ServiceError } from '@sonde/wire'
import { globalArn } from '../../../kernel/arn.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { OperationsDependencies } from '../operations/dependencies.ts'
import type { lambdaOperations } from '../operations/operations.ts'

/** What a resource type is made of: the service's operations, and what lies below them. */
export interface ResourceParts extends OperationsDependencies {
  readonly operations: ReturnType<typeof lambdaOperations>
}

/** CloudFormation's own request to the service. */
export const contextOf = (scope: Scope): RequestContext => ({
  scope,
  identity: { account: scope.account, arn: globalArn(scope, 'iam', 'root'), userId: scope.account },
  requestId: uuid(),
  endpoint: '',
})

const isGone = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === 'ResourceNotFoundException'

/** Deleting what is gone is no error. */
export const ignoreGone = async (task: () => unknown): Promise<void> => {
  try {
    await task()
  } catch (error) {
    if (!isGone(error)) throw error
  }
}
