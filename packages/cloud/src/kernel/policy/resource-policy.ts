import { checkConditionOperators, holdsConditions } from './conditions.ts'
import { type ContextValue, contextValues } from './context.ts'
import { matchesAction, matchesResource, type PolicyDocument, type PolicyStatement } from './statement.ts'

/** Who asks: an AWS service, or an identity of an account. */
export type ResourcePrincipal =
  | { readonly service: string }
  | { readonly arn: string; readonly account: string }

/** What a resource's policy is asked about. */
export interface ResourceRequest {
  readonly principal: ResourcePrincipal
  /** Such as `sns:Publish`. */
  readonly action: string
  /** The ARN of the resource that carries the policy. */
  readonly resource: string
  /** Condition keys with their values, in any case: `aws:SourceArn`, … */
  readonly context?: Readonly<Record<string, ContextValue>>
}

/** A text that is no policy of a resource; each service has its own words for it. */
export class InvalidResourcePolicy extends Error {
  override readonly name = 'InvalidResourcePolicy' as const
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTexts = (value: unknown): boolean =>
  (Array.isArray(value) ? value : [value]).every(item => typeof item === 'string' && item !== '')

const fail = (problem: string): never => {
  throw new InvalidResourcePolicy(problem)
}

const isPrincipal = (value: unknown): boolean =>
  value === '*' || (isObject(value) && Object.values(value).every(isTexts))

const checkStatement = (statement: unknown): PolicyStatement => {
  if (!isObject(statement)) return fail('a statement is no object')
  const {
    Sid,
    Effect,
    Principal,
    NotPrincipal,
    Action,
    NotAction,
    Resource,
    NotResource,
    Condition,
    ...rest
  } = statement
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) fail(`unknown member ${unknown}`)
  if (Sid !== undefined && typeof Sid !== 'string') fail('Sid is no text')
  if (Effect !== 'Allow' && Effect !== 'Deny') fail('Effect is neither Allow nor Deny')
  if (!isPrincipal(Principal ?? NotPrincipal)) fail('no principal')
  if (!isTexts(Action ?? NotAction)) fail('no action')
  if (!isTexts(Resource ?? NotResource)) fail('no resource')
  if (Condition !== undefined && !(isObject(Condition) && Object.values(Condition).every(isObject))) {
    fail('Condition is no object of objects')
  }
  checkConditionOperators(Condition)
  return statement as PolicyStatement
}

/**
 * Reads the policy of a resource, such as a topic or a queue.
 *
 * @throws InvalidResourcePolicy saying what is wrong
 * @throws ServiceError 501 naming a condition operator that is not known
 */
export const parseResourcePolicy = (text: string): PolicyDocument => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('no JSON')
  }
  if (!isObject(value)) return fail('no object')
  const { Statement } = value
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  return { ...(value as Omit<PolicyDocument, 'Statement'>), Statement: statements.map(checkStatement) }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** The role that a session was made from: policies name the role. */
const roleOf = (sessionArn: string): string | undefined => {
  const match = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(sessionArn)
  return match ? `arn:${match[1]}:iam::${match[2]}:role/${match[3]}` : undefined
}

const isNamed = (principal: unknown, asking: ResourcePrincipal): boolean => {
  if (principal === '*') return true
  if (!isObject(principal)) return false
  const identities = listOf(principal.AWS ?? [])
  // Everybody, services included: that is what an AWS principal of `*` means.
  if (identities.includes('*')) return true
  if ('service' in asking) return listOf(principal.Service ?? []).includes(asking.service)
  const { account, arn } = asking
  const role = roleOf(arn)
  return identities.some(
    identity =>
      identity === account ||
      identity === arn ||
      (role !== undefined && identity === role) ||
      (typeof identity === 'string' && new RegExp(`^arn:[^:]+:iam::${account}:root$`).test(identity)),
  )
}

/**
 * What the policy of a resource says of a request: an explicit deny is final, else any allow is enough.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const evaluateResourcePolicy = (
  { Version, Statement }: PolicyDocument,
  { principal, action, resource, context }: ResourceRequest,
): 'allowed' | 'explicitDeny' | 'implicitDeny' => {
  const scope = { context: contextValues(context), version: Version }
  let allowed = false
  for (const statement of Statement) {
    const { Principal, NotPrincipal } = statement
    const named = Principal === undefined ? !isNamed(NotPrincipal, principal) : isNamed(Principal, principal)
    const applies =
      named &&
      matchesAction(statement, action) &&
      matchesResource(statement, resource, scope) &&
      holdsConditions(statement.Condition, scope)
    if (!applies) continue
    if (statement.Effect === 'Deny') return 'explicitDeny'
    allowed = true
  }
  return allowed ? 'allowed' : 'implicitDeny'
}
