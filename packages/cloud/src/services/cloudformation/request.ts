import type {
  CreateChangeSetInput,
  CreateStackInput,
  Parameter,
  UpdateStackInput,
} from '@aws-sdk/client-cloudformation'
import { notImplemented } from '@sonde/wire'
import { constraintError, validationError } from './errors.ts'
import type { OnFailure, StackOptions, Tag } from './stack/records.ts'
import type { GivenParameter } from './template/parameters.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const STACK_NAME = /^[a-zA-Z][-a-zA-Z0-9]*$/
const MAX_NAME_LENGTH = 128
const MAX_TAGS = 50
const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']
const ON_FAILURE: readonly OnFailure[] = ['DO_NOTHING', 'ROLLBACK', 'DELETE']

type StackInput = Partial<CreateStackInput & UpdateStackInput & CreateChangeSetInput>

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0

/** What nobody has written yet, by the input member that asks for it. */
const UNSUPPORTED: ReadonlyArray<readonly [member: string, isAsked: (input: StackInput) => boolean]> = [
  ['NotificationARNs', input => isFilled(input.NotificationARNs)],
  ['RollbackConfiguration', input => isFilled(input.RollbackConfiguration?.RollbackTriggers)],
  [
    'RollbackConfiguration.MonitoringTimeInMinutes',
    input => (input.RollbackConfiguration?.MonitoringTimeInMinutes ?? 0) > 0,
  ],
  ['StackPolicyBody', input => input.StackPolicyBody !== undefined],
  ['StackPolicyURL', input => input.StackPolicyURL !== undefined],
  ['StackPolicyDuringUpdateBody', input => input.StackPolicyDuringUpdateBody !== undefined],
  ['StackPolicyDuringUpdateURL', input => input.StackPolicyDuringUpdateURL !== undefined],
  ['DeploymentConfig.Mode', input => (input.DeploymentConfig?.Mode ?? 'STANDARD') !== 'STANDARD'],
  ['DeploymentMode', input => input.DeploymentMode !== undefined],
  ['DisableValidation', input => input.DisableValidation === true],
  ['ResourcesToImport', input => isFilled(input.ResourcesToImport)],
  ['ImportExistingResources', input => input.ImportExistingResources === true],
  ['ChangeSetType IMPORT', input => input.ChangeSetType === 'IMPORT'],
]

/** @throws ServiceError 501 `NotImplemented` naming the first member that is not supported */
export const refuseUnsupported = (operation: string, input: StackInput): void => {
  const asked = UNSUPPORTED.find(([, isAsked]) => isAsked(input))
  if (asked) throw notImplemented(`${asked[0]} of CloudFormation ${operation}`)
}

/** Checks the name of something that is to be made. @throws ServiceError `ValidationError` */
export const checkName = (name: string, member: string): string => {
  if (!STACK_NAME.test(name)) {
    throw constraintError(name, member, 'satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*')
  }
  if (name.length > MAX_NAME_LENGTH) {
    throw constraintError(name, member, `have length less than or equal to ${MAX_NAME_LENGTH}`)
  }
  return name
}

const oneOf = <T extends string>(value: string, member: string, allowed: readonly T[]): T => {
  const found = allowed.find(item => item === value)
  if (found) return found
  throw constraintError(value, member, `satisfy enum value set: [${allowed.join(', ')}]`)
}

export const readCapabilities = (values: readonly string[] | undefined): string[] =>
  (values ?? []).map(value => oneOf(value, 'capabilities', CAPABILITIES))

/** What happens when a stack's creation fails. */
export const readOnFailure = (
  onFailure: string | undefined,
  disableRollback: boolean | undefined,
): OnFailure => {
  if (onFailure !== undefined && disableRollback !== undefined) {
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.')
  }
  if (onFailure !== undefined) return oneOf(onFailure, 'onFailure', ON_FAILURE)
  return disableRollback ? 'DO_NOTHING' : 'ROLLBACK'
}

export const readParameters = (parameters: readonly Parameter[] | undefined): GivenParameter[] =>
  (parameters ?? []).map(({ ParameterKey: key, ParameterValue: value, UsePreviousValue: usePrevious }) => {
    if (key === undefined) throw validationError('Every parameter must have a ParameterKey')
    if (usePrevious && value !== undefined) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non-empty value for a parameter`,
      )
    }
    return { key, value, usePrevious: usePrevious === true }
  })

const readTags = (tags: StackInput['Tags']): Tag[] => {
  const read = (tags ?? []).map(({ Key: key = '', Value: value = '' }) => ({ key, value }))
  if (read.length > MAX_TAGS) {
    throw constraintError(String(read.length), 'tags', `have length less than or equal to ${MAX_TAGS}`)
  }
  return read
}

/**
 * The options of a request.
 *
 * @param previous those of the stack that is updated: tags and role stay where the request names none
 */
export const readOptions = (
  { Tags, Capabilities, RoleARN }: StackInput,
  previous: StackOptions | undefined,
): StackOptions => {
  if (RoleARN !== undefined && !RoleARN.startsWith('arn:')) {
    throw validationError(`Role ${RoleARN} is invalid or cannot be assumed`)
  }
  const roleArn = RoleARN ?? previous?.roleArn
  return {
    tags: Tags === undefined && previous ? previous.tags : readTags(Tags),
    capabilities: readCapabilities(Capabilities),
    ...(roleArn === undefined ? {} : { roleArn }),
  }
}
