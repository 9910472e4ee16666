import { createHash } from 'node:crypto'
import { upperAlphanumeric } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'
import { validationError } from './errors.ts'

/** IAM is one for all regions of an account. */
export const globalScope = (account: string): Scope => ({ account, region: 'global' })

/** Names are unique without regard to case. */
export const nameKey = (name: string): string => name.toLowerCase()

/** How many characters follow an id's prefix of four. */
const ID_LENGTH = 17

export type IdPrefix = 'AROA' | 'AIDA' | 'ANPA'

export const uniqueId = (prefix: IdPrefix): string => prefix + upperAlphanumeric(ID_LENGTH)

/** The id of a role that nobody created (a bootstrap's): the same each time. */
export const derivedRoleId = (roleArn: string): string =>
  `AROA${createHash('sha256').update(roleArn).digest('hex').toUpperCase().slice(0, ID_LENGTH)}`

const NAME = /^[\w+=,.@-]+$/
const PATH = /^(?:\/|\/[\x21-\x7e]*\/)$/
const PATH_LENGTH = 512

/** @throws ServiceError `ValidationError` in the words of AWS's request validation */
export const checkName = (member: string, value: string, maxLength: number): void => {
  const problem = !NAME.test(value)
    ? 'Member must satisfy regular expression pattern: [\\w+=,.@-]+'
    : value.length > maxLength
      ? `Member must have length less than or equal to ${maxLength}`
      : undefined
  if (problem === undefined) return
  throw validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${problem}`,
  )
}

/** @returns the path, `/` where none is given */
export const checkPath = (path: string | undefined): string => {
  if (path === undefined) return '/'
  if (PATH.test(path) && path.length <= PATH_LENGTH) return path
  throw validationError(
    `The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`,
  )
}
