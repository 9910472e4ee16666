import type { Group as SdkGroup } from '@aws-sdk/client-xray'
import { arn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'

/** A group as it is kept. */
export interface Group {
  readonly name: string
  readonly arn: string
  /** Absent: all traces. */
  readonly filterExpression?: string
}

/** The group of all traces, which is always there. */
export const DEFAULT_GROUP_NAME = 'Default'

export const defaultGroup = (scope: Scope): Group => ({
  name: DEFAULT_GROUP_NAME,
  arn: arn(scope, 'xray', `group/${DEFAULT_GROUP_NAME}`),
})

export const toSdkGroup = ({ name, arn: GroupARN, filterExpression }: Group): SdkGroup => ({
  GroupName: name,
  GroupARN,
  ...(filterExpression !== undefined && { FilterExpression: filterExpression }),
  InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
})
