import type { Tag, Target } from '@aws-sdk/client-eventbridge'

/** A target as it was put: plain JSON. */
export type TargetRecord = Target & { readonly Id: string; readonly Arn: string }

export interface RuleRecord {
  readonly name: string
  readonly bus: string
  readonly pattern?: string
  readonly schedule?: string
  readonly state: 'ENABLED' | 'DISABLED'
  readonly description?: string
  readonly roleArn?: string
  /** The account that made it. */
  readonly createdBy: string
  /** When the schedule expression was put, in ms since the epoch: rates count from then. */
  readonly scheduledAt: number
  readonly tags: readonly Tag[]
  readonly targets: readonly TargetRecord[]
}

export interface BusRecord {
  readonly name: string
  readonly description?: string
  /** JSON text. */
  readonly policy?: string
  readonly tags: readonly Tag[]
  /** ms since the epoch. */
  readonly created: number
  readonly modified: number
}
