import type { Tag } from '@aws-sdk/client-iam'
import { globalArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import { validationError } from './errors.ts'
import { checkName, checkPath, uniqueId } from './names.ts'
import { parsePolicyDocument } from './policy-document.ts'
import type { Principals } from './principals.ts'
import type { RoleRecord } from './records.ts'
import { checkTags } from './tags.ts'

export const ROLE_NAME_LENGTH = 64
const MIN_SESSION = 3_600
const MAX_SESSION = 43_200
const DESCRIPTION_LENGTH = 1_000

export interface RoleInput {
  readonly RoleName: string
  readonly Path?: string | undefined
  readonly AssumeRolePolicyDocument: string
  readonly Description?: string | undefined
  readonly MaxSessionDuration?: number | undefined
  readonly PermissionsBoundary?: string | undefined
  readonly Tags?: readonly Tag[] | undefined
}

/** @throws ServiceError `ValidationError` */
export const checkSessionDuration = (seconds: number | undefined): void => {
  if (seconds === undefined || (seconds >= MIN_SESSION && seconds <= MAX_SESSION)) return
  const bound =
    seconds < MIN_SESSION ? `greater than or equal to ${MIN_SESSION}` : `less than or equal to ${MAX_SESSION}`
  throw validationError(
    `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must ` +
      `have value ${bound}`,
  )
}

export const checkDescription = (description: string | undefined): void => {
  if (description === undefined || description.length <= DESCRIPTION_LENGTH) return
  throw validationError(
    `1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less ` +
      `than or equal to ${DESCRIPTION_LENGTH}`,
  )
}

/** Creates a role. */
export const createRole = (
  roles: Principals<RoleRecord>,
  clock: Clock,
  scope: Scope,
  input: RoleInput,
): RoleRecord => {
  const { RoleName } = input
  checkName('roleName', RoleName, ROLE_NAME_LENGTH)
  const path = checkPath(input.Path)
  checkDescription(input.Description)
  checkSessionDuration(input.MaxSessionDuration)
  parsePolicyDocument(input.AssumeRolePolicyDocument, 'trust')
  const record: RoleRecord = {
    name: RoleName,
    path,
    arn: globalArn(scope, 'iam', `role${path}${RoleName}`),
    id: uniqueId('AROA'),
    createDate: clock.now(),
    assumeRolePolicyDocument: input.AssumeRolePolicyDocument,
    description: input.Description,
    maxSessionDuration: input.MaxSessionDuration ?? MIN_SESSION,
    permissionsBoundary: input.PermissionsBoundary,
    inline: {},
    attached: [],
    tags: checkTags(input.Tags),
  }
  roles.create(scope.account, record)
  return record
}
