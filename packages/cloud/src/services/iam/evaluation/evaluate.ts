import type { PolicyDocument, PolicyStatement } from '../policy-document.ts'
import { holdsConditions } from './conditions.ts'
import { matchesPattern, wildcards } from './pattern.ts'
import { type AuthorizationRequest, contextValues } from './request.ts'
import { expand, type VariableScope } from './variables.ts'

/** What policies say of a request, and the statement that says it; nothing says an implicit deny. */
export interface Decision {
  readonly decision: 'allowed' | 'implicitDeny' | 'explicitDeny'
  readonly statement?: PolicyStatement
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [String(value)])

/** Actions are compared in any case. */
const matchesAction = ({ Action, NotAction }: PolicyStatement, action: string): boolean => {
  const wanted = action.toLowerCase()
  const matches = texts(Action ?? NotAction).some(pattern =>
    matchesPattern(wildcards(pattern.toLowerCase()), wanted),
  )
  return matches === (Action !== undefined)
}

/**
 * Resources are compared as a whole: a wildcard goes beyond the colons of an ARN. One whose variable has no value
 * matches nothing, and excepts everything.
 */
const matchesResource = (
  { Resource, NotResource }: PolicyStatement,
  resource: string,
  scope: VariableScope,
): boolean => {
  const patterns = texts(Resource ?? NotResource).map(text => expand(text, scope))
  const matches = (unset: boolean): boolean =>
    patterns.some(pattern => (pattern ? matchesPattern(pattern, resource) : unset))
  return Resource === undefined ? !matches(true) : matches(false)
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
