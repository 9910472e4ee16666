import type { Tag, Target } from '@aws-sdk/client-scheduler'

export type TargetRecord = Target & { readonly Arn: string; readonly RoleArn: string }

/** Times in ms since the epoch. */
export interface ScheduleRecord {
  readonly name: string
  readonly group: string
  readonly expression: string
  readonly timezone: string
  readonly startDate?: number
  readonly endDate?: number
  readonly description?: string
  readonly state: 'ENABLED' | 'DISABLED'
  readonly target: TargetRecord
  /** Minutes; 0 where the window is off. */
  readonly window: number
  readonly actionAfterCompletion: 'NONE' | 'DELETE'
  /** When its expression was put: rates without a start date count from then. */
  readonly expressedAt: number
  readonly created: number
  readonly modified: number
  readonly clientToken?: string
}

export interface GroupRecord {
  readonly name: string
  readonly tags: readonly Tag[]
  readonly created: number
  readonly modified: number
  readonly clientToken?: string
}
