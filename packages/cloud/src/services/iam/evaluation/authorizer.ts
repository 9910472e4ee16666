import { notImplemented } from '@sonde/wire'
import type { ConditionKeys } from '../../../kernel/policy/context.ts'
import type { Authorizer } from '../../../kernel/ports.ts'
import { accessDenied } from './access-denied.ts'
import { type Authorization, authorize } from './authorize.ts'
import { isUnknownKey } from './live-keys.ts'
import type { PolicySource } from './policy-source.ts'
import type { AuthorizationRequest } from './request.ts'
import { UndecidedKey } from './undecided-key.ts'

/** What is asked on every request is asked again and again: decisions are kept for this long, in real ms. */
const KEPT = 1_000
const MAX_KEPT = 10_000

/** What is true of every request of ours: no AWS service makes it in somebody's name, and SDKs speak TLS to AWS. */
const ALWAYS: ConditionKeys = {
  'aws:PrincipalIsAWSService': false,
  'aws:ViaAWSService': false,
  'aws:SecureTransport': true,
}

const live = (
  action: string,
  resource: string,
  context: ConditionKeys | undefined,
): AuthorizationRequest => ({ action, resource, context: { ...ALWAYS, ...context }, isUnknown: isUnknownKey })

interface Kept {
  readonly decision: Authorization['decision']
  readonly until: number
}

/** Decisions by identity policies. A changed policy counts within a second; on AWS it takes some. */
export const createAuthorizer = (source: PolicySource): Authorizer => {
  const kept = new Map<string, Kept>()
  const decide = (
    identityArn: string,
    action: string,
    resource: string,
    context?: ConditionKeys,
  ): Authorization['decision'] => {
    const key = `${identityArn}\0${action}\0${resource}${context ? `\0${JSON.stringify(context)}` : ''}`
    const now = performance.now()
    const known = kept.get(key)
    if (known && known.until > now) return known.decision
    const decision =
      authorize(source, identityArn, live(action, resource, context))?.decision ?? 'implicitDeny'
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(key, { decision, until: now + KEPT })
    return decision
  }
  return {
    allows: (identityArn, action, resource, context) => {
      try {
        return decide(identityArn, action, resource, context) === 'allowed'
      } catch (error) {
        if (error instanceof UndecidedKey) return false
        throw error
      }
    },
    require: (identityArn, action, resource, options, context) => {
      let decision: Authorization['decision']
      try {
        decision = decide(identityArn, action, resource, context)
      } catch (error) {
        throw error instanceof UndecidedKey ? notImplemented(error.message) : error
      }
      if (decision !== 'allowed') throw accessDenied(identityArn, action, resource, { ...options, decision })
    },
  }
}
