import type { ContextValue } from '../../../kernel/policy/context.ts'

/** What a policy is asked about. */
export interface AuthorizationRequest {
  /** Such as `xray:PutTraceSegments`. */
  readonly action: string
  /** An ARN, or `*` for actions that know no resources. */
  readonly resource: string
  /** Condition keys with their values, in any case: `aws:SourceIp`, … */
  readonly context?: Readonly<Record<string, ContextValue>>
}
