import { holdsConditions } from '../../../kernel/policy/conditions.ts'
import { type ContextValues, contextValues } from '../../../kernel/policy/context.ts'
import { matchesAction, matchesResource } from '../../../kernel/policy/statement.ts'
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts'
import type { AuthorizationRequest } from './request.ts'
import { UndecidedKey } from './undecided-key.ts'

/** What policies say of a request, and the statement that says it; nothing says an implicit deny. */
export interface Decision {
  readonly decision: 'allowed' | 'implicitDeny' | 'explicitDeny'
  readonly statement?: PolicyStatement
}

/** Condition keys that a statement asks about and of which nothing is known. */
const unknownKeys = (
  condition: unknown,
  context: ContextValues,
  isUnknown: AuthorizationRequest['isUnknown'],
): string[] => {
  if (!isUnknown || condition === undefined) return []
  const keys = Object.values(condition as Record<string, object>).flatMap(asked => Object.keys(asked))
  return keys.filter(key => !context.has(key.toLowerCase()) && isUnknown(key))
}

/** Conditions without those on some keys. */
const withoutKeys = (condition: unknown, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(condition as Record<string, Record<string, unknown>>).map(([operator, asked]) => [
      operator,
      Object.fromEntries(Object.entries(asked).filter(([key]) => !keys.includes(key))),
    ]),
  )

/**
 * What a principal's identity policies say of a request: an explicit deny is final, else any allow is enough.
 *
 * @throws ServiceError 501 naming a condition operator that is not known
 * @throws UndecidedKey where a condition key of which nothing is known decides: an allow that holds for want of it, or a
 *   deny of what is allowed that it could make apply
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @example
 * evaluate(policies, { action: 'xray:PutTraceSegments', resource: '*' }).decision // 'allowed'
 */
export const evaluate = (policies: readonly PolicyDocument[], request: AuthorizationRequest): Decision => {
  const context = contextValues(request.context)
  let allowed: PolicyStatement | undefined
  /** The key by which an allow or a deny cannot be told. */
  const undecided: { Allow?: string | undefined; Deny?: string | undefined } = {}
  for (const { Version, Statement } of policies) {
    const scope = { context, version: Version }
    for (const statement of Statement) {
      if (statement.Effect === 'Allow' && allowed) continue
      if (!matchesAction(statement, request.action)) continue
      if (!matchesResource(statement, request.resource, scope)) continue
      const { Condition } = statement
      const unknown = unknownKeys(Condition, context, request.isUnknown)
      if (unknown.length > 0) {
        // An allow that does not hold without the key allows nothing. A deny may apply where all else of it holds.
        const asked = statement.Effect === 'Deny' ? withoutKeys(Condition, unknown) : Condition
        if (holdsConditions(asked, scope)) undecided[statement.Effect] ??= unknown[0]
      } else if (holdsConditions(Condition, scope)) {
        if (statement.Effect === 'Deny') return { decision: 'explicitDeny', statement }
        allowed = statement
      }
    }
  }
  const deciding = allowed ? undecided.Deny : undecided.Allow
  if (deciding !== undefined) throw new UndecidedKey(deciding)
  return allowed ? { decision: 'allowed', statement: allowed } : { decision: 'implicitDeny' }
}
