import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation'
import type { StackParameter } from '../template/parameters.ts'
import type { DeletionPolicy } from '../template/sections.ts'
import type { ValueMap } from '../template/value.ts'

/** What is kept of stacks: plain JSON, times in ms since the epoch. */

export interface StackOutput {
  readonly key: string
  readonly value: string
  readonly description?: string
  readonly exportName?: string
}

export interface Tag {
  readonly key: string
  readonly value: string
}

/** What a caller chose for a stack, besides template and parameters. */
export interface StackOptions {
  readonly tags: readonly Tag[]
  readonly capabilities: readonly string[]
  readonly roleArn?: string
}

export type OnFailure = 'ROLLBACK' | 'DELETE' | 'DO_NOTHING'

export interface StackRecord {
  readonly stackId: string
  readonly name: string
  readonly status: StackStatus
  readonly statusReason?: string
  readonly createdAt: number
  readonly updatedAt?: number
  readonly deletedAt?: number
  /** Of the template that the stack has; the text is in a collection of its own. */
  readonly description?: string
  readonly parameters: readonly StackParameter[]
  readonly options: StackOptions
  readonly onFailure: OnFailure
  readonly timeoutMinutes?: number
  readonly terminationProtection: boolean
  readonly retainExceptOnCreate: boolean
  readonly deletionMode?: 'STANDARD' | 'FORCE_DELETE_STACK'
  readonly changeSetId?: string
  readonly outputs: readonly StackOutput[]
  /** Names of the exports that it uses. */
  readonly imports: readonly string[]
  /** The last operation's ClientRequestToken, so that a repeated call is not a second operation. */
  readonly token?: { readonly value: string; readonly action: 'create' | 'update' }
}

/** A thing that exists, with what it was made from. */
export interface PhysicalResource {
  readonly type: string
  readonly physicalId: string
  readonly attributes: ValueMap
  readonly properties: ValueMap
  readonly metadata: ValueMap
}

export interface ResourceRecord {
  readonly logicalId: string
  readonly type: string
  readonly status: ResourceStatus
  readonly statusReason?: string
  readonly changedAt: number
  /** Absent until it is made and after it is gone. */
  readonly physical?: PhysicalResource
  /**
   * Set while its service makes it: what a cloud that was killed meanwhile may have left behind. `names` are the
   * physical names that were generated for it.
   */
  readonly making?: { readonly names: readonly string[]; readonly properties: ValueMap }
  /** Things that this one has replaced and that the clean-up has still to delete. */
  readonly replaced?: readonly PhysicalResource[]
  readonly dependencies: readonly string[]
  readonly deletionPolicy: DeletionPolicy
  readonly updateReplacePolicy: 'Delete' | 'Retain'
}

export interface EventRecord {
  readonly eventId: string
  readonly logicalId: string
  readonly physicalId?: string
  readonly type: string
  readonly status: ResourceStatus
  readonly reason?: string
  readonly at: number
  readonly token?: string
}

export const STACK_TYPE = 'AWS::CloudFormation::Stack'

export const isInProgress = (status: string): boolean => status.endsWith('_IN_PROGRESS')
