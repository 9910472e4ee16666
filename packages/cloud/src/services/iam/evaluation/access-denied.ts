import { ServiceError } from '@sonde/wire'
import type { Authorization } from './authorize.ts'

type Denial = Exclude<Authorization['decision'], 'allowed'>

const REASONS: Readonly<Record<Denial, (action: string) => string>> = {
  implicitDeny: action => `because no identity-based policy allows the ${action} action`,
  explicitDeny: () => 'with an explicit deny in an identity-based policy',
  boundaryImplicitDeny: action => `because no permissions boundary allows the ${action} action`,
  boundaryExplicitDeny: () => 'with an explicit deny in a permissions boundary',
}

export interface AccessDeniedOptions {
  /** Default `implicitDeny`. */
  readonly decision?: Denial
  /** `AccessDeniedException` by default; services that speak awsQuery say `AccessDenied`. */
  readonly code?: string
  /** Default 403; services that speak awsJson answer 400. */
  readonly status?: number
}

/**
 * The error of a request that policies do not allow, in AWS's words.
 *
 * @param identityArn as GetCallerIdentity returns it
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const accessDenied = (
  identityArn: string,
  action: string,
  resource: string,
  { decision = 'implicitDeny', code = 'AccessDeniedException', status = 403 }: AccessDeniedOptions = {},
): ServiceError =>
  new ServiceError(
    code,
    `User: ${identityArn} is not authorized to perform: ${action} on resource: ${resource} ${REASONS[decision](action)}`,
    { status },
  )
