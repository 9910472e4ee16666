import type { Authorizer } from '../../../kernel/ports.ts'
import { accessDenied } from './access-denied.ts'
import { type Authorization, authorize } from './authorize.ts'
import type { PolicySource } from './policy-source.ts'

/** What is asked on every request is asked again and again: decisions are kept for this long, in real ms. */
const KEPT = 1_000
const MAX_KEPT = 10_000

interface Kept {
  readonly decision: Authorization['decision']
  readonly until: number
}

/** Decisions by identity policies. A changed policy counts within a second; on AWS it takes some. */
export const createAuthorizer = (source: PolicySource): Authorizer => {
  const kept = new Map<string, Kept>()
  const decide = (identityArn: string, action: string, resource: string): Authorization['decision'] => {
    const key = `${identityArn}\0${action}\0${resource}`
    const now = performance.now()
    const known = kept.get(key)
    if (known && known.until > now) return known.decision
    const decision = authorize(source, identityArn, { action, resource })?.decision ?? 'implicitDeny'
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(key, { decision, until: now + KEPT })
    return decision
  }
  return {
    allows: (identityArn, action, resource) => decide(identityArn, action, resource) === 'allowed',
    require: (identityArn, action, resource, options) => {
      const decision = decide(identityArn, action, resource)
      if (decision !== 'allowed') throw accessDenied(identityArn, action, resource, { ...options, decision })
    },
  }
}
