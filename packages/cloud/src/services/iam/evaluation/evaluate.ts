import { holdsConditions } from '../../../kernel/policy/conditions.ts'
import { contextValues } from '../../../kernel/policy/context.ts'
import { matchesAction, matchesResource } from '../../../kernel/policy/statement.ts'
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts'
import type { AuthorizationRequest } from './request.ts'

/** What policies say of a request, and the statement that says it; nothing says an implicit deny. */
export interface Decision {
  readonly decision: 'allowed' | 'implicitDeny' | 'explicitDeny'
  readonly statement?: PolicyStatement
}

/**
 * What a principal's identity policies say of a request: an explicit deny is final, else any allow is enough.
 *
 * @throws ServiceError 501 naming a condition operator that is not known
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * evaluate(policies, { action: 'xray:PutTraceSegments', resource: '*' }).decision // 'allowed'
 */
export const evaluate = (policies: readonly PolicyDocument[], request: AuthorizationRequest): Decision => {
  const context = contextValues(request.context)
  let allowed: PolicyStatement | undefined
  for (const { Version, Statement } of policies) {
    const scope = { context, version: Version }
    for (const statement of Statement) {
      if (statement.Effect === 'Allow' && allowed) continue
      const applies =
        matchesAction(statement, request.action) &&
        matchesResource(statement, request.resource, scope) &&
        holdsConditions(statement.Condition, scope)
      if (!applies) continue
      if (statement.Effect === 'Deny') return { decision: 'explicitDeny', statement }
      allowed = statement
    }
  }
  return allowed ? { decision: 'allowed', statement: allowed } : { decision: 'implicitDeny' }
}
