import type { ContextValue } from '../../../kernel/policy/context.ts'

/** What a policy is asked about. */
export interface AuthorizationRequest {
  /** Such as `xray:PutTraceSegments`. */
  readonly action: string
  /** An ARN, or `*` for actions that know no resources. */
  readonly resource: string
  /** Condition keys with their values, in any case: `aws:SourceIp`, … */
  readonly context?: Readonly<Record<string, ContextValue>>
  /**
   * Whether nothing is known of a key that the context does not have. Default: never, a key that is not given is absent. A
   * policy that allows or denies by an unknown key is refused by the key's name instead of being guessed at.
   */
  readonly isUnknown?: (key: string) => boolean
}
