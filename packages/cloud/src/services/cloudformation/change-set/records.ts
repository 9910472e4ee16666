import type { ResourceChange as SdkResourceChange } from '@aws-sdk/client-cloudformation'
import type { OnFailure, StackOptions } from '../stack/records.ts'
import type { GivenParameter, StackParameter } from '../template/parameters.ts'

export interface ChangeSetRecord {
  readonly id: string
  readonly name: string
  readonly stackId: string
  readonly stackName: string
  readonly type: 'CREATE' | 'UPDATE'
  readonly status: 'CREATE_COMPLETE' | 'FAILED'
  readonly statusReason?: string
  readonly executionStatus:
    | 'UNAVAILABLE'
    | 'AVAILABLE'
    | 'EXECUTE_IN_PROGRESS'
    | 'EXECUTE_COMPLETE'
    | 'EXECUTE_FAILED'
  readonly createdAt: number
  readonly description?: string
  readonly token?: string
  readonly body: string
  /** Values as they were when the change set was made; those of NoEcho parameters too. */
  readonly parameters: readonly StackParameter[]
  readonly given: readonly GivenParameter[]
  readonly options: StackOptions
  readonly onStackFailure?: OnFailure
  readonly includeNestedStacks: boolean
  readonly changes: readonly SdkResourceChange[]
}
