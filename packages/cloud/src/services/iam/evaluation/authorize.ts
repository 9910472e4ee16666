import { notImplemented } from '@sonde/wire'
import { parseArn } from '../../../kernel/arn.ts'
import type { ContextValue } from '../../../kernel/policy/context.ts'
import type { PolicyStatement } from '../policy-document.ts'
import { evaluate } from './evaluate.ts'
import type { IdentityPolicies, PolicySource } from './policy-source.ts'
import type { AuthorizationRequest } from './request.ts'

/** What the policies of an identity say of a request. */
export interface Authorization {
  readonly decision:
    | 'allowed'
    | 'implicitDeny'
    | 'explicitDeny'
    | 'boundaryImplicitDeny'
    | 'boundaryExplicitDeny'
  /** The statement that says it; nothing says an implicit deny. */
  readonly statement?: PolicyStatement
}

/** Policies that AWS manages in order to deny: where the text of one is not here, nothing can be said. */
const DENYING = /Deny|Quarantine/

/** Condition keys that follow from who asks. */
const principalContext = ({ principalArn, tags }: IdentityPolicies): Record<string, ContextValue> => {
  const arn = parseArn(principalArn)
  const [type, ...path] = arn?.resource.split('/') ?? []
  const userName = type === 'user' ? path.at(-1) : undefined
  return {
    'aws:PrincipalArn': principalArn,
    ...(arn && { 'aws:PrincipalAccount': arn.account }),
    ...(userName !== undefined && { 'aws:username': userName }),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value ?? ''])),
  }
}

const unknownPolicies = (arns: readonly string[]) =>
  notImplemented(`The document of the AWS managed policy ${arns.join(', ')}`)

/**
 * Whether an identity may do something, by its identity policies and its permissions boundary. The root of an account
 * may do everything. A policy that AWS manages and whose text is not here is taken to deny nothing, unless its name says
 * that it does.
 *
 * @param identityArn of a role, a session of one, a user, or a root
 * @param request `context` holds the condition keys of the request; those of the principal are added
 * @returns `undefined` where there is no such role or user
 * @throws ServiceError 501 naming the attached AWS managed policies that could decide, and whose text is not here
 */
export const authorize = (
  source: PolicySource,
  identityArn: string,
  request: AuthorizationRequest,
): Authorization | undefined => {
  if (parseArn(identityArn)?.resource === 'root') return { decision: 'allowed' }
  const policies = source.policiesOf(identityArn)
  if (!policies) return undefined
  const { documents, boundary, unknown } = policies
  const asked = { ...request, context: { ...principalContext(policies), ...request.context } }
  const decision = evaluate(documents, asked)
  if (decision.decision === 'explicitDeny') return decision
  const deciding = decision.decision === 'allowed' ? unknown.filter(arn => DENYING.test(arn)) : unknown
  if (deciding.length > 0) throw unknownPolicies(deciding)
  if (decision.decision === 'implicitDeny' || !boundary) return decision
  if (!boundary.document) throw unknownPolicies([boundary.arn])
  const limit = evaluate([boundary.document], asked)
  if (limit.decision === 'allowed') return decision
  return {
    decision: limit.decision === 'explicitDeny' ? 'boundaryExplicitDeny' : 'boundaryImplicitDeny',
    ...(limit.statement && { statement: limit.statement }),
  }
}
